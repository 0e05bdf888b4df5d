"""Every command with what it cannot take: the contract's exit code, and a sentence that helps."""

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest

import main
from infra.settings import Settings
from tests.api.cli.tree import commands
from tests.api.cli.typing_in import Ended, type_in

USAGE, UNREACHABLE = 2, 3
PASSWORD = "very-secret"
GONE = f"postgresql://huimin:{PASSWORD}@127.0.0.1:1/huimin"
MATTER = "01970000-0000-7000-8000-000000000001"
BEYOND = "9223372036854775808"
"""One more than a position can be."""

# Each command as someone would type it who does nothing wrong.
WELL_TYPED = {
    "audit state": f"audit state company-registration {MATTER}",
    "audit timeline": f"audit timeline company-registration {MATTER}",
    "dead-letters list": "dead-letters list",
    "dead-letters retry": "dead-letters retry timers some-key",
    "dead-letters show": "dead-letters show timers some-key 1",
    "dead-letters skip": "dead-letters skip timers some-key 1 --why reason",
    "demo": "demo",
    "doctor": "doctor",
    "events export": "events export",
    "events replay": "events replay",
    "events tail": "events tail",
    "migrate": "migrate",
    "projections pause": "projections pause timers",
    "projections rebuild": "projections rebuild --all",
    "projections resume": "projections resume timers",
    "projections rollback": "projections rollback timers",
    "projections status": "projections status",
    "projections switch": "projections switch timers",
    "projections verify": "projections verify",
    "serve": "serve relay",
    "simulate": "simulate",
    "stream accept-log": "stream accept-log --yes",
    "stream compare": "stream compare",
    "token issue": "token issue --actor someone --role citizen",
    "up": "up",
}
NEED_NO_ENGINE = {"token issue"}
START_ENGINES = {"up", "demo", "simulate"}


class Bad(NamedTuple):
    """What is typed, how it ends, and what is said of it."""

    typed: str
    code: int
    said: str
    variables: Mapping[str, str] = MappingProxyType({})


# what there is follows, beginning with these
NO_PROGRAMME = "没有这个事项 · no such programme：nowhere; "
NO_READ_MODEL = "没有这个读模型 · no such read model：nowhere; "
NOT_A_UUID = "Input should be a valid UUID"
TOO_SMALL = "Input should be greater than or equal to"
TOO_LARGE = "Input should be less than or equal to"
NO_TIME = "时间须为带时区的 RFC 3339 · a time is RFC 3339 with an offset"

