"""The check finds whatever is lost, doubled, unacknowledged or out of order."""

from dataclasses import replace
from uuid import UUID

import pytest

from simulation.checking import differences
from simulation.http import Client
from simulation.log import Log
from simulation.matters import Acknowledged, Matter, Played
from simulation.reading import Event, Reader
from tests.simulation.events import MATTER, event, shanghai

OTHER = UUID("01970000-0000-7000-8000-000000000002")
THIRD = UUID("01970000-0000-7000-8000-000000000003")
SUBMITTED = "company-registration.application-submitted.v1"
_NOBODY = Reader(Client("http://127.0.0.1:1"), "")
"""Is never asked: the events are given."""


def played() -> Played:
    """Two commands acknowledged."""
    one = Played(Matter("company-registration/1", "company-registration", (), MATTER))
    reserved = Acknowledged("reserve-name", 1, 1, ("company-registration.name-reserved.v1",))
    one.acknowledged = [reserved, Acknowledged("submit-application", 2, 3, (SUBMITTED,))]
    return one


def logged() -> list[Event]:
    """Just those, with somebody else's event between, and what a policy did after."""
    return [
        event("name-reserved", shanghai("2026-03-02T09:00"), position=1),
        event("name-reserved", position=2, matter=OTHER, clock=None, command="other"),
        event(
            "application-submitted",
            shanghai("2026-03-02T10:00"),
            position=3,
            version=2,
            command="c2",
        ),
        event(
            "filing-recorded",
            shanghai("2026-03-02T10:00"),
            position=4,
            version=3,
            actor="policy:file-with-departments",
            command="c3",
        ),
    ]


def found(events: list[Event], one: Played | None = None) -> list[str]:
    log = Log(_NOBODY, 0, ())
    for each in events:
        log.take(each)
    return differences([one or played()], log, "demo")


def test_a_log_that_holds_what_was_acknowledged_has_no_difference() -> None:
    assert found(logged()) == []


def test_what_a_command_did_to_other_matters_was_acknowledged_with_it() -> None:
    one = played()
    at = shanghai("2026-03-02T10:00")
    events = [*logged(), event("name-reserved", at, position=5, matter=THIRD, command="c2")]
    one.acknowledged[1] = replace(one.acknowledged[1], beside=(5,))
    assert found(events, one) == []
    assert "position 5 is not in the log" in found(events[:-1], one)


def test_an_acknowledged_command_that_is_not_there_is_found() -> None:
    assert any("is not in the log" in fault for fault in found(logged()[:2]))


def test_what_nobody_acknowledged_on_a_matter_of_the_run_is_found_whosever_it_is() -> None:
    other = event("x", shanghai("2026-03-02T11:00"), position=5, matter=THIRD, command="c9")
    assert found([*logged(), other]) == [f"{THIRD}: position 5 was never acknowledged"]


def test_a_command_with_a_second_effect_is_found() -> None:
    twice = event("x", shanghai("2026-03-02T11:00"), position=5, version=4, command="c2")
    faults = found([*logged(), twice])
    assert any("more than once" in fault for fault in faults)
    assert any("never acknowledged" in fault for fault in faults)


def test_an_effect_that_nobody_acknowledged_is_found() -> None:
    extra = event("x", shanghai("2026-03-02T11:00"), position=5, version=4, command="c9")
    assert any("position 5 was never acknowledged" in fault for fault in found([*logged(), extra]))


def test_what_a_refusal_is_meant_to_leave_is_in_the_log_as_often_as_somebody_was_refused() -> None:
    at = shanghai("2026-03-02T11:00")
    kept = event("code-rejected", at, position=5, version=4, command="c9")
    one = played()
    one.kept = [("code-rejected",)]
    assert found([*logged(), kept], one) == []
    assert found(logged(), one) == ["1 refusals are not in the log as code-rejected"]
    again = event("code-rejected", at, position=6, version=5, command="c10")
    faults = found([*logged(), kept, again], one)
    assert faults == [f"{MATTER}: position 6 was never acknowledged"]


def test_whoever_is_refused_first_may_begin_what_keeps_it_and_nobody_else() -> None:
    at = shanghai("2026-03-02T11:00")
    opened = event("ledger-opened", at, position=5, matter=THIRD, command="c9")
    kept = event("rejected", at, position=6, version=2, matter=THIRD, command="c9")
    one = played()
    one.kept, one.kept_in = [("rejected",)], {"ledger-opened"}
    assert found([*logged(), opened, kept], one) == []
    later = [replace(opened, version=2), replace(kept, version=3)]
    assert len(found([*logged(), *later], one)) == 3
    one.kept_in = set()
    assert len(found([*logged(), opened, kept], one)) == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "company-registration.x.v1"}, "other events"),
        ({"version": 5}, "versions are not 1 to 3"),
        ({"matter": OTHER}, "is not in the log"),
        ({"clock": None}, "not of the clock demo"),
        ({"at": shanghai("2026-03-02T08:00")}, "steps back"),
        ({"position": 9}, "positions have gaps"),
    ],
)
def test_an_event_that_is_not_as_it_was_told_is_found(change: dict[str, object], said: str) -> None:
    events = logged()
    events[2] = replace(events[2], **change)  # type: ignore[arg-type]  # one field of each kind
    assert any(said in fault for fault in found(events))


def test_a_matter_that_stopped_is_a_difference() -> None:
    one = played()
    one.stopped = "approve: 500 internal"
    assert found(logged(), one) == [f"{MATTER}: stopped, approve: 500 internal"]
