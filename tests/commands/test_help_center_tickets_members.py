"""Members: who may get a ticket, how many, and what happens when one may not work any more."""

from datetime import date
from typing import Any
from uuid import UUID

import orjson
import pytest
from pydantic import BaseModel, ValidationError

from commands.help_center_tickets.closing import RecordCallBack
from commands.help_center_tickets.holding import Dispatch
from commands.help_center_tickets.opening import Classify, OpenTicket
from commands.policies.help_center_tickets import (
    when_a_company_may_not_trade,
    when_a_company_may_trade_again,
)
from domain.company_registration import CompanyRegistration
from domain.credit_records import Colour, CreditRecord
from domain.help_center_tickets import Holder, MemberCompany, member_company_id
from domain.help_center_tickets import refusals as no
from domain.help_center_tickets.catalogue import CATALOGUE
from domain.help_center_tickets.states import ServiceGroup, SuspensionCause
from domain.shared.refusals import Forbidden, IdInUse
from tests import credits as c
from tests import registrations as r
from tests import tickets as t
from tests.scenario import HUIMIN, Step, given, shanghai
from tests.tickets import World, last, world

TO_COMPANY = t.to(t.COMPANY)
READY = (t.opened(), t.classified())


# --- who may get it ----------------------------------------------------------------------------


def test_there_are_more_than_two_hundred_services_in_eight_groups() -> None:
    assert len(CATALOGUE) > 200
    assert {service.group for service in CATALOGUE.values()} == set(ServiceGroup)
    assert len({service.zh for service in CATALOGUE.values()}) == len(CATALOGUE)


def test_a_company_gets_a_ticket_when_it_is_admitted_near_licensed_and_free() -> None:
    made = world(*READY)
    dispatch = t.dispatched(holder=TO_COMPANY)
    assert made.refused(dispatch) == no.CompanyNotAdmitted(state="none")
    made.run(t.applied(districts=("330205",), capacity=0, licence_until=date(2026, 3, 1)))
    assert made.refused(dispatch) == no.CompanyNotAdmitted(state="applied")
    expired = no.LicenceExpired(expired_on=date(2026, 3, 1))
    assert made.refused(t.admitted()) == expired
    made.run(t.licence_renewed(licence_until=date(2026, 3, 2)))
    assert made.refused(t.admitted(deposit_fen=0)) == no.DepositMissing()
    made.run(t.admitted())
    assert made.refused(dispatch) == no.OutOfArea(item=t.LAMP, district="330203")
    made.run(t.services_changed(items=(t.LAMP,), districts=("330203",)))
    assert made.refused(dispatch) == no.CompanyFull(capacity=0)
    made.run(t.capacity_set(capacity=1))
    tomorrow = t.dispatched(holder=TO_COMPANY, at=shanghai("2026-03-03T09:00"))
    assert made.refused(tomorrow) == no.LicenceExpired(expired_on=date(2026, 3, 2))
    made.run(dispatch)
    assert made.company().tickets == (t.TICKET,)


def test_a_service_that_was_dropped_is_not_dispatched_any_more() -> None:
    made = world(*t.MEMBER, *READY, t.services_changed(items=(t.DRAIN,)))
    assert made.refused(t.dispatched(holder=TO_COMPANY)).code == "out-of-area"
    assert made.refused(t.services_changed(items=())) == no.NothingOffered()


def test_a_company_joins_once() -> None:
    assert world(t.applied()).refused(t.applied()) == IdInUse()
    assert world().refused(t.applied(items=("H999",))) == no.UnknownItem(item="H999")


def test_a_company_is_changed_by_its_own_people() -> None:
    made = world(*t.MEMBER)
    assert made.refused(t.capacity_set(by=t.STRANGER)) == Forbidden()
    made.run(t.capacity_set(by=t.AGENT))


def test_the_last_place_goes_to_one_of_ten() -> None:
    """Acceptance 3, one after the other; at once it is raced on a real log."""
    tickets = range(1, 15)
    opened = (step for n in tickets for step in (t.opened(n), t.classified(n)))
    made = world(*t.MEMBER, *opened)
    made.run(*(t.dispatched(n, holder=TO_COMPANY) for n in range(1, 5)))
    made.run(t.dispatched(5, holder=TO_COMPANY))
    for n in range(6, 15):
        full = made.refused(t.dispatched(n, holder=TO_COMPANY))
        assert full == no.CompanyFull(capacity=5)
    assert len(made.company().tickets) == 5


