"""The simulated credit base: what departments, subjects and readers send is what real ones may."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.credit_records.items import sources
from domain.shared.instants import SHANGHAI
from infra.discovery import discover
from simulation.credit_records import SIMULATION, checks
from simulation.credit_records.checks import Found
from simulation.credit_records.reckoning import contributed_late, profile_of, told
from simulation.matters import Matter
from simulation.programme import World, discovered
from simulation.reading import Event
from tests.simulation import plans
from tests.simulation.events import MATTER, event, shanghai

AT_THE_DOOR = frozenset({"severity-mismatch"})
NEVER_SENT = {"end-publicity", "expire-authorisation"}
"""The scheduler does them, and it leaves simulated matters alone."""
REFUSALS = {
    "already-listed",
    "authorisation-end-passed",
    "authorisation-too-long",
    "blacklisted",
    "commitment-missing",
    "date-in-future",
    "duplicate-source-record",
    "duty-outstanding",
    "evidence-already-asked",
    "evidence-not-asked",
    "forbidden",
    "four-eyes",
    "ground-not-legal",
    "item-not-collectable",
    "kind-mismatch",
    "measure-not-listed",
    "minor-not-listable",
    "no-authorisation",
    "no-duty-outstanding",
    "not-a-proxy",
    "not-in-state",
    "not-listed",
    "not-publishable",
    "not-repairable",
    "not-the-source",
    "nothing-corrected",
    "objection-open",
    "out-of-scope",
    "plea-term-over",
    "plea-term-running",
    "plea-unanswered",
    "publicity-over",
    "purpose-not-allowed",
    "removal-not-expected",
    "repair-already-accepted",
    "repair-barred",
    "severity-mismatch",
    "subject-already-open",
    "subject-closed",
    "subject-unknown",
    "term-fixed-by-law",
    "too-early",
    "unknown-item",
}


def steps(matters: list[Matter]) -> int:
    return sum(len(matter.steps) for matter in matters)


# --- the plan ----------------------------------------------------------------------------------


def test_the_simulation_is_found_by_discovery() -> None:
    assert SIMULATION in discovered()


@pytest.mark.parametrize(("scale", "days"), [(0.0005, 1), (0.01, 1), (0.004, 5)])
def test_every_body_is_one_that_its_command_takes_or_refuses_as_planned(
    scale: float, days: int
) -> None:
    matters = SIMULATION.plan(plans.world(scale, days=days))
    assert not list(plans.faults(matters, judged_at_the_door=AT_THE_DOOR))


@pytest.mark.parametrize("scale", [0.0005, 0.01])
def test_a_day_touches_every_command_that_people_send_and_every_refusal(scale: float) -> None:
    matters = SIMULATION.plan(plans.world(scale))
    known = {name for program, name in discover().commands if program == SIMULATION.program}
    sent = {s.command for m in matters if m.program == SIMULATION.program for s in m.steps}
    assert sent == known - NEVER_SENT
    assert {s.refused for m in matters for s in m.steps} - {None} == REFUSALS


def test_a_refusal_is_rare_and_more_are_refused_where_more_happens() -> None:
    refused = [
        sum(step.refused is not None for m in SIMULATION.plan(plans.world(s)) for step in m.steps)
        for s in (0.01, 0.02)
    ]
    assert refused[1] > 1.4 * refused[0]
    assert refused[1] < 0.06 * steps(SIMULATION.plan(plans.world(0.02)))


def test_a_hundredth_of_the_city_sends_some_thousands_of_commands_a_day() -> None:
    day = SIMULATION.plan(plans.world(0.01))
    assert 3_000 <= steps(day) <= 6_000
    assert 1_000 <= sum(m.name.startswith("credit-records/record/") for m in day) + 200 <= 1_200
    assert steps(SIMULATION.plan(plans.world(0.001))) < 1_200
    assert steps(SIMULATION.plan(plans.world(0.01, days=3))) > 2 * steps(day)


def test_all_sources_of_the_catalogue_contribute_and_more_than_23_they_are() -> None:
    sent = Counter(
        s.sender.department
        for m in SIMULATION.plan(plans.world(0.01))
        for s in m.steps
        if s.command == "contribute-record"
    )
    assert set(sent) == sources()
    assert len(sent) > 23


def test_departments_send_and_decide_in_office_hours_and_nothing_comes_after_the_days() -> None:
    world = _across_a_weekend()
    end = shanghai("2026-12-01T00:00")
    weekend = (date(2026, 11, 28), date(2026, 11, 29))
    officials = Counter[bool]()
    for matter in SIMULATION.plan(world):
        for step in matter.steps:
            assert step.at < end
            local = step.at.astimezone(SHANGHAI)
            if step.command in ("contribute-record", "publish", "decide-listing", "grant-repair"):
                assert 8 <= local.hour < 18
                assert local.date() not in weekend
            elif local.date() in weekend:
                officials[step.sender.department is not None] += 1
    assert officials[False] > 20
    assert officials[True] == 0


def _across_a_weekend() -> World:
    """Friday to Monday."""
    days = tuple(date(2026, 11, 27) + timedelta(days=n) for n in range(4))
    return World(2014, "1", 0.004, days, plans.CALENDAR)


def test_several_departments_send_about_one_company_in_the_same_second() -> None:
    at_once: dict[Any, set[str | None]] = {}
    for matter in SIMULATION.plan(plans.world(0.01)):
        step = matter.steps[0]
        if "race" in matter.about:
            key = (step.at, step.body["subject"]["uscc"])
            at_once.setdefault(key, set()).add(step.sender.department)
    assert len(at_once) == 4
    assert all(len(departments) >= 3 for departments in at_once.values())


def test_the_same_world_plans_the_same_and_another_run_other_names() -> None:
    one, again = SIMULATION.plan(plans.world()), SIMULATION.plan(plans.world())
    other = SIMULATION.plan(plans.world(run="2"))
    assert plans.told(one) == plans.told(again)
    assert {m.id for m in one if m.id}.isdisjoint(m.id for m in other)
    assert [s.at for m in one for s in m.steps] == [s.at for m in other for s in m.steps]
    assert _named(one).isdisjoint(_named(other))
    assert plans.told(one) != plans.told(SIMULATION.plan(plans.world(seed=2015)))


def _named(matters: list[Matter]) -> set[str]:
    """Codes and numbers of those whose files are opened."""
    opened = (s.body for m in matters for s in m.steps if s.command == "open-subject")
    return {body.get("uscc") or body["resident_id"] for body in opened}


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