BAD_WORDS = [
    Bad("nonsense", USAGE, "用法有误 · wrong usage"),
    Bad("events nonsense", USAGE, "用法有误 · wrong usage"),
    Bad("events replay --nonsense", USAGE, "用法有误 · wrong usage"),
    *(
        bad
        for what in ("tail", "replay", "export")
        for bad in (
            Bad(f"events {what} --program nowhere", USAGE, NO_PROGRAMME),
            Bad(f"events {what} --type nowhere.nothing.v1", USAGE, "没有这个事件类型"),
            Bad(
                f"events {what} --type company-registration.licence-issued", USAGE, "no such event"
            ),
            Bad(f"events {what} --id 7", USAGE, NOT_A_UUID),
            Bad(f"events {what} --after -1", USAGE, TOO_SMALL),
            Bad(f"events {what} --after {BEYOND}", USAGE, TOO_LARGE),
        )
    ),
    *(
        bad
        for what in ("replay", "export")
        for bad in (
            Bad(f"events {what} --until 0", USAGE, TOO_SMALL),
            Bad(f"events {what} --until {BEYOND}", USAGE, TOO_LARGE),
            Bad(f"events {what} --after 10 --until 5", USAGE, "until 须大于 after"),
        )
    ),
    *(
        bad
        for what in ("timeline", "state")
        for bad in (
            Bad(f"audit {what} nowhere {MATTER}", USAGE, NO_PROGRAMME),
            Bad(f"audit {what} company-registration 7", USAGE, NOT_A_UUID),
            Bad(f"audit {what} company-registration {MATTER}", USAGE, "没有找到该事项"),
            Bad(f"audit {what} company-registration", USAGE, "Missing argument 'ID'"),
        )
    ),
    *(
        bad
        for option in ("--version", "--position")
        for bad in (
            Bad(f"audit state company-registration {MATTER} {option} 0", USAGE, TOO_SMALL),
            Bad(f"audit state company-registration {MATTER} {option} {BEYOND}", USAGE, TOO_LARGE),
        )
    ),
    Bad(f"audit state company-registration {MATTER} --at yesterday", USAGE, NO_TIME),
    Bad(f"audit state company-registration {MATTER} --at 2026-03-02T09:00", USAGE, NO_TIME),
    Bad(
        f"audit state company-registration {MATTER} --version 1 --position 1",
        USAGE,
        "只能给一个 · give one of",
    ),
    Bad("token issue", USAGE, "Missing option '--actor'"),
    Bad("token issue --actor a --role king", USAGE, "没有这个角色 · no such role：king; agent"),
    Bad("token issue --actor a --role system", USAGE, "no such role：system; agent, auditor"),
    Bad("token issue --actor a --role officer --department moon", USAGE, "没有这个部门"),
    Bad("token issue --actor '' --role citizen", USAGE, "an actor has 1 to 128 printable"),
    Bad("token issue --actor policy:x --role citizen", USAGE, "actor 须为 1 至 128 个可打印字符"),
    Bad("token issue --actor a --role citizen --hours -1", USAGE, TOO_SMALL),
    Bad("token issue --actor a --role citizen --hours inf", USAGE, TOO_LARGE),
    Bad("token issue --actor a --role citizen --hours nan", USAGE, "Invalid value for '--hours'"),
    *(
        Bad(f"{what} nowhere{rest}", USAGE, NO_READ_MODEL)
        for what, rest in (
            ("dead-letters list", ""),
            ("dead-letters show", " key 1"),
            ("dead-letters retry", " key"),
            ("dead-letters skip", " key 1 --why reason"),
            ("projections rebuild", ""),
            ("projections verify", ""),
            ("projections switch", ""),
            ("projections rollback", ""),
            ("projections pause", ""),
            ("projections resume", ""),
        )
    ),
    Bad("dead-letters show timers key 0", USAGE, TOO_SMALL),
    Bad(f"dead-letters show timers key {BEYOND}", USAGE, TOO_LARGE),
    Bad("dead-letters show timers key 1", USAGE, "没有这样的死信 · there is no such dead letter"),
    Bad("dead-letters skip timers key 1", USAGE, "Missing option '--why'"),
    Bad("dead-letters skip timers key 1 --why ' '", USAGE, "请写明原因 · say why"),
    *(
        Bad(typed, USAGE, "读模型尚未启动 · the read model has not started: timers")
        for typed in (
            "dead-letters retry timers key",
            "dead-letters skip timers key 1 --why reason",
            "projections verify timers",
            "projections pause timers",
            "projections resume timers",
        )
    ),
    Bad("projections switch timers", USAGE, "没有待切换的重建 · no build waits for a switch"),
    Bad("projections rollback timers", USAGE, "没有保留旧表 · no earlier tables are kept"),
    Bad("projections rebuild", USAGE, "请给出一个读模型，或者 --all · name one read model"),
    Bad("projections rebuild timers --all", USAGE, "name one read model, or --all"),
    Bad("projections rebuild timers --workers 0", USAGE, TOO_SMALL),
    Bad("projections rebuild timers --workers 1000000", USAGE, TOO_LARGE),
    Bad("projections verify timers --share 2", USAGE, TOO_LARGE),
    Bad("projections verify timers --share 0", USAGE, TOO_SMALL),
    Bad("demo --days 2", USAGE, "No such option: --days"),
    Bad("simulate --scale 0", USAGE, TOO_SMALL),
    Bad("simulate --scale 1.5", USAGE, TOO_LARGE),
    Bad("simulate --days 0", USAGE, TOO_SMALL),
    Bad("simulate --days 32", USAGE, TOO_LARGE),
    Bad("simulate --only education", USAGE, "没有这个"),
    Bad("simulate --url nonsense", USAGE, "url is an http:// or https:// address"),
    Bad("demo --url nonsense", USAGE, "url 须为 http:// 或 https:// 地址"),
    Bad("demo --url http://127.0.0.1:99999", UNREACHABLE, "该地址没有惠民服务应答"),
    Bad(f"demo --url http://a:{PASSWORD}@127.0.0.1:1", UNREACHABLE, "no Huimin answers"),
    Bad("serve nothing", USAGE, "没有这个角色 · no such role：nothing; api, policies, projector"),
    Bad("serve api --listen-fd -1", USAGE, TOO_SMALL),
    Bad("serve api --listen-fd 999", USAGE, "须为继承的监听套接字"),
    Bad("serve relay --listen-fd 0", USAGE, "--listen-fd 只用于 api · --listen-fd is for the api"),
    Bad("serve api", USAGE, "请换一个地址", {"HUIMIN_HTTP": "192.0.2.1:80"}),
]
BAD_VARIABLES = [
    *(
        Bad(
            typed,
            USAGE,
            "HUIMIN_API_WORKERS 的值无效，应为 · is not valid",
            {"HUIMIN_API_WORKERS": "none"},
        )
        for typed in WELL_TYPED.values()
    ),
    Bad("doctor", USAGE, "HUIMIN_NATS_URL 的值无效", {"HUIMIN_NATS_URL": f"http://{PASSWORD}"}),
    Bad("doctor", USAGE, "HUIMIN_NAMESPACE 的值无效", {"HUIMIN_NAMESPACE": "No Such"}),
    Bad("serve api", USAGE, "HUIMIN_MASTER_KEY", {"HUIMIN_MASTER_KEY": "file:/nowhere/key"}),
]
NO_ENGINE = [
    *(
        Bad(
            typed,
            UNREACHABLE,
            "PostgreSQL 无法访问，请查看 HUIMIN_DATABASE_URL",
            {"HUIMIN_DATABASE_URL": GONE},
        )
        for command, typed in WELL_TYPED.items()
        if command not in NEED_NO_ENGINE | {"serve"}
    ),
    *(
        Bad(
            f"serve {role}",
            UNREACHABLE,
            "PostgreSQL is unreachable, see HUIMIN_DATABASE_URL",
            {"HUIMIN_DATABASE_URL": GONE},
        )
        for role in ("api", "policies", "scheduler")  # the others wait for it without end
    ),
    *(
        Bad(
            typed,
            UNREACHABLE,
            "此数据目录的引擎尚未启动过，请先运行 huimin up",
            {"HUIMIN_DATABASE_URL": "", "HUIMIN_NATS_URL": ""},
        )
        for command, typed in WELL_TYPED.items()
        if command not in NEED_NO_ENGINE | START_ENGINES
    ),
    *(
        Bad(
            WELL_TYPED[command],
            UNREACHABLE,
            "NATS is unreachable, see HUIMIN_NATS_URL",
            {"HUIMIN_NATS_URL": "nats://127.0.0.1:1"},
        )
        for command in ("stream compare", "stream accept-log", "up", "demo", "simulate")
    ),
    *(
        Bad(
            WELL_TYPED[command],
            USAGE,
            "请先以模式所有者运行 huimin migrate",
            {"HUIMIN_NAMESPACE": "never_migrated"},
        )
        for command in (
            "events replay",
            "audit timeline",
            "projections status",
            "stream accept-log",
        )
    ),
]
A_FILE = str(Path(main.__file__))
BAD_DIRECTORY = [
    *(
        Bad(typed, USAGE, "HUIMIN_DATA_DIR", {"HUIMIN_DATA_DIR": A_FILE})
        for typed in (
            WELL_TYPED["token issue"],
            WELL_TYPED["audit timeline"],
            "serve api",
            WELL_TYPED["up"],
            WELL_TYPED["demo"],
        )
    ),
    Bad(
        WELL_TYPED["up"],
        USAGE,
        "请换一个目录 · choose another directory",
        {"HUIMIN_DATA_DIR": A_FILE, "HUIMIN_DATABASE_URL": "", "HUIMIN_NATS_URL": ""},
    ),
    Bad(
        WELL_TYPED["doctor"],
        UNREACHABLE,
        "the engines of this data directory were never started",
        {"HUIMIN_DATA_DIR": A_FILE, "HUIMIN_DATABASE_URL": "", "HUIMIN_NATS_URL": ""},
    ),
]


