"""The rules of the house that a program can check, each with an example that passes and one that fails.

A comment "allow: rule, reason" on the line is the only way round a rule; for a rule about a whole file it
stands on the first line. In SQL and Markdown the comment is written as they write comments.
"""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
NOT_OURS = {"__pycache__", "build"}
TEXT = {".py", ".sql", ".md", ".toml", ".yml", ".yaml", ".json", ".txt", ".lock", ""}
LINES_AT_MOST = 400


class Source(NamedTuple):
    """A file, by its path within the checkout."""

    path: PurePosixPath
    text: str

    @property
    def top(self) -> str:
        return self.path.parts[0]

    @property
    def is_python(self) -> bool:
        return self.path.suffix == ".py"


def source(path: str, text: str) -> Source:
    return Source(PurePosixPath(path), text)


@dataclass(frozen=True)
class Rule:
    """`check` gives the numbers of the lines at fault, in files that `applies` picks."""

    name: str
    applies: Callable[[Source], bool]
    check: Callable[[Source], Iterable[int]]
    passes: Source
    fails: Source

    def faults(self, file: Source) -> list[int]:
        """The lines at fault that carry no permission."""
        if not self.applies(file):
            return []
        lines = file.text.splitlines() or [""]
        return [n for n in self.check(file) if self.name not in allowed(lines[n - 1])]


ALLOW = re.compile(r"(?:#|--)\s*allow: ([a-z-]+), \S.{3,}")


def allowed(line: str) -> set[str]:
    return set(ALLOW.findall(line))


def matching(pattern: str) -> Callable[[Source], Iterator[int]]:
    compiled = re.compile(pattern)

    def check(file: Source) -> Iterator[int]:
        lines = enumerate(file.text.splitlines(), 1)
        return (number for number, line in lines if compiled.search(line))

    return check


def programmes() -> list[str]:
    """Names of the city's programmes: modules of `domain`, as discovery finds them.

    A name of one word, such as `reactions`, cannot be told from plain English and is left out.
    """
    found = (ROOT / "domain").iterdir()
    names = {p.stem for p in found if p.suffix == ".py" or (p / "__init__.py").exists()}
    return sorted(name for name in names - {"__init__"} if "_" in name)


def names_a_programme(file: Source) -> Iterator[int]:
    known = [*programmes(), "company_registration"]  # so that the examples hold without programmes
    kebab = [name.replace("_", "-") for name in known]
    pascal = [name.title().replace("_", "") for name in known]
    return matching(rf"(?<![A-Za-z])(?:{'|'.join([*known, *kebab, *pascal])})")(file)


def no_docstring(file: Source) -> Iterator[int]:
    if file.text.strip() and ast.get_docstring(ast.parse(file.text)) is None:
        yield 1


def too_long(file: Source) -> Iterator[int]:
    if len(file.text.splitlines()) > LINES_AT_MOST:
        yield 1


def says_nothing(file: Source) -> Iterator[int]:
    stem = file.path.parent.name if file.path.name == "__init__.py" else file.path.stem
    if re.search(r"(^|_)(utils?|helpers?|managers?|misc|data\d)$", stem):
        yield 1


CLOCK = {
    ("time", "sleep"),
    ("time", "time"),
    ("time", "time_ns"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
}
SLEEP = {("time", "sleep"), ("asyncio", "sleep")}


def uses(names: set[tuple[str, str]]) -> Callable[[Source], Iterator[int]]:
    def check(file: Source) -> Iterator[int]:
        for node in ast.walk(ast.parse(file.text)):
            match node:
                case ast.ImportFrom(module=str(module)) if any(
                    (module, name.name) in names for name in node.names
                ):
                    yield node.lineno
                case ast.Attribute(
                    value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name
                ) if (owner, name) in names:
                    yield node.lineno

    return check


def imports(pattern: str) -> Callable[[Source], Iterator[int]]:
    def check(file: Source) -> Iterator[int]:
        for node in ast.walk(ast.parse(file.text)):
            if isinstance(node, (ast.Import, ast.ImportFrom)) and re.search(
                pattern, ast.unparse(node)
            ):
                yield node.lineno

    return check


def swallows(file: Source) -> Iterator[int]:
    for node in ast.walk(ast.parse(file.text)):
        if isinstance(node, ast.ExceptHandler):
            everything = node.type is None or (
                isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}
            )
            if node.type is None or (
                everything and all(isinstance(s, ast.Pass) for s in node.body)
            ):
                yield node.lineno


