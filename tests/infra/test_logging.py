"""Logs are machine-readable and hold nobody's personal data, whatever a caller passes."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog

from infra.logging import PERSONAL_FIELDS, bind, bound, configure, unbind_all


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    handlers, level = logging.root.handlers, logging.root.level
    yield
    unbind_all()
    structlog.reset_defaults()
    logging.root.handlers, logging.root.level = handlers, level


@pytest.fixture
def output() -> io.StringIO:
    written = io.StringIO()
    configure(output=written)
    return written


def only_line(output: io.StringIO) -> dict[str, Any]:
    (line,) = output.getvalue().splitlines()
    told: dict[str, Any] = json.loads(line)
    return told


def test_an_event_has_its_time_in_utc_its_level_and_its_context(output: io.StringIO) -> None:
    bind(role="relay")
    with bound(trace_id="4bf92f3577b34da6a3ce929d0e0e4736"):
        structlog.get_logger().info("page_published", events=3)
    told = only_line(output)
    assert datetime.fromisoformat(told.pop("timestamp")).utcoffset() == timedelta(0)
    assert told == {
        "level": "info",
        "event": "page_published",
        "role": "relay",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "events": 3,
    }


@pytest.mark.parametrize("field", sorted(PERSONAL_FIELDS))
def test_a_field_with_a_personal_name_is_masked_at_any_depth(
    output: io.StringIO, field: str
) -> None:
    structlog.get_logger().info("seen", deep=[{"row": {field: "张三"}}], **{field: "13800138000"})
    told = only_line(output)
    assert told[field] == "[personal]"
    assert told["deep"] == [{"row": {field: "[personal]"}}]


def test_a_failure_is_told_without_its_message_or_its_cause_s_message(output: io.StringIO) -> None:
    try:
        try:
            int("张三")
        except ValueError as error:
            raise KeyError("13800138000") from error
    except KeyError:
        structlog.get_logger().exception("command_failed")
    text = output.getvalue()
    failure = only_line(output)["exception"]
    assert failure["class"] == "builtins.KeyError"
    assert failure["caused_by"]["class"] == "builtins.ValueError"
    assert "in test_a_failure_is_told" in failure["frames"][-1]
    assert "张三" not in text
    assert "\\u5f20" not in text
    assert "13800138000" not in text


def test_a_library_is_quoted_by_its_template_only(output: io.StringIO) -> None:
    logging.getLogger("some.library").warning("no row for %s", "张三")
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: '张三'")
    logging.getLogger("some.library").info("GET /people/张三")
    first, second = map(json.loads, output.getvalue().splitlines())
    assert (first["logger"], first["template"]) == ("some.library", "no row for %s")
    assert second["template"] == "Task exception was never retrieved"


@pytest.mark.parametrize("odd", ["\ud800", 2**70, {1, 2}, b"\xff", object])
def test_a_value_that_json_does_not_know_never_breaks_the_caller(
    output: io.StringIO, odd: object
) -> None:
    structlog.get_logger().info("odd", thing=odd)
    assert only_line(output)["event"] == "odd"


def test_what_is_below_the_level_is_dropped() -> None:
    written = io.StringIO()
    configure("warning", "json", written)
    structlog.get_logger().info("quiet")
    assert written.getvalue() == ""
