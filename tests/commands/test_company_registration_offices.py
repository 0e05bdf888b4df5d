"""Who holds office where and stands on which lists: whichever comes second finds the other."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from commands.base import Command
from commands.company_registration.barring import BarOfficeholder, LiftOfficeholderBar
from commands.company_registration.changing import DirectorsChangeGiven, RepresentativeChangeGiven
from commands.company_registration.offices import EndOfficeholderBars, NoteOfficeholders
from commands.policies import company_registration as policies
from domain.company_registration import (
    BarList,
    CompanyRegistration,
    Officeholder,
    OfficeholderBar,
)
from domain.company_registration.bars import bar_id
from domain.company_registration.officeholders import officeholder_id
from domain.shared.clocks import Phase
from domain.shared.refusals import NotDue
from tests import registrations as r
from tests.scenario import ANY, HUIMIN, MATTER, Scenario, Step, given, happened, shanghai

COURT, MARKET = BarList.COURT, BarList.MARKET_REGULATION
WANG = officeholder_id(r.subject(1))
SECOND = r.matter_id(2)
OUR_POLICIES: tuple[tuple[tuple[type[Any], ...], Callable[[Any], Any]], ...] = (
    (
        (
            CompanyRegistration.LicenceIssued,
            CompanyRegistration.ChangeApproved,
            CompanyRegistration.Deregistered,
            CompanyRegistration.LicenceRevoked,
            CompanyRegistration.RegistrationAnnulled,
        ),
        policies.when_offices_may_change,
    ),
    (
        (
            Officeholder.OfficeTaken,
            Officeholder.OfficeLeft,
            Officeholder.OfficeholderListed,
            Officeholder.OfficeholderDelisted,
        ),
        policies.when_an_office_and_a_list_meet_or_part,
    ),
)


def reacted(scenario: Scenario, since: int = 0) -> Scenario:
    """Lets the policies answer what happened since then, and what their answers lead to. No
    answer may be refused."""
    done = since
    while done < len(scenario.happened):
        event = scenario.happened[done]
        for kinds, policy in OUR_POLICIES:
            if isinstance(event, kinds):
                asked = policy(event) or []
                for one in [asked] if isinstance(asked, Command) else asked:
                    scenario.run(Step(one, HUIMIN))
        done += 1
    return scenario


def then(scenario: Scenario, *steps: Step) -> Scenario:
    """After these steps, each with what the policies make of it."""
    for step in steps:
        before = len(scenario.happened)
        scenario.run(step)
        reacted(scenario, before)
    return scenario


def on(company: UUID, *steps: Step) -> list[Step]:
    """The steps on another company than the first."""
    return [
        Step(s.command.model_copy(update={"registration_id": company}), s.by, s.at) for s in steps
    ]


def barred(
    order: int = 1, list: BarList = COURT, no: str = "甬执1号", until: datetime | None = None
) -> Step:
    command = BarOfficeholder(list=list, decision_no=no, subject=r.subject(order), until=until)
    return Step(command, HUIMIN)


def lifted(order: int = 1, list: BarList = COURT, no: str = "甬执1号") -> Step:
    return Step(LiftOfficeholderBar(bar_id=bar_id(r.subject(order), list, no)), HUIMIN)


def flags(scenario: Scenario, company: UUID = MATTER) -> set[tuple[str, str]]:
    found = scenario.matters[company]
    assert isinstance(found, CompanyRegistration)
    return set(found.flags)


def person(scenario: Scenario, order: int = 1) -> Officeholder:
    found = scenario.matters[officeholder_id(r.subject(order))]
    assert isinstance(found, Officeholder)
    return found


def registered(*directors: int) -> Scenario:
    """甬江, represented by 1, with these directors."""
    board = tuple(r.person(n) for n in directors)
    submitted = r.submitted(directors=board)
    return then(given(r.name_reserved(), submitted, r.approved()), r.licensed())


def test_a_licence_tells_of_everybody_in_office_once() -> None:
    scenario = given(r.name_reserved(), r.submitted(directors=(r.person(1), r.person(4))))
    scenario.after(r.approved(), r.licensed())
    noted = Step(NoteOfficeholders(registration_id=MATTER), r.OFFICER_7)
    four = officeholder_id(r.subject(4))
    scenario.when(noted).then(
        happened(Officeholder.OfficeholderEntered, on=WANG, subject=r.subject(1)),
        happened(Officeholder.OfficeTaken, on=WANG, subject=r.subject(1), company=MATTER, lists=()),
        happened(Officeholder.OfficeholderEntered, on=four, subject=r.subject(4)),
        happened(Officeholder.OfficeTaken, on=four, subject=r.subject(4), company=MATTER, lists=()),
    )
    scenario.when(noted).then()


@pytest.mark.parametrize(
    "before",
    [
        (r.name_reserved(),),
        (r.name_reserved(), r.submitted(), r.approved()),
        (r.name_reserved(), r.submitted(), r.rejected()),
    ],
)
def test_nobody_is_in_office_before_the_licence(before: tuple[Step, ...]) -> None:
    scenario = given(*before)
    scenario.when(Step(NoteOfficeholders(registration_id=MATTER), HUIMIN)).then()


def test_a_listing_after_the_licence_flags_every_company_of_the_person() -> None:
    scenario = registered(4)
    other = on(SECOND, r.name_reserved(trade_name="姚江"), r.submitted(), r.approved())
    then(scenario, *other, *on(SECOND, r.licensed(r.OTHER_USCC)))
    then(scenario, barred())
    assert flags(scenario) == flags(scenario, SECOND) == {(r.subject(1), COURT)}
    then(scenario, barred(4))
    assert flags(scenario) == {(r.subject(1), COURT), (r.subject(4), COURT)}
    assert flags(scenario, SECOND) == {(r.subject(1), COURT)}
    then(scenario, lifted())
    assert flags(scenario) == {(r.subject(4), COURT)}
    assert flags(scenario, SECOND) == set()


def test_a_listing_before_the_licence_flags_the_company_with_it() -> None:
    scenario = given(r.name_reserved(), r.submitted(), r.approved())
    then(scenario, barred(), barred(1, MARKET))
    assert flags(scenario) == set()
    then(scenario, r.licensed())
    assert flags(scenario) == {(r.subject(1), COURT), (r.subject(1), MARKET)}


def test_what_was_lifted_before_the_licence_flags_nothing() -> None:
    scenario = given(r.name_reserved(), r.submitted(), r.approved())
    then(scenario, barred(), lifted(), r.licensed())
    assert flags(scenario) == set()


def test_two_lists_are_two_flags_and_go_one_by_one() -> None:
    scenario = then(registered(), barred(), barred(1, MARKET, "甬市监1号"))
    assert flags(scenario) == {(r.subject(1), COURT), (r.subject(1), MARKET)}
    then(scenario, lifted())
    assert flags(scenario) == {(r.subject(1), MARKET)}
    then(scenario, lifted(1, MARKET, "甬市监1号"))
    assert flags(scenario) == set()


def test_a_shareholder_without_office_is_no_officeholder() -> None:
    scenario = given(r.name_reserved(), r.submitted(shareholders=(r.shareholder(7),)))
    then(scenario, r.approved(), r.licensed(), barred(7))
    assert flags(scenario) == set()
    assert person(scenario, 7).companies == ()


def test_who_leaves_office_takes_the_flag_along_and_who_comes_brings_one() -> None:
    scenario = then(registered(), barred())
    change = RepresentativeChangeGiven(
        field="legal-representative", legal_representative=r.person(6)
    )
    # listed between the approval of the change and its policy
    scenario.after(r.change_applied(change), r.change_approved())
    approved = len(scenario.happened) - 1
    scenario.run(barred(6))
    reacted(scenario, approved)
    assert flags(scenario) == {(r.subject(6), COURT)}
    assert person(scenario).companies == ()
    assert person(scenario, 6).companies == (MATTER,)
    then(scenario, lifted(), lifted(6))
    assert flags(scenario) == set()


def test_who_leaves_the_board_but_stays_representative_stays_in_office() -> None:
    scenario = then(registered(1, 4), barred(), barred(4))
    change = DirectorsChangeGiven(field="directors", directors=())
    then(scenario, r.change_applied(change), r.change_approved())
    assert flags(scenario) == {(r.subject(1), COURT)}
    assert person(scenario).companies == (MATTER,)
    assert person(scenario, 4).companies == ()


def test_a_change_of_something_else_asks_nothing() -> None:
    scenario = given(*r.REGISTERED, r.change_applied(), r.change_approved())
    approved = scenario.happened[-1]
    assert isinstance(approved, CompanyRegistration.ChangeApproved)
    assert policies.when_offices_may_change(approved) is None


def test_an_announced_end_does_not_keep_flags_from_following() -> None:
    scenario = then(registered(), r.announced(), barred())
    assert flags(scenario) == {(r.subject(1), COURT)}
    then(scenario, lifted())
    assert flags(scenario) == set()


@pytest.mark.parametrize("end", [r.deregistered(), r.revoked(), r.annulled()])
def test_a_company_that_has_ended_keeps_its_flags_and_gets_no_more(end: Step) -> None:
    scenario = then(registered(), barred(), end)
    assert person(scenario).companies == ()
    then(scenario, barred(1, MARKET), lifted())
    assert flags(scenario) == {(r.subject(1), COURT)}


def test_a_note_that_comes_late_tells_how_the_company_stands_now() -> None:
    scenario = given(*r.REGISTERED, r.deregistered(), barred())
    reacted(scenario)
    assert person(scenario).companies == ()
    assert flags(scenario) == set()


# --- the end of a bar --------------------------------------------------------------------------

END, LATER = shanghai("2026-06-01T00:00"), shanghai("2026-09-01T00:00")
TIMER = Step(EndOfficeholderBars(officeholder_id=WANG), HUIMIN)


def test_a_bar_with_an_end_is_over_then_and_the_next_one_is_waited_for() -> None:
    scenario = then(registered(), barred(until=LATER), barred(1, MARKET, until=END))
    assert person(scenario).clocks["officeholder-bar"].due_at == END
    scenario.when(TIMER, at=END - timedelta(seconds=1)).then_refused(NotDue(due_at=END))
    then(scenario, TIMER.but(at=END))
    assert flags(scenario) == {(r.subject(1), COURT)}
    assert person(scenario).clocks["officeholder-bar"].due_at == LATER
    then(scenario, TIMER.but(at=LATER))
    assert flags(scenario) == set()
    assert person(scenario).clocks["officeholder-bar"].phase is Phase.STOPPED
    # whoever keeps the list lifts it, too
    scenario.when(lifted()).then(
        happened(OfficeholderBar.OfficeholderBarLifted, subject=r.subject(1), list=COURT)
    )


def test_a_bar_without_an_end_never_falls_due() -> None:
    scenario = then(registered(), barred())
    scenario.when(TIMER).then_refused(NotDue(due_at=None))


def test_a_bar_that_is_over_flags_no_new_company_though_the_scheduler_is_late() -> None:
    scenario = given(r.name_reserved(), r.submitted(), r.approved())
    then(scenario, barred(until=END), r.licensed(at=LATER))
    assert flags(scenario) == set()
    assert person(scenario).bars == {}


def test_a_new_bar_after_one_that_is_over_has_flags_of_its_own() -> None:
    scenario = then(registered(), barred(until=END))
    then(scenario, barred(no="甬执2号").but(at=LATER), lifted())
    assert flags(scenario) == {(r.subject(1), COURT)}
    then(scenario, lifted(no="甬执2号"))
    assert flags(scenario) == set()


def test_a_listing_that_is_over_when_it_is_told_concerns_nobody() -> None:
    scenario = registered()
    scenario.when(barred(until=scenario.at)).then(
        happened(
            OfficeholderBar.OfficeholderBarred,
            subject=r.subject(1),
            list=COURT,
            decision_no="甬执1号",
            until=ANY,
        )
    )
