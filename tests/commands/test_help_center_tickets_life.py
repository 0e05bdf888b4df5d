"""A ticket's life: what is recorded, what is refused, who may act; acceptance 2, 5 and 8."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from commands.help_center_tickets.given import CallerGiven
from commands.help_center_tickets.opening import AboutGiven
from commands.policies.help_center_tickets import when_done
from domain.help_center_tickets import Channel, HelpTicket, Kind, Urgency, policy_ticket_id
from domain.help_center_tickets import refusals as no
from domain.help_center_tickets.states import Channel as C
from domain.help_center_tickets.states import DeclineGround, EmergencyService
from domain.shared.personal import personal_fields
from domain.shared.refusals import Forbidden, IdInUse, NotFound
from tests import tickets as t
from tests.scenario import HUIMIN, Step, shanghai
from tests.tickets import last, world

VISIT = UUID(int=77)
POLICY_TICKET = policy_ticket_id("care-orders", VISIT, "missed-visit")


def missed_visit(**fields: object) -> Step:
    given: dict[str, object] = {
        "ticket_id": None,
        "channel": Channel.POLICY,
        "caller": None,
        "item": "A132",
        "text": "护理员一小时未到",
        "about": AboutGiven(program="care-orders", matter_id=VISIT, what="missed-visit"),
        "by": HUIMIN,
    }
    return t.opened(**(given | fields))  # type: ignore[arg-type]  # fields of the command


# --- opening -----------------------------------------------------------------------------------


def test_a_ticket_says_who_called_by_reference() -> None:
    made = world(t.opened())
    opened = last(made.events_of(), HelpTicket.TicketOpened)
    assert (opened.caller.actor, opened.caller.phone) == ("citizen-1", "+8613812345678")
    assert len(opened.caller.subject) == 32
    assert {"caller", "text", "place", "recording_ref"} <= personal_fields(type(opened))


def test_one_person_is_one_subject_whatever_the_channel() -> None:
    who = CallerGiven(name="王明", resident_id="330203199001011236")
    made = world(t.opened(1, caller=who), t.opened(2, caller=who, channel=C.PHONE, by=t.AGENT))
    one, two = made.ticket(1).caller, made.ticket(2).caller
    assert one is not None
    assert two is not None
    assert (one.subject == two.subject, two.actor) == (True, None)


@pytest.mark.parametrize(
    ("channel", "by"),
    [
        (C.PHONE, t.CITIZEN),
        (C.COUNTER, t.URBAN_OFFICER),
        (C.POLICY, t.AGENT),
        (C.SENSOR, t.CITIZEN),
        (C.APP, HUIMIN),
    ],
)
def test_a_channel_is_for_who_sits_at_it(channel: Channel, by: object) -> None:
    assert world().refused(t.opened(channel=channel, by=by)) == Forbidden()  # type: ignore[arg-type]  # a Caller


def test_a_policy_ticket_is_classified_at_once_and_its_id_follows_from_its_cause() -> None:
    made = world(missed_visit())
    assert made.names(POLICY_TICKET) == ["TicketOpened", "TicketClassified"]
    ticket = made.matters[POLICY_TICKET]
    assert isinstance(ticket, HelpTicket)
    assert (ticket.urgency, ticket.tier) == (Urgency.EMERGENCY, "emergency")


def test_a_second_ticket_for_the_same_cause_is_none() -> None:
    """Acceptance 8, as far as it is not the command's id that makes it one."""
    assert world(missed_visit()).refused(missed_visit()) == IdInUse()


def test_a_policy_ticket_needs_cause_service_and_place() -> None:
    for missing in ("about", "item", "place"):
        assert world().refused(missed_visit(**{missing: None})) == no.CauseWithoutItem()


def test_a_cause_that_is_gone_closes_its_ticket_with_the_reason_whatever_its_state() -> None:
    for steps in ((), (t.dispatched(),), (t.dispatched(), t.accepted())):
        made = world(missed_visit())
        for step in (*steps, t.cause_gone()):
            command = step.command.model_copy(update={"ticket_id": POLICY_TICKET})
            made.run(Step(command, step.by))
        ticket = made.matters[POLICY_TICKET]
        assert isinstance(ticket, HelpTicket)
        assert ticket.state == "closed"
        reported = last(made.events_of(POLICY_TICKET), HelpTicket.WorkReported)
        assert (reported.reason, reported.closes) == ("missed-visit-resolved", True)


def test_a_ticket_with_a_hint_goes_to_the_hinted_holder() -> None:
    made = world(*t.MEMBER, missed_visit(item=t.LAMP, holder_hint=t.to(t.COMPANY)))
    made.react()
    assert made.names(POLICY_TICKET)[-1] == "TicketDispatched"
    assert made.company().tickets == (POLICY_TICKET,)


