"""How a ticket ends: the call-back, reopening, misconduct, and reports; acceptance 6 and 7."""

from datetime import timedelta

from domain.help_center_tickets import HelpTicket, Kind
from domain.help_center_tickets import refusals as no
from domain.shared.refusals import Forbidden, FourEyes
from tests import tickets as t
from tests.scenario import shanghai
from tests.tickets import last, world

# --- the call-back -----------------------------------------------------------------------------


def test_who_is_not_reached_is_given_up_after_three_tries_on_two_days() -> None:
    """Acceptance 6."""
    made = world(*t.CALLING_BACK, t.nobody_answered())
    assert made.refused(t.nobody_answered(close=True)) == no.TooSoonToClose(tries=2, days=1)
    made.run(t.nobody_answered(), t.nobody_answered())
    assert made.ticket().state == "calling_back"
    made.run(t.nobody_answered(close=True, at=shanghai("2026-03-03T09:00")))
    assert (made.ticket().state, made.ticket().answered) == ("closed", None)


def test_an_unhappy_caller_has_it_reopened_twice_and_then_it_is_closed() -> None:
    made = world(*t.CALLING_BACK)
    for number in (1, 2):
        made.run(t.not_content())
        assert (made.ticket().state, made.ticket().reopenings) == ("classified", number)
        made.run(t.dispatched(), t.accepted(), t.reported_done())
    made.run(t.not_content())
    assert made.ticket().state == "closed"
    assert made.refused(t.reopened()) == no.ReopenSpent()


def test_the_last_answer_takes_the_place_of_the_one_before() -> None:
    made = world(*t.CALLING_BACK, t.not_content(), t.dispatched(), t.accepted())
    made.run(t.reported_done(), t.content())
    answer = last(made.events_of(), HelpTicket.CallBackAnswered)
    assert (answer.counted.solved, answer.replaces.solved) == (True, False)


def test_a_closed_ticket_is_reopened_within_fifteen_days() -> None:
    made = world(*t.CALLING_BACK, t.content())
    # The fifteenth day is Tuesday, 17 March.
    until = shanghai("2026-03-18T00:00")
    late = t.reopened(at=until + timedelta(seconds=1))
    assert made.refused(late) == no.ReopenTooLate(until=until)
    made.run(t.reopened(at=until))


def test_an_anonymous_caller_is_not_called_back() -> None:
    made = world(t.opened(caller=None), t.classified(), t.dispatched(), t.accepted())
    made.run(t.reported_done())
    assert made.ticket().state == "closed"
    assert made.refused(t.reopened()) == Forbidden()


def test_misconduct_is_proven_once_and_against_a_company() -> None:
    made = world(*t.CALLING_BACK, t.content())
    assert made.refused(t.misconduct_proven()) == no.HolderNotCompany()
    made = world(
        *t.MEMBER,
        t.opened(),
        t.classified(),
        t.dispatched(holder=t.to(t.COMPANY)),
        t.accepted(by=t.STAFF),
        t.reported_done(by=t.STAFF),
        t.content(),
        t.misconduct_proven(),
    )
    assert last(made.events_of(), HelpTicket.MisconductProven).uscc == t.USCC
    assert made.refused(t.misconduct_proven()) == no.AlreadyProven()


# --- reports -----------------------------------------------------------------------------------


def test_a_report_about_a_clinic_never_goes_to_the_clinic() -> None:
    """Acceptance 7; what health gets to read is in the test of the read models."""
    made = world(
        *t.MEMBER, t.opened(kind=Kind.REPORT, accused=(t.USCC,)), t.classified(item=t.CLINIC)
    )
    assert made.refused(t.dispatched(holder=t.to(t.COMPANY))) == no.HolderIsAccused()
    made.run(t.dispatched(holder=t.to(t.HEALTH)), t.accepted(by=t.HEALTH_OFFICER))
    away = t.transferred(holder=t.to(t.COMPANY), by=t.HEALTH_OFFICER)
    assert made.refused(away) == no.HolderIsAccused()
    assert last(made.events_of(), HelpTicket.TicketDispatched).relay_number is None
    made.run(t.statement_requested(by=t.HEALTH_OFFICER), t.statement_recorded())
    stranger = t.statement_requested(accused=t.OTHER_USCC)
    assert made.refused(stranger) == no.NotAccused()


def test_whom_the_classifying_officer_adds_is_accused_too() -> None:
    made = world(t.opened(kind=Kind.COMPLAINT), t.classified(accused=("urban-management",)))
    assert made.refused(t.dispatched()) == no.HolderIsAccused()


def test_a_sealed_identity_is_opened_by_two_officers_with_grounds() -> None:
    made = world(t.opened(kind=Kind.REPORT, accused=("supervision",)), t.classified())
    assert made.refused(t.unsealing_requested()) == Forbidden()
    made = world(t.opened(kind=Kind.REPORT), t.classified())
    assert made.refused(t.unsealing_approved()) == no.NoUnsealing()
    made.run(t.unsealing_requested())
    assert made.refused(t.unsealing_approved(by=t.SUPERVISOR)) == FourEyes()
    made.run(t.unsealing_approved())
    opened = last(made.events_of(), HelpTicket.IdentityUnsealed)
    assert opened.reporter.name == "王明"
    assert world(t.opened()).refused(t.unsealing_requested()) == no.NotSealed()