def comments(file: Source) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(file.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


SILENCER = re.compile(r"# *(?:type: *ignore(?:\[[^]]*\])?|noqa(?:: *[A-Z]+\d+(?:, ?[A-Z]+\d+)*)?)")


def silences_without_reason(file: Source) -> Iterator[int]:
    for number, comment in comments(file):
        told = SILENCER.sub("", comment)
        if told != comment and len(re.findall(r"\w", told)) < 5:
            yield number


def skips_without_date(file: Source) -> Iterator[int]:
    for node in ast.walk(ast.parse(file.text)):
        if not isinstance(node, ast.Call):
            continue
        skips = re.fullmatch(r"pytest\.(mark\.)?(skip|skipif|xfail)", ast.unparse(node.func))
        if skips and not re.search(r"\d{4}-\d{2}-\d{2}", ast.unparse(node)):
            yield node.lineno


def names_an_index(file: Source) -> Iterator[int]:
    return matching(r"https?:|file:|(?:^|\s)(?:-i|-f|-e|--\w*index\S*|--find-links)\b|^\.?/")(file)


def unexplained_dependency(file: Source) -> Iterator[int]:
    project = tomllib.loads(file.text)["project"]
    groups = [project["dependencies"], *project.get("optional-dependencies", {}).values()]
    lines = file.text.splitlines()
    for dependency in (name for group in groups for name in group):
        at = next(n for n, line in enumerate(lines) if line.strip() == f'"{dependency}",')
        if not lines[at - 1].strip().startswith("# "):
            yield at + 1


def python_in(*tops: str) -> Callable[[Source], bool]:
    return lambda file: file.is_python and (not tops or file.top in tops)


def python_outside(*tops: str) -> Callable[[Source], bool]:
    return lambda file: file.is_python and file.top not in tops


def any_file(file: Source) -> bool:
    return file.path.suffix != ".lock"


RULES: list[Rule] = [
    Rule(
        "programme-name",
        lambda file: file.top in {"infra", "api"},
        names_a_programme,
        passes=source("infra/relay.py", "subject = f'{namespace}.events.{program}'"),
        fails=source("infra/relay.py", "if program == 'company-registration': ..."),
    ),
    Rule(
        "docstring",
        python_in(),
        no_docstring,
        passes=source("infra/relay.py", '"""Publishes the log."""\nimport ast\n'),
        fails=source("infra/relay.py", "import ast\n"),
    ),
    Rule(
        "length",
        lambda file: file.path.suffix in {".py", ".sql"},
        too_long,
        passes=source("infra/relay.py", "pass\n" * LINES_AT_MOST),
        fails=source("infra/relay.py", "pass\n" * (LINES_AT_MOST + 1)),
    ),
    Rule(
        "module-name",
        python_in(),
        says_nothing,
        passes=source("infra/lease.py", ""),
        fails=source("infra/lease_utils/__init__.py", ""),
    ),
    Rule(
        "clock",
        python_outside("infra", "tests", "bench"),
        uses(CLOCK),
        passes=source("domain/x.py", "due = e.recorded_at + HOUR"),
        fails=source("domain/x.py", "import datetime\ndue = datetime.datetime.now(UTC) + HOUR"),
    ),
    Rule(
        "sleep",
        python_in("tests"),
        uses(SLEEP),
        passes=source("tests/test_x.py", "import asyncio\nasync def f(): await event.wait()"),
        fails=source("tests/test_x.py", "from asyncio import sleep"),
    ),
    Rule(
        "composition-root",
        python_in("domain", "commands", "projections", "api", "infra"),
        imports(r"^from main import|^import (.*, )?main\b"),
        passes=source("api/x.py", "from infra import main_loop"),
        fails=source("api/x.py", "def f():\n    from main import run"),
    ),
    Rule(
        "private-name",
        python_in(),
        imports(r"^from .* import (.*, )?_[A-Za-z]"),
        passes=source("tests/test_x.py", "from infra.discovery import collect as _collect"),
        fails=source("tests/test_x.py", "from infra.discovery import Registry, _Collector"),
    ),
    Rule(
        "except-pass",
        python_in(),
        swallows,
        passes=source("infra/x.py", "try: f()\nexcept FileNotFoundError: pass"),
        fails=source("infra/x.py", "try: f()\nexcept Exception: pass"),
    ),
    Rule(
        "silencing",
        python_in(),
        silences_without_reason,
        passes=source("infra/x.py", "f()  # type: ignore[misc]  # the library has no types\n"),
        fails=source("infra/x.py", "f()  # noqa: S101\n"),
    ),
    Rule(
        "skip",
        python_in("tests"),
        skips_without_date,
        passes=source(
            "tests/test_x.py", "@pytest.mark.skip(reason='no ICU, 2026-11-25')\ndef f(): ..."
        ),
        fails=source("tests/test_x.py", "@pytest.mark.skip(reason='broken')\ndef f(): ..."),
    ),
    Rule(
        "machine-path",
        any_file,
        matching(
            r"(?<![\w.}/-])/(?:root|home|Users|work|tmp|opt)/\w"
        ),  # allow: machine-path, the rule
        passes=source("docs/operator.md", "put it under /var/lib/huimin or ./root/x"),
        fails=source("docs/operator.md", "cd " + "/home" + "/someone/huimin"),
    ),
    Rule(
        "unfinished",
        any_file,
        matching(r"\b(?:TO" + r"DO|FIX" + r"ME)\b"),
        passes=source("infra/x.py", "# The rest is read when it is asked for."),
        fails=source("infra/x.py", "# TO" + "DO: read the rest"),
    ),
    Rule(
        "allowance",
        any_file,
        lambda file: (
            number
            for number in matching(r"(?:#|--)\s*allow:")(file)
            if not allowed(file.text.splitlines()[number - 1]) & {rule.name for rule in RULES}
        ),
        passes=source("infra/x.py", "f()  # allow: except-pass, the caller has gone"),
        fails=source("infra/x.py", "f()  # " + "allow: except-pass"),
    ),
    Rule(
        "lock-index",
        lambda file: file.path.suffix == ".lock",
        names_an_index,
        passes=source(
            "requirements.lock", "anyio==4.16.0 \\\n    --hash=sha256:59bb\n    # via httpx"
        ),
        fails=source(
            "requirements.lock", "--extra-index-url " + "https:" + "//pypi.example/simple"
        ),
    ),
    Rule(
        "dependency-reason",
        lambda file: file.path == PurePosixPath("pyproject.toml"),
        unexplained_dependency,
        passes=source(
            "pyproject.toml", '[project]\ndependencies = [\n    # logs\n    "structlog",\n]'
        ),
        fails=source("pyproject.toml", '[project]\ndependencies = [\n    "structlog",\n]'),
    ),
]


def every_file() -> Iterator[Source]:
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part != ".ci" for part in parts[:-1])
        if hidden or not NOT_OURS.isdisjoint(parts) or ".egg-info" in str(path):
            continue
        # in a worktree .git is a file, and not ours
        ours = path.name != ".git" and not path.name.startswith(".env")
        if path.is_file() and path.suffix in TEXT and ours:
            yield source("/".join(parts), path.read_text("utf-8"))