def test_every_command_is_among_them() -> None:
    assert list(WELL_TYPED) == list(commands())


@pytest.mark.parametrize(
    "table",
    [BAD_WORDS, BAD_VARIABLES, NO_ENGINE, BAD_DIRECTORY],
    ids=["words", "variables", "engines", "directory"],
)
def test_what_a_command_cannot_take_is_told_and_has_its_code(
    settings: Settings, table: list[Bad]
) -> None:
    usual = {
        "HUIMIN_DATA_DIR": str(settings.data_dir),
        "HUIMIN_DATABASE_URL": str(settings.database_url),
        "HUIMIN_NATS_URL": str(settings.nats_url),
        "HUIMIN_NAMESPACE": settings.namespace,
        "HUIMIN_HTTP": settings.http,
        "HUIMIN_LOG": "json",
    }
    migrated, *ended = type_in(
        [(["migrate"], usual)]
        + [(shlex.split(bad.typed), {**usual, **bad.variables}) for bad in table]
    )
    assert migrated.code == 0, migrated.complained
    faults = [
        f"$ huimin {bad.typed}  {dict(bad.variables)}\n{fault}:\n{found.printed}{found.complained}"
        for bad, found in zip(table, ended, strict=True)
        for fault in faults_of(bad, found)
    ]
    assert not faults, "\n\n".join(faults)


def faults_of(bad: Bad, found: Ended) -> Iterator[str]:
    """What is not as it should be about how a command ended."""
    said = " ".join(found.complained.replace("│", " ").split())
    if found.code != bad.code:
        yield f"exit code {found.code}, not {bad.code}"
    if bad.said not in said:
        yield f"nothing is said of {bad.said!r}"
    if "Traceback" in said:
        yield "a stack trace"
    if PASSWORD in said:
        yield "a password is repeated"
    if found.printed:
        yield "something is printed, which whoever parses the output would take for an answer"


def test_a_damaged_file_in_the_data_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "tokens.key").write_text("not hexadecimal")
    (tmp_path / "postgres.json").write_text("{")
    here = {"HUIMIN_DATA_DIR": str(tmp_path), "HUIMIN_LOG": "json"}
    token, replay = type_in(
        [
            (["token", "issue", "--actor", "a", "--role", "citizen"], here),
            (["events", "replay"], here),
        ]
    )
    assert (token.code, token.printed) == (USAGE, "")
    assert f"{tmp_path}/keys/tokens.key: 密钥文件已损坏" in token.complained
    assert (replay.code, replay.printed) == (UNREACHABLE, "")
    assert f"{tmp_path}/postgres.json: JSON；无法读取" in replay.complained