HELD = (*t.MEMBER, *READY, t.dispatched(holder=TO_COMPANY))


@pytest.mark.parametrize(
    "steps",
    [
        (t.returned(by=t.STAFF),),
        (t.withdrawn(),),
        (t.accepted(by=t.STAFF), t.reported_done(by=t.STAFF)),
        (t.accepted(by=t.STAFF), t.transferred(by=t.STAFF)),
        (t.accepted(by=t.STAFF), t.paused(by=t.STAFF), t.withdrawn()),
        (t.taken_back(),),
    ],
)
def test_a_place_is_free_again_when_the_ticket_leaves(steps: tuple[Step, ...]) -> None:
    made = world(*HELD, *steps)
    assert made.company().tickets == ()
    assert last(made.happened, MemberCompany.TicketGivenBack).load == 0


def test_a_transfer_between_companies_moves_the_load() -> None:
    made = world(*HELD, t.applied(t.OTHER_USCC), t.admitted(t.OTHER_USCC))
    made.run(t.accepted(by=t.STAFF))
    made.run(t.transferred(holder=t.to(t.OTHER_COMPANY), by=t.STAFF))
    assert made.company().tickets == ()
    assert made.company(t.OTHER_USCC).tickets == (t.TICKET,)


# --- standing ----------------------------------------------------------------------------------


def test_a_suspended_member_loses_its_live_tickets_and_no_clock_breaks() -> None:
    """Acceptance 5 across programmes."""
    opened = (step for n in range(1, 6) for step in (t.opened(n), t.classified(n)))
    made = world(*t.MEMBER, *opened)
    made.run(*(t.dispatched(n, holder=TO_COMPANY) for n in range(1, 6)))
    made.run(t.accepted(2, by=t.STAFF), t.accepted(3, by=t.STAFF), t.paused(3, by=t.STAFF))
    promised = {n: made.ticket(n).clocks["settle"].due_at for n in (1, 2, 4, 5)}
    made.run(t.suspended(by=HUIMIN, cause=SuspensionCause.LISTED))
    made.react()
    assert [made.ticket(n).state for n in range(1, 6)] == ["returned"] * 5
    assert {n: made.ticket(n).clocks["settle"].due_at for n in promised} == promised
    assert made.ticket(3).clocks["settle"].due_at == promised[1]
    assert made.ticket(1).returns == 0
    assert made.company().tickets == ()
    assert made.refused(t.dispatched(holder=TO_COMPANY)).code == "company-not-admitted"
    made.run(*(t.dispatched(n) for n in range(1, 6)))


def test_a_ticket_that_moved_on_is_not_taken_back() -> None:
    made = world(*HELD, t.returned(by=t.STAFF), t.dispatched())
    assert made.refused(t.taken_back()) == no.NotHolder()


def test_a_member_works_again_when_every_cause_is_gone() -> None:
    listed, rest = SuspensionCause.LISTED, SuspensionCause.BUSINESS_SUSPENDED
    made = world(*t.MEMBER, t.suspended(cause=rest), t.suspended(cause=listed))
    assert not made.decide(t.suspended(cause=listed)).events
    assert made.refused(t.reinstated()) == no.NotSuspendedFor(cause="conduct")
    made.run(t.reinstated(cause=rest))
    assert made.company().state == "suspended"
    made.run(t.reinstated(cause=listed))
    assert made.company().state == "admitted"


def test_an_applicant_that_was_suspended_applies_on() -> None:
    made = world(t.applied(), t.suspended(), t.reinstated())
    assert made.company().state == "applied"


def test_who_is_no_member_is_not_concerned_by_the_register() -> None:
    assert not world().decide(t.suspended(t.OTHER_USCC, by=HUIMIN)).events
    assert not world().decide(t.reinstated(t.OTHER_USCC, by=HUIMIN)).events