@pytest.fixture(scope="module")
def tree() -> list[Source]:
    return list(every_file())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_file_keeps_the_rule(rule: Rule, tree: list[Source]) -> None:
    assert [f"{file.path}:{line}" for file in tree for line in rule.faults(file)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_tells_its_two_examples_apart(rule: Rule) -> None:
    assert rule.applies(rule.passes)
    assert rule.faults(rule.passes) == []
    assert rule.faults(rule.fails) != []


def test_a_permission_needs_the_rules_name_and_a_reason() -> None:
    clock = next(rule for rule in RULES if rule.name == "clock")
    read = "now = datetime.now()"
    assert (
        clock.faults(source("api/x.py", f"{read}  # allow: clock, the door stamps arrivals")) == []
    )
    assert clock.faults(source("api/x.py", f"{read}  # " + "allow: clock")) == [1]
    assert clock.faults(
        source("api/x.py", f"{read}  # allow: sleep, the door stamps arrivals")
    ) == [1]


def test_the_tree_is_looked_at_as_a_whole(tree: list[Source]) -> None:
    assert {"infra", "tests", "pyproject.toml", "requirements.lock", "Makefile"} <= {
        file.top for file in tree
    }


def test_the_root_holds_only_what_the_readme_names() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    made = {"build", "__pycache__", "README.md"}
    names = {
        f"`{path.name}/`" if path.is_dir() else path.name
        for path in ROOT.iterdir()
        if path.name not in made and not path.name.startswith(".") and path.suffix != ".egg-info"
    }
    assert {name for name in names if name not in readme and not name.endswith(".lock")} == set()
