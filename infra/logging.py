"""The one way to log: structlog events in snake_case with fields, one JSON line each.

On a terminal the same events are laid out for people. Fields that are personal by their name are
masked, and an exception is logged as its class and where it happened, never with its message or the
values of variables: both may quote what someone typed. `bind(role=…)` and `bind(trace_id=…)` give
context to every later event of the same task.
"""

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from typing import Literal, TextIO

import orjson
import structlog
from structlog.contextvars import bind_contextvars as bind
from structlog.contextvars import bound_contextvars as bound
from structlog.contextvars import clear_contextvars as unbind_all
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

__all__ = ["PERSONAL_FIELDS", "bind", "bound", "configure", "unbind_all"]

Renderer = Literal["json", "console"]
MASK = "[personal]"

PERSONAL_FIELDS = frozenset(
    {
        "address",
        "applicant",
        "bank_account",
        "birth_date",
        "body",
        "contact",
        "data",
        "date_of_birth",
        "email",
        "first_name",
        "full_name",
        "home_address",
        "id_card",
        "id_number",
        "input",
        "ip",
        "last_name",
        "legal_representative",
        "mac",
        "mobile",
        "name",
        "passport",
        "password",
        "patient",
        "payload",
        "person",
        "phone",
        "resident",
        "resident_id",
        "telephone",
        "token",
        "value",
    }
)


def configure(
    level: str = "info", renderer: Renderer | None = None, output: TextIO | None = None
) -> None:
    """Sends structlog and the standard library's logging to `output`, stderr by default.

    Without `renderer`, JSON unless `output` is a terminal. `level` is a standard level's name;
    what libraries log below warning is dropped.
    """
    stream = output or sys.stderr
    chosen = renderer or ("console" if stream.isatty() else "json")
    number = logging.getLevelNamesMapping()[level.upper()]
    render: Processor = (
        structlog.dev.ConsoleRenderer(colors=stream.isatty()) if chosen == "console" else _as_json
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            failure_without_message,
            personal_masked,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(stream),
        # a kept logger would go on writing to an earlier output after a second configure
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_Libraries(max(number, logging.WARNING))]
    root.setLevel(max(number, logging.WARNING))


def personal_masked(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Puts `[personal]` in the place of every value whose field's name says it is personal."""
    masked: EventDict = {key: _masked(key, value) for key, value in event.items()}
    return masked


def failure_without_message(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replaces `exc_info` by `exception`: the class, and `file:line in function` innermost last.

    Causes follow as `caused_by`. Messages, source lines and variables are left out.
    """
    info: ExcInfo | BaseException | bool | None = event.pop("exc_info", None)
    if info is True:
        error = sys.exc_info()[1]
    elif isinstance(info, tuple):
        error = info[1]
    else:
        error = info or None
    if isinstance(error, BaseException):
        event["exception"] = _described(error)
    return event


class _Libraries(logging.Handler):
    """What libraries say, as our own events. Only their templates: arguments may be personal."""

    def emit(self, record: logging.LogRecord) -> None:
        # asyncio puts the failure's message, and with it anything, into the lines after the first
        said = str(record.msg).partition("\n")[0]
        structlog.get_logger().log(
            record.levelno,
            "library_message",
            logger=record.name,
            template=said,
            exc_info=record.exc_info,
        )


def _as_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    head = {key: event.pop(key) for key in ("timestamp", "level", "event") if key in event}
    whole = {**head, **event}
    try:
        return orjson.dumps(whole, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # a lone surrogate, or an integer beyond 64 bits: logging may not fail
        return json.dumps(whole, default=str, skipkeys=True)


def _masked(key: object, value: object) -> object:
    if key in PERSONAL_FIELDS:
        return MASK
    if isinstance(value, Mapping):
        return {inner: _masked(inner, content) for inner, content in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(None, content) for content in value]
    return value


def _described(error: BaseException) -> dict[str, object]:
    told: dict[str, object] = {
        "class": f"{type(error).__module__}.{type(error).__qualname__}",
        "frames": [
            f"{frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ],
    }
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        told["caused_by"] = _described(cause)
    return told
