"""No variable, command or code is left out of the pages; the page of codes is written from them."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from domain.shared.catalogue import ALL
from domain.shared.local_calendar import LocalCalendar
from domain.shared.sentences import title
from infra.discovery import discover
from infra.settings import PREFIX, Settings
from tests.api.cli.tree import commands

DOCS = Path(__file__).parent.parent.parent / "docs"
ERRORS = DOCS / "errors.md"
LIST_BEGINS = "<!-- written by `make docs` -->\n"


def test_every_variable_is_in_the_table_of_configuration() -> None:
    page = (DOCS / "configuration.md").read_text("utf-8")
    rows = {line.split("`")[1] for line in page.splitlines() if line.startswith(f"| `{PREFIX}")}
    assert rows == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def test_every_default_is_the_one_the_settings_have() -> None:
    page = (DOCS / "configuration.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        if field.default is not None:
            assert f"| `{PREFIX}{name.upper()}` | `{field.default}` |" in page


def test_the_calendar_shown_is_one_that_is_read() -> None:
    page = (DOCS / "configuration.md").read_text("utf-8")
    shown = tomllib.loads(page.partition("```toml\n")[2].partition("```")[0])
    calendar = LocalCalendar.model_validate(shown).calendar()
    assert not calendar.is_working_day(date(2026, 8, 11))
    assert not calendar.is_working_day(date(2027, 2, 5))
    assert calendar.is_working_day(date(2027, 2, 20))


def test_every_command_is_on_a_page() -> None:
    pages = "".join(path.read_text("utf-8") for path in sorted(DOCS.glob("*.md")))
    missing = [path for path in commands() if f"huimin {path}" not in pages]
    assert missing == []


def test_every_code_is_on_the_page_of_codes(writing: bool) -> None:
    page = ERRORS.read_text("utf-8")
    head = page.partition(LIST_BEGINS)[0]
    whole = head + LIST_BEGINS + "\n" + "\n".join(_codes()) + "\n"
    if writing:
        ERRORS.write_text(whole, "utf-8")
    assert writing or page == whole, "`make docs` writes it"


def _codes() -> Iterator[str]:
    registry = discover()
    own = registry.refusal_sentences
    refusals = {
        f"| `{r.code}` | {r.status} | {_titles(r.code, {r.code: own[r]} if r in own else ALL)} |"
        for r in registry.refusals
    }
    yield "## Refusals"
    yield ""
    yield "| Code | Status | 中文 | English |"
    yield "|---|---|---|---|"
    yield from sorted(refusals)
    yield ""
    yield "## Everything else"
    yield ""
    yield "| Code | 中文 | English |"
    yield "|---|---|---|"
    sentences = {**ALL, **registry.sentences}
    for code in sorted(sentences.keys() - {refusal.code for refusal in registry.refusals}):
        yield f"| `{code}` | {_titles(code, sentences)} |"


def _titles(code: str, sentences: Mapping[str, tuple[str, str]]) -> str:
    return f"{title(code, 'zh-CN', sentences)} | {title(code, 'en', sentences)}"