def test_an_emergency_is_handed_over_when_every_line_has_acknowledged() -> None:
    made = world(t.opened())
    fire, ambulance = EmergencyService.FIRE, EmergencyService.AMBULANCE
    assert made.refused(t.handed_over(danger_to_life=False)) == no.NoDanger()
    silent = t.handed_over(services=(fire, ambulance))
    assert made.refused(silent) == no.NotAcknowledged(services=("120",))
    made.run(t.handed_over(services=(fire, ambulance), receipts={fire: "1", ambulance: "2"}))
    assert made.ticket().state == "handed_over"


# --- classification ----------------------------------------------------------------------------


def test_a_service_has_to_be_in_the_catalogue_and_given_today() -> None:
    made = world(t.opened())
    assert made.refused(t.classified(item="H999")) == no.UnknownItem(item="H999")
    made.run(t.service_retired(last_day=date(2026, 3, 1)))
    retired = no.ItemRetired(item=t.LAMP, on=date(2026, 3, 2))
    assert made.refused(t.classified()) == retired
    made.run(t.service_published(since=date(2026, 3, 2), paid=True), t.classified())
    assert made.ticket().paid


def test_a_service_that_begins_tomorrow_is_not_given_today() -> None:
    made = world(t.opened(), t.service_published("H999", since=date(2026, 3, 3)))
    assert made.refused(t.classified(item="H999")).code == "item-retired"


def test_an_old_district_counts_as_its_successor() -> None:
    made = world(t.opened(place=None), t.classified(district="330204"))
    assert made.ticket().district == "330212"


def test_a_decline_names_the_right_door() -> None:
    made = world(t.opened(), t.declined(ground=DeclineGround.PETITION))
    assert last(made.events_of(), HelpTicket.TicketDeclined).door == "petition-office"


def test_only_a_current_article_about_the_service_answers() -> None:
    steps = (t.opened(), t.classified())
    made = world(*steps)
    assert made.refused(t.answered_from_article()) == no.ArticleNotCurrent()
    for article in (
        (t.article(item=t.DRAIN),),
        (t.article(valid_until=date(2026, 3, 1)),),
        (t.article(), t.article_retired()),
    ):
        assert world(*steps, *article).refused(t.answered_from_article()).code == (
            "article-not-current"
        )
    made = world(*steps, t.article(valid_until=date(2026, 3, 2)), t.answered_from_article())
    assert made.ticket().state == "calling_back"


# --- holders -----------------------------------------------------------------------------------


def test_a_third_return_is_spent_and_the_settle_clock_unbroken() -> None:
    """Acceptance 2."""
    made = world(t.opened(), t.classified(), t.dispatched(), t.returned())
    promised = made.ticket().clocks["settle"].due_at
    assert made.refused(t.arbitrated()) == no.NothingToArbitrate()
    made.run(t.dispatched(holder=t.to(t.HEALTH)), t.returned(by=t.HEALTH_OFFICER))
    assert made.refused(t.dispatched()) == no.ArbitrationNeeded()
    made.run(t.arbitrated())
    assert made.names()[-1] == "HolderDecided"
    assert made.refused(t.returned()) == no.ReturnSpent()
    made.run(t.transferred())
    assert made.refused(t.returned(by=t.HEALTH_OFFICER)) == no.ReturnSpent()
    assert made.ticket().clocks["settle"].due_at == promised == shanghai("2026-03-05T17:30")


def test_a_ticket_is_returned_within_a_working_day() -> None:
    made = world(t.opened(), t.classified(), t.dispatched())
    until = shanghai("2026-03-03T17:30")
    late = t.returned(at=until + timedelta(seconds=1))
    assert made.refused(late) == no.ReturnTooLate(until=until)
    made.run(t.returned(at=until))


def test_a_holder_reaches_the_caller_by_a_relay_number_of_his_own() -> None:
    made = world(t.opened(), t.classified(), t.dispatched(), t.returned())
    made.run(t.dispatched(holder=t.to(t.HEALTH)))
    relays = [
        e.relay_number for e in made.events_of() if isinstance(e, HelpTicket.TicketDispatched)
    ]
    assert len(set(relays)) == 2
    assert all(relay and relay.startswith("81890-") and "138" not in relay[:9] for relay in relays)


def test_a_transfer_needs_the_receiver_or_an_order() -> None:
    made = world(*t.WORKING)
    unasked = t.transferred(receiver_agrees=False)
    assert made.refused(unasked) == no.TransferNotAgreed()
    assert made.refused(t.transferred(holder=t.to(t.URBAN))) == no.HolderHasIt()
    made.run(t.transferred(receiver_agrees=False, by=t.SUPERVISOR))
    transferred = last(made.events_of(), HelpTicket.TicketTransferred)
    assert (transferred.ordered_by, made.ticket().state) == ("officer-sv", "dispatched")


@pytest.mark.parametrize("by", [t.STRANGER, t.HEALTH_OFFICER, t.CITIZEN])
def test_only_the_holder_works_on_it(by: object) -> None:
    made = world(t.opened(), t.classified(), t.dispatched())
    assert made.refused(t.accepted(by=by)) == Forbidden()
    made.run(t.accepted())
    for step in (t.paused, t.reported_done, t.contacted, t.transferred):
        if by is not t.CITIZEN or step is not t.contacted:
            assert made.refused(step(by=by)) == Forbidden()