@pytest.mark.parametrize("end", [r.revoked(), r.annulled(), r.deregistered(), r.suspended()])
def test_what_the_register_takes_away_suspends_the_member(end: Step) -> None:
    event: Any = given(*r.REGISTERED, end).happened[-1]
    command = when_a_company_may_not_trade(event)
    assert command is not None
    assert command.company_id == member_company_id(r.USCC)
    made = world(*t.MEMBER).run(Step(command, HUIMIN))
    assert made.company().state == "suspended"


def test_a_company_that_rested_is_a_member_again_when_it_resumes() -> None:
    rested = given(*r.REGISTERED, r.suspended(), r.resumed()).happened
    begun = last(rested, CompanyRegistration.BusinessSuspended)
    ended = last(rested, CompanyRegistration.BusinessResumed)
    made = world(*t.MEMBER)
    for command in (when_a_company_may_not_trade(begun), when_a_company_may_trade_again(ended)):
        assert command is not None
        made.run(Step(command, HUIMIN))
    assert made.company().state == "admitted"


def listings(*steps: Step) -> list[Any]:
    """Listings and delistings among what these steps lead to."""
    kinds = (CreditRecord.SubjectListed, CreditRecord.SubjectDelisted)
    return [e for e in given(*steps).happened if isinstance(e, kinds)]


def followed(made: World, event: Any) -> World:
    """The member after a listing or a delisting."""
    listed = isinstance(event, CreditRecord.SubjectListed)
    react = when_a_company_may_not_trade if listed else when_a_company_may_trade_again
    command: Any = react(event)
    return made.run(Step(command, HUIMIN))


def test_a_listed_member_works_again_when_it_is_off_the_list() -> None:
    listed, delisted = listings(*c.LISTED, c.delisted(record=c.ENTRY))
    made = followed(world(*t.MEMBER), listed)
    (suspended,) = (e for e in made.happened if isinstance(e, MemberCompany.MemberSuspended))
    assert suspended.cause is SuspensionCause.LISTED
    assert suspended.reason == "列入重大税收违法失信主体（甬税失信〔2026〕1号）"
    assert followed(made, delisted).company().state == "admitted"


def test_a_member_on_two_lists_works_again_when_it_is_off_both() -> None:
    listed, delisted = listings(*c.LISTED, c.delisted(record=c.ENTRY))
    other = listed.model_copy(update={"originator_id": UUID(int=8)})
    off_the_other = delisted.model_copy(update={"originator_id": UUID(int=8)})
    made = followed(followed(world(*t.MEMBER), listed), other)
    assert len([e for e in made.happened if isinstance(e, MemberCompany.MemberSuspended)]) == 1
    assert followed(made, delisted).company().state == "suspended"
    again: Any = when_a_company_may_trade_again(delisted)
    assert made.refused(Step(again, HUIMIN)) == no.NotSuspendedFor(cause="listed")
    assert followed(made, off_the_other).company().state == "admitted"


def test_off_the_list_a_member_stays_suspended_for_something_else() -> None:
    listed, delisted = listings(*c.LISTED, c.delisted(record=c.ENTRY))
    made = followed(world(*t.MEMBER, t.suspended()), listed)
    assert followed(made, delisted).company().state == "suspended"
    assert made.run(t.reinstated()).company().state == "admitted"


def test_an_officer_who_reinstates_a_listed_member_does_so_for_all_its_lists() -> None:
    (listed,) = listings(*c.LISTED)
    made = followed(followed(world(*t.MEMBER), listed), listed)
    made.run(t.reinstated(cause=SuspensionCause.LISTED))
    assert made.company().state == "admitted"
    assert followed(made, listed).company().state == "suspended"


def test_neither_a_red_list_nor_a_persons_concerns_a_member() -> None:
    blacklisted = listings(*c.RED_LISTED, c.notified(), c.decided(at=c.PLEA_OVER))
    red = [e for e in blacklisted if e.colour is Colour.RED]
    decided = c.decided(at=c.PLEA_OVER, by=c.COURT_2)
    delisted = c.delisted(record=c.ENTRY, sender=c.COURT_1)
    persons = listings(c.person_opened(), c.court_notified(), decided, delisted)
    assert (len(red), len(persons)) == (2, 2)
    for event in (*red, *persons):
        if isinstance(event, CreditRecord.SubjectListed):
            assert when_a_company_may_not_trade(event) is None
        else:
            assert when_a_company_may_trade_again(event) is None


