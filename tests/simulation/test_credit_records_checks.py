"""What the simulated credit base is held against: reckoned from events alone, it finds wrong rows."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from domain.credit_consequence import consequence_id
from simulation.credit_records import checks
from simulation.credit_records.checks import Found
from simulation.credit_records.limits import limits_passed
from simulation.credit_records.reckoning import contributed_late, profile_of, told
from simulation.reading import Event
from tests.simulation import plans
from tests.simulation.events import MATTER, event, shanghai

# --- the reckoning -----------------------------------------------------------------------------

AFTER = "2027-01-01T00:00:00+08:00"
CONTRIBUTED = {
    "subject": "s",
    "source": "tax",
    "item": "penalty-tax",
    "kind": "negative",
    "severity": "general",
    "determined_on": "2026-01-01",
    "maximum_end": "2027-01-02T00:00:00+08:00",
}
NOTIFIED = {"subject": "s", "source": "tax", "list": "major-tax-violations"}
LISTED = {
    "list": "major-tax-violations",
    "colour": "black",
    "public_name": None,
    "maximum_end": AFTER,
    "measures": [{"code": "no-land", "departments": ["natural-resources"]}],
}
CONFIRMED = {"measure": "no-land", "department": "natural-resources"}
PUBLISHED = [event("record-contributed", data=CONTRIBUTED), event("record-published")]
ON_THE_LIST = [event("listing-notified", data=NOTIFIED), event("subject-listed", data=LISTED)]


def placed(stream: list[Event]) -> list[Event]:
    """With positions and versions, in the order given."""
    return [replace(e, position=n, version=n) for n, e in enumerate(stream, 1)]


def test_a_disputed_record_is_hidden_and_shown_again_when_the_objection_is_dismissed() -> None:
    disputed = [*PUBLISHED, event("objection-raised", data={"hidden": True})]
    assert not told(placed(disputed)).shown
    assert told(placed([*disputed, event("objection-dismissed")])).shown


def test_a_repaired_record_counts_no_longer_until_the_repair_is_revoked() -> None:
    repaired = [
        *PUBLISHED,
        event("repair-applied"),
        event("record-repaired", data={"to_confirm": ["development-reform"]}),
    ]
    one = told(placed(repaired))
    assert (one.counts, one.to_confirm) == (False, ("development-reform",))
    again = told(placed([*repaired, event("repair-revoked")]))
    assert (again.state, again.counts, again.to_confirm) == ("published", True, ())
    assert profile_of([again]).general == 1
    assert profile_of([one]).general == 0


def test_measures_that_were_confirmed_are_to_be_lifted_and_others_called_off() -> None:
    gone = {"reason": "by-keeper", "to_confirm": ["natural-resources"]}
    removed = {"department": "natural-resources"}
    listed, confirmed = placed(ON_THE_LIST), event("measure-confirmed", data=CONFIRMED, position=3)
    delisted = replace(event("subject-delisted", data=gone), position=4)
    lifted = replace(event("removal-confirmed", data=removed), position=5)
    assert told(listed).consequence == "open"
    assert told(listed, [confirmed]).consequence == "done"
    assert set(told([*listed, delisted]).standings.values()) == {"called-off"}
    assert told([*listed, delisted], [confirmed]).consequence == "lifting"
    done = told([*listed, delisted, lifted], [confirmed])
    assert (done.consequence, done.state, done.listed) == ("lifted", "ended", False)


def test_publicity_counts_from_the_decision() -> None:
    one = told(placed(PUBLISHED))
    assert checks.term_faults([_found(PUBLISHED)], plans.CALENDAR) == []
    late = {**CONTRIBUTED, "maximum_end": "2027-03-02T00:00:00+08:00"}
    wrong = _found([event("record-contributed", data=late)])
    assert len(checks.term_faults([wrong], plans.CALENDAR)) == 1
    assert one.lawful_end(plans.CALENDAR) == shanghai("2027-01-02T00:00")


@pytest.mark.parametrize(("at", "late"), [("2026-03-11T17:29", False), ("2026-03-11T17:31", True)])
def test_a_contribution_is_late_after_seven_working_days(at: str, late: bool) -> None:
    decided = {**CONTRIBUTED, "determined_on": "2026-03-02"}
    contributed = event("record-contributed", shanghai(at), data=decided)
    assert contributed_late(contributed, plans.CALENDAR) is late


# --- limits ------------------------------------------------------------------------------------

RAISED = event("objection-raised", shanghai("2026-03-02T09:00"), data={"hidden": True})
DUE = shanghai("2026-03-11T17:30")
"""The seventh working day after Monday, 2 March."""


def at(instant: str, name: str, **data: Any) -> Event:
    return event(name, shanghai(instant), data=data)


@pytest.mark.parametrize(
    ("later", "passed"),
    [
        ([at("2026-03-11T17:30", "objection-dismissed")], []),
        ([at("2026-03-11T17:31", "objection-dismissed")], [("objection", DUE)]),
        ([], []),
        (
            # two working days are left, which go on with Monday, 16 March
            [
                at("2026-03-09T10:00", "evidence-asked"),
                at("2026-03-16T10:00", "evidence-submitted"),
                at("2026-03-18T17:00", "objection-dismissed"),
            ],
            [],
        ),
        (
            [
                at("2026-03-09T10:00", "evidence-asked"),
                at("2026-03-16T10:00", "evidence-submitted"),
                at("2026-03-19T09:00", "objection-dismissed"),
            ],
            [("objection", shanghai("2026-03-18T17:30"))],
        ),
    ],
)
def test_an_objection_that_is_decided_late_passed_its_limit(
    later: list[Event], passed: list[tuple[str, Any]]
) -> None:
    assert limits_passed([RAISED, *later], plans.CALENDAR) == passed


def test_a_removal_is_late_until_the_last_department_confirms() -> None:
    withdrawn = at("2026-03-02T09:00", "record-withdrawn", live=True)
    first = at("2026-03-04T09:00", "removal-confirmed", outstanding=["tax"])
    last = at("2026-03-06T09:00", "removal-confirmed", outstanding=[])
    passed = [("removal", shanghai("2026-03-05T17:30"))]
    assert limits_passed([withdrawn, first, last], plans.CALENDAR) == passed
    assert limits_passed([withdrawn, replace(last, at=first.at)], plans.CALENDAR) == []
    never_shown = at("2026-03-02T09:00", "record-withdrawn", live=False)
    assert limits_passed([never_shown, first, last], plans.CALENDAR) == []


def test_a_limit_that_is_not_recorded_or_recorded_for_nothing_is_found() -> None:
    late = at("2026-03-11T17:31", "objection-dismissed")
    breached = at("2026-03-11T17:31", "clock-breached", clock="objection", due_at=DUE.isoformat())
    stream = [*PUBLISHED, RAISED]
    assert checks.limit_faults([_found([*stream, breached, late])], plans.CALENDAR) == []
    assert len(checks.limit_faults([_found([*stream, late])], plans.CALENDAR)) == 1
    in_time = replace(late, at=DUE)
    wrong = [*stream, replace(breached, at=DUE), in_time]
    assert len(checks.limit_faults([_found(wrong)], plans.CALENDAR)) == 1


# --- the checks --------------------------------------------------------------------------------


def _found(stream: list[Event], process: list[Event] | None = None, id: UUID = MATTER) -> Found:
    own = placed(stream)
    return Found(id, own, process or [], told(own, process or []))


class Rows:
    """A reader of given rows, by read model and key."""

    def __init__(self, rows: dict[tuple[str, ...], dict[str, Any]]) -> None:
        self._rows = rows

    async def row(self, *at: str, min_position: int = 0) -> dict[str, Any] | None:
        assert min_position == 9
        return self._rows.get(at)

    async def rows(self, read_model: str, *, min_position: int = 0) -> list[dict[str, Any]]:
        assert min_position == 9
        return [row for at, row in self._rows.items() if at[0] == read_model]


RECORD: dict[str, Any] = {
    "state": "published",
    "severity": "general",
    "list": None,
    "to_confirm": [],
    "maximum_end": CONTRIBUTED["maximum_end"],
}
PROFILE: dict[str, Any] = {
    "state": "open",
    "minor": 0,
    "general": 1,
    "serious": 0,
    "positive": 0,
    "neutral": 0,
    "lists": [],
}
ITEM: dict[str, Any] = {
    "record_id": str(MATTER),
    "severity": "general",
    "ends_at": CONTRIBUTED["maximum_end"],
}
COMPANY = checks.File(MATTER, "s", True, [event("subject-opened")])
PERSON = replace(COMPANY, company=False)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"state": "disputed"},
        {"severity": "minor"},
        {"list": "major-tax-violations"},
        {"to_confirm": ["tax"]},
        {"maximum_end": AFTER},
    ],
)
async def test_a_record_that_says_something_else_is_found(wrong: dict[str, Any]) -> None:
    reader: Any = Rows({("credit-records", str(MATTER)): {**RECORD, **wrong}})
    assert len(await checks.record_faults([_found(PUBLISHED)], reader, 9)) == bool(wrong)


@pytest.mark.parametrize(
    "wrong", [{}, {"general": 2}, {"minor": 1}, {"lists": ["wage-arrears"]}, {"state": "closed"}]
)
async def test_a_profile_that_counts_otherwise_is_found(wrong: dict[str, Any]) -> None:
    reader: Any = Rows({("credit-profile", "s"): {**PROFILE, **wrong}})
    found = await checks.profile_faults([COMPANY], [_found(PUBLISHED)], reader, 9)
    assert len(found) == bool(wrong)


@pytest.mark.parametrize(
    ("file", "items", "faults"),
    [
        (COMPANY, [ITEM], 0),
        (COMPANY, [], 1),
        (COMPANY, [ITEM, ITEM], 1),
        (COMPANY, [{**ITEM, "ends_at": AFTER}], 1),
        (PERSON, [ITEM], 1),
    ],
)
async def test_a_page_that_shows_more_or_less_is_found(
    file: checks.File, items: list[dict[str, Any]], faults: int
) -> None:
    reader: Any = Rows({("public-records", "s"): {"items": items}} if items else {})
    found = await checks.page_faults([file], [_found(PUBLISHED)], reader, 9)
    assert len(found) == faults


async def test_a_list_that_keeps_somebody_or_forgets_somebody_is_found() -> None:
    row = {
        "record_id": str(MATTER),
        "list": "major-tax-violations",
        "subject": "s",
        "disputed": False,
    }
    right: Any = Rows({("lists-live", "1"): row})
    empty: Any = Rows({})
    disputed: Any = Rows({("lists-live", "1"): {**row, "disputed": True}})
    gone = {"reason": "by-keeper", "to_confirm": []}
    delisted = _found([*ON_THE_LIST, event("subject-delisted", data=gone)])
    listed = _found(ON_THE_LIST)
    assert await checks.list_faults([COMPANY], [listed], right, 9) == []
    assert len(await checks.list_faults([COMPANY], [listed], empty, 9)) == 1
    assert len(await checks.list_faults([COMPANY], [listed], disputed, 9)) == 2
    assert len(await checks.list_faults([COMPANY], [delisted], right, 9)) == 1


async def test_a_person_on_the_courts_page_who_is_not_on_its_list_is_found() -> None:
    named: Any = Rows({("court-defaulters", "1"): {"record_id": str(MATTER)}})
    public = {**LISTED, "list": "court-defaulters", "public_name": "王*"}
    court = _found([ON_THE_LIST[0], event("subject-listed", data=public)])
    assert len(await checks.list_faults([], [court], named, 9)) == 1  # on no list of the read model
    assert len(await checks.list_faults([], [_found(PUBLISHED)], named, 9)) == 1


async def test_a_request_that_is_not_on_record_is_found() -> None:
    refused = event("report-refused", data={"code": "no-authorisation"})
    file = replace(COMPANY, stream=[event("subject-opened"), event("report-issued"), refused])
    issued = {"subject": "s", "code": None}
    other = {"subject": "s", "code": "no-authorisation"}
    both: Any = Rows({("query-log", "1"): issued, ("query-log", "2"): other})
    one: Any = Rows({("query-log", "1"): issued})
    assert await checks.request_faults([file], both, 9) == []
    assert len(await checks.request_faults([file], one, 9)) == 1


async def test_an_authorisation_that_outlives_its_revocation_is_found() -> None:
    reader: Any = Rows({("query-authorisations", str(MATTER)): {"state": "granted"}})
    stream = [event("authorisation-granted")]
    assert await checks.authorisation_faults([MATTER], {MATTER: stream}, reader, 9) == []
    revoked = {MATTER: [*stream, event("authorisation-revoked")]}
    assert len(await checks.authorisation_faults([MATTER], revoked, reader, 9)) == 1


async def test_a_measure_that_is_not_reported_as_often_as_it_was_is_found() -> None:
    stream = [*ON_THE_LIST, event("measure-reported")]
    reader: Any = Rows({("measure-reports", "1"): {"record_id": str(MATTER)}})
    assert await checks.act_faults([_found(stream)], reader, 9) == []
    assert len(await checks.act_faults([_found(ON_THE_LIST)], reader, 9)) == 1


@pytest.mark.parametrize("wrong", [{}, {"state": "done"}, {"measures": []}])
async def test_a_measure_that_stands_otherwise_is_found(wrong: dict[str, Any]) -> None:
    awaited = {"measure": "no-land", "department": "natural-resources", "standing": "awaited"}
    row = {"state": "open", "measures": [awaited], **wrong}
    reader: Any = Rows({("credit-consequences", str(consequence_id(MATTER))): row})
    assert len(await checks.measure_faults([_found(ON_THE_LIST)], reader, 9)) == bool(wrong)


def test_measures_that_nobody_ordered_are_owed() -> None:
    process = [event("consequence-begun", position=3), event("measure-ordered", position=4)]
    assert checks.owed(_found(ON_THE_LIST, process)) is None
    assert checks.owed(_found(ON_THE_LIST, process[:1])) is not None
    assert checks.owed(_found(ON_THE_LIST)) is not None


def test_nobody_stands_on_a_black_list_and_on_a_red_one() -> None:
    red = {**LISTED, "list": "grade-a-taxpayers", "colour": "red"}
    both = [_found(ON_THE_LIST), _found([ON_THE_LIST[0], event("subject-listed", data=red)])]
    assert checks.two_colours(both[:1]) == []
    assert checks.two_colours(both) == ["1 subjects stand on a black list and on a red one"]


def test_a_source_whose_day_has_not_grown_by_what_came_is_found() -> None:
    day = ("tax", "2026-11-27")
    before, grown = {day: (3, 1, 0)}, {day: (2, 1, 1)}
    assert checks.source_faults(before, grown, {day: (5, 2, 1)}) == []
    assert len(checks.source_faults(before, grown, {day: (5, 2, 0)})) == 1
    assert len(checks.source_faults(before, grown, {})) == 1