@pytest.mark.parametrize("by", [t.STRANGER, t.URBAN_OFFICER])
def test_only_the_caller_urges_accepts_and_withdraws(by: object) -> None:
    made = world(*t.WORKING)
    for step in (t.urged, t.withdrawn, t.quote_accepted):
        assert made.refused(step(by=by)) == Forbidden()


def test_only_the_centre_classifies_and_dispatches() -> None:
    assert world(t.opened()).refused(t.classified(by=t.URBAN_OFFICER)) == Forbidden()
    made = world(t.opened(), t.classified())
    assert made.refused(t.dispatched(by=t.URBAN_OFFICER)) == Forbidden()


# --- work --------------------------------------------------------------------------------------


def test_only_paid_services_are_quoted_for() -> None:
    assert world(*t.WORKING).refused(t.quoted()) == no.NotPaidService()
    made = world(
        *t.MEMBER,
        t.opened(),
        t.classified(item=t.DRAIN),
        t.dispatched(holder=t.to(t.COMPANY)),
        t.accepted(by=t.STAFF),
    )
    assert made.refused(t.quote_accepted()) == no.NoQuote()
    made.run(t.quoted(by=t.STAFF), t.quoted(by=t.STAFF, amount_fen=9_900), t.quote_accepted())
    assert last(made.events_of(), HelpTicket.QuoteAccepted).amount_fen == 9_900


def test_a_caller_urges_once_on_a_day_of_the_city() -> None:
    made = world(*t.WORKING, t.urged(at=shanghai("2026-03-02T23:58")))
    assert made.refused(t.urged(at=shanghai("2026-03-02T23:59"))) == no.UrgedToday()
    made.run(t.urged(at=shanghai("2026-03-03T00:00")))


def test_the_first_contact_is_recorded_once() -> None:
    made = world(*t.WORKING, t.contacted())
    assert last(made.events_of(), HelpTicket.CallerContacted).in_time
    assert made.refused(t.contacted()) == no.AlreadyContacted()


# --- merging -----------------------------------------------------------------------------------

THREE = (t.opened(1), t.opened(2), t.opened(3), t.classified(3))
MERGED = (*THREE, t.merged(1, lead=t.ticket_id(3)), t.merged(2, lead=t.ticket_id(3)))


def test_three_merged_callers_have_one_work_and_three_call_backs() -> None:
    """Acceptance 5."""
    made = world(*MERGED, t.dispatched(3), t.accepted(3), t.reported_done(3))
    made.react()
    assert [made.ticket(n).state for n in (1, 2, 3)] == ["calling_back"] * 3
    made.run(t.content(1), t.not_content(2), t.content(3))
    assert [made.ticket(n).state for n in (1, 2, 3)] == ["closed", "open", "closed"]
    assert [made.names(t.ticket_id(n))[-1] for n in (1, 2)] == [
        "CallBackAnswered",
        "TicketReopened",
    ]
    done = [e for e in made.happened if isinstance(e, HelpTicket.WorkReported)]
    assert len(done) == 1
    assert [c.ticket_id for c in when_done(done[0])] == [t.ticket_id(1), t.ticket_id(2)]


def test_only_what_is_the_same_and_within_72_hours_is_merged() -> None:
    made = world(*THREE)
    later = made.at + timedelta(hours=72)
    made.run(t.opened(4, at=later), t.opened(5, at=later, kind=Kind.COMPLAINT))
    assert made.refused(t.merged(4, lead=t.ticket_id(1))) == no.MergeTooLate()
    assert made.refused(t.merged(5, lead=t.ticket_id(4))) == no.NotSameMatter()
    assert made.refused(t.merged(1, lead=t.ticket_id(1))) == no.NotSameMatter()
    assert made.refused(t.merged(3, lead=t.ticket_id(1))) == no.NotSameMatter()
    assert made.refused(t.merged(1, lead=UUID(int=5))) == NotFound()
    made.run(t.merged(1, lead=t.ticket_id(2)))
    assert made.refused(t.merged(2, lead=t.ticket_id(3))) == no.NotSameMatter()


def test_the_others_go_on_when_the_ticket_they_were_merged_into_ends_without_work() -> None:
    for end in (t.withdrawn(3), t.declined(3)):
        made = world(*MERGED, end)
        made.react()
        assert [made.ticket(n).state for n in (1, 2)] == ["open", "open"]


def test_a_merge_by_mistake_is_undone_on_both_sides() -> None:
    made = world(*MERGED, t.merge_undone(1, by=t.AGENT))
    assert (made.ticket(1).lead, made.ticket(3).merged) == (None, (t.ticket_id(2),))
    wrong = t.result_shared(2, lead=t.ticket_id(1))
    assert made.refused(wrong) == no.NotMergedHere()