def test_an_expelled_member_is_left_alone_by_lists() -> None:
    listed, delisted = listings(*c.LISTED, c.delisted(record=c.ENTRY))
    made = world(*t.MEMBER, t.expelled())
    known = len(made.happened)
    followed(followed(made, listed), delisted)
    assert len(made.happened) == known


def test_the_first_change_of_a_service_keeps_what_the_catalogue_said() -> None:
    made = world(t.service_published(since=date(2026, 6, 1), paid=True), t.opened())
    made.run(t.classified())
    assert not made.ticket().paid
    wrong = t.service_published(item_id=UUID(int=3))
    assert made.refused(wrong).code == "not-found"
    assert made.refused(t.service_retired("H999")) == no.UnknownItem(item="H999")


# --- bodies ------------------------------------------------------------------------------------

OPEN: dict[str, Any] = {
    "channel": "app",
    "kind": "help",
    "text": "灯坏了",
    "place": {"district": "330203"},
    "caller": {"phone": "13812345678"},
}
ID = {"ticket_id": str(t.TICKET)}
FILE = {"sha256": "a" * 64, "media_type": "image/jpeg", "size_bytes": 1}


def accepts(model: type[BaseModel], body: dict[str, Any]) -> bool:
    return isinstance(model.model_validate_json(orjson.dumps(body)), model)


def codes(model: type[BaseModel], body: dict[str, Any]) -> list[tuple[str, tuple[Any, ...]]]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate_json(orjson.dumps(body))
    return [(error["type"], error["loc"]) for error in caught.value.errors()]


def test_a_sound_body_is_read() -> None:
    assert accepts(OpenTicket, OPEN)
    assert accepts(OpenTicket, OPEN | {"attachments": [FILE] * 9, "text": "灯" * 5_000})
    assert accepts(Dispatch, ID | {"holder": {"kind": "company", "code": t.USCC}})


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"text": " \n"}, "text-empty", ("text",)),
        ({"text": "灯" * 5_001}, "string_too_long", ("text",)),
        ({"place": {"district": "310101"}}, "outside-city", ("place", "district")),
        (
            {"place": {"district": "330203", "point": {"lat": 31.2, "lon": 121.5}}},
            "outside-city",
            ("place", "point"),
        ),
        ({"place": {}}, "missing", ("place", "address")),
        (
            {"attachments": [FILE | {"size_bytes": 21 * 1024 * 1024}]},
            "attachment-too-big",
            ("attachments", 0, "size_bytes"),
        ),
        ({"attachments": [FILE] * 10}, "too_long", ("attachments",)),
        ({"channel": "fax"}, "enum", ("channel",)),
        ({"caller": {"phone": "12345"}}, "bad-mobile", ("caller", "phone")),
        ({"accused": ["nobody"]}, "holder-unknown", ("accused", 0)),
        ({"item": "Z001"}, "string_pattern_mismatch", ("item",)),
    ],
)
def test_what_is_wrong_with_a_ticket_is_told_with_its_place(
    changes: dict[str, Any], code: str, where: tuple[Any, ...]
) -> None:
    assert codes(OpenTicket, OPEN | changes) == [(code, where)]


def test_a_holder_is_a_department_or_a_company() -> None:
    for holder in (
        {"kind": "department", "code": "gas"},
        {"kind": "company", "code": "health"},
    ):
        assert codes(Dispatch, ID | {"holder": holder}) == [("holder-unknown", ("holder", "code"))]
    assert codes(Classify, ID | {"item": t.LAMP, "district": "1"}) == [
        ("outside-city", ("district",))
    ]
    assert Holder(kind="company", code=t.USCC) == t.COMPANY


@pytest.mark.parametrize(
    "answer",
    [
        {"contacted": True},
        {"contacted": True, "solved": True},
        {"contacted": True, "satisfied": 5},
        {"contacted": False, "solved": True, "satisfied": 5},
    ],
)
def test_an_answer_is_whole_or_none(answer: dict[str, Any]) -> None:
    assert codes(RecordCallBack, ID | answer) == [("answer-incomplete", ("satisfied",))]
    assert accepts(RecordCallBack, ID | {"contacted": False})
