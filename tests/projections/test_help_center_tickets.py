"""What people read of the help centre, folded from what really happens to tickets and members."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.help_center_tickets import Kind, State, Urgency, member_company_id, service_item_id
from domain.help_center_tickets.states import SuspensionCause
from domain.shared.personal import personal_fields
from projections.base import Row
from projections.help_center_tickets.callers import MyTickets
from projections.help_center_tickets.candidates import Candidates
from projections.help_center_tickets.counts import TicketCounts
from projections.help_center_tickets.desk import TicketDesk
from projections.help_center_tickets.heat import Heat
from projections.help_center_tickets.holders import HolderTickets
from projections.help_center_tickets.knowledge import KnowledgeArticles, ServiceItems
from projections.help_center_tickets.members import MemberCompanies
from projections.help_center_tickets.scores import HolderScores
from projections.help_center_tickets.supervision import (
    OpenedIdentities,
    ProvenMisconduct,
    Supervision,
)
from tests import tickets as t
from tests.commands.test_help_center_tickets_table import PATHS
from tests.projections.rows import rows_of
from tests.scenario import keyed_hash, shanghai
from tests.tickets import world

TO_COMPANY = t.to(t.COMPANY)
REPORT: dict[str, Any] = {"kind": Kind.REPORT, "accused": (t.USCC,)}


@pytest.mark.parametrize("state", State)
def test_the_desk_and_the_caller_see_each_state(state: State) -> None:
    happened = world(*PATHS[state]).happened
    assert rows_of(TicketDesk, happened)[t.TICKET].state is state
    assert rows_of(MyTickets, happened)[t.TICKET].state is state
    held = rows_of(HolderTickets, happened)
    if state in (State.WITHDRAWN, State.DECLINED, State.HANDED_OVER):
        assert t.TICKET not in held
    else:
        assert held[t.TICKET].state is state


def test_the_desk_tells_what_is_due_and_who_has_it() -> None:
    row = rows_of(TicketDesk, world(*t.WORKING).happened)[t.TICKET]
    assert (row.holder, row.item, row.due_at) == (
        "urban-management",
        t.LAMP,
        shanghai("2026-03-05T17:30"),
    )
    assert (row.accept_due_at, row.contact_due_at) == (None, shanghai("2026-03-02T13:00"))
    assert personal_fields(TicketDesk) == frozenset()


def test_the_desk_shows_alarms_and_levels_until_it_is_reopened() -> None:
    made = world(*t.WORKING)
    made.settled(shanghai("2026-03-20T09:00"))
    row = rows_of(TicketDesk, made.happened)[t.TICKET]
    assert (row.alarm, row.level) == ("breached", 3)
    made.run(t.reported_done(), t.not_content())
    row = rows_of(TicketDesk, made.happened)[t.TICKET]
    assert (row.alarm, row.level, row.reopenings, row.holder) == (None, 0, 1, "data-bureau")


def test_a_holder_reads_the_matter_and_a_relay_number() -> None:
    row = rows_of(HolderTickets, world(*t.WORKING).happened)[t.TICKET]
    assert (row.holder, row.text) == ("urban-management", "楼道灯坏了三天")
    assert row.relay_number is not None
    returned = world(*t.WORKING[:3], t.returned())
    row = rows_of(HolderTickets, returned.happened)[t.TICKET]
    assert (row.holder, row.relay_number) == ("data-bureau", None)


def _columns_that_hold(needles: tuple[str, ...], rows: dict[Any, Row]) -> list[str]:
    return [
        name
        for row in rows.values()
        for name, value in row.model_dump(mode="json").items()
        if any(needle in str(value) for needle in needles)
    ]


def test_health_reads_a_report_about_a_clinic_without_the_reporter() -> None:
    """Acceptance 7, its second half: no row that is read at work knows who reported."""
    made = world(
        t.opened(**REPORT),
        t.classified(item=t.CLINIC),
        t.dispatched(holder=t.to(t.HEALTH)),
        t.accepted(by=t.HEALTH_OFFICER),
        t.urged(),
        t.reported_done(by=t.HEALTH_OFFICER),
    )
    row = rows_of(HolderTickets, made.happened)[t.TICKET]
    assert (row.holder, row.text, row.relay_number) == ("health", "楼道灯坏了三天", None)
    caller = made.ticket().caller
    assert caller is not None
    needles = ("王明", "13812345678", "citizen-1", caller.subject)
    for model in (TicketDesk, HolderTickets, MyTickets, Supervision, Heat, HolderScores):
        assert _columns_that_hold(needles, rows_of(model, made.happened)) == []


def test_two_officers_see_who_reported() -> None:
    made = world(t.opened(**REPORT), t.unsealing_requested())
    assert rows_of(OpenedIdentities, made.happened) == {}
    made.run(t.unsealing_approved())
    row = rows_of(OpenedIdentities, made.happened)[t.TICKET]
    assert (row.reporter.name, row.requested_by, row.officer) == (
        "王明",
        "officer-sv",
        "officer-sv-2",
    )


def test_a_caller_finds_his_tickets_by_his_reference() -> None:
    made = world(*t.WORKING)
    row = rows_of(MyTickets, made.happened)[t.TICKET]
    assert row.caller == keyed_hash("mobile", "+8613812345678")
    assert row.promised_at == shanghai("2026-03-05T17:30")
    made.run(t.reported_done(), t.content())
    row = rows_of(MyTickets, made.happened)[t.TICKET]
    assert row.reopen_until == shanghai("2026-03-18T00:00")


def test_caller_and_holder_read_what_a_ticket_has_become_and_when_it_is_due_then() -> None:
    made = world(*t.WORKING, t.reclassified(item=t.DRAIN, urgency=Urgency.URGENT))
    mine = rows_of(MyTickets, made.happened)[t.TICKET]
    held = rows_of(HolderTickets, made.happened)[t.TICKET]
    tomorrow = made.ticket().opened_at + timedelta(days=1)
    assert (mine.item, mine.promised_at) == (t.DRAIN, tomorrow)
    assert (held.item, held.due_at) == (t.DRAIN, tomorrow)


def test_a_ticket_that_is_merged_in_brings_its_earlier_limit_to_caller_and_holder() -> None:
    made = world(
        t.opened(1, at=shanghai("2026-11-20T16:50")),
        t.opened(2, at=shanghai("2026-11-23T08:40")),
        t.classified(2),
        t.dispatched(2),
        t.accepted(2),
        t.merged(1, lead=t.ticket_id(2)),
    )
    lead, earlier = t.ticket_id(2), shanghai("2026-11-25T17:30")
    assert rows_of(MyTickets, made.happened)[lead].promised_at == earlier
    assert rows_of(HolderTickets, made.happened)[lead].due_at == earlier


def test_a_pause_takes_the_promise_away_until_the_member_may_not_work_any_more() -> None:
    made = world(
        *t.MEMBER,
        t.opened(),
        t.classified(),
        t.dispatched(holder=TO_COMPANY),
        t.accepted(by=t.STAFF),
        t.paused(by=t.STAFF),
    )
    assert rows_of(MyTickets, made.happened)[t.TICKET].promised_at is None
    made.run(t.taken_back())
    assert rows_of(MyTickets, made.happened)[t.TICKET].promised_at == made.ticket().due_at


def test_a_pause_does_not_hide_a_limit_that_has_run_out() -> None:
    late = shanghai("2026-03-06T10:00")
    made = world(*t.WORKING, t.paused(at=late, until=late + timedelta(hours=3)))
    for model, column in ((MyTickets, "promised_at"), (HolderTickets, "due_at")):
        row = rows_of(model, made.happened)[t.TICKET]
        assert getattr(row, column) == shanghai("2026-03-05T17:30")


# --- members -----------------------------------------------------------------------------------


def test_who_can_go_is_known_by_service_and_district() -> None:
    made = world(
        t.applied(districts=("330203", "330205")),
        t.admitted(),
        t.applied(t.OTHER_USCC, items=(t.LAMP,)),
    )
    assert set(rows_of(Candidates, made.happened)) == {
        (item, district, t.USCC) for item in (t.LAMP, t.DRAIN) for district in ("330203", "330205")
    }
    made.run(t.services_changed(items=(t.DRAIN,), districts=("330203",)))
    assert set(rows_of(Candidates, made.happened)) == {(t.DRAIN, "330203", t.USCC)}


def test_a_member_shows_its_load_and_its_standing() -> None:
    made = world(*t.MEMBER, t.opened(), t.classified(), t.dispatched(holder=TO_COMPANY))
    key = member_company_id(t.USCC)
    row = rows_of(MemberCompanies, made.happened)[key]
    assert (row.state, row.load, row.free) == ("admitted", 1, 4)
    made.run(t.capacity_set(capacity=1), t.suspended(cause=SuspensionCause.LISTED))
    made.react()
    row = rows_of(MemberCompanies, made.happened)[key]
    assert (row.state, row.load, row.free) == ("suspended", 0, 1)


WORKED = (
    *t.MEMBER,
    t.opened(),
    t.classified(),
    t.dispatched(holder=TO_COMPANY),
    t.accepted(by=t.STAFF),
    t.contacted(by=t.STAFF),
    t.reported_done(by=t.STAFF),
)
AGAIN = (
    t.dispatched(holder=TO_COMPANY),
    t.accepted(by=t.STAFF),
    t.reported_done(by=t.STAFF, at=shanghai("2026-04-01T09:00")),
)


def test_only_the_last_answer_counts_wherever_it_falls() -> None:
    made = world(*WORKED, t.not_content())
    march, april = (t.USCC, "2026-03"), (t.USCC, "2026-04")
    scores = rows_of(HolderScores, made.happened)
    assert (scores[march].answers, scores[march].solved_percent) == (1, 0)
    made.run(*AGAIN, t.content())
    scores = rows_of(HolderScores, made.happened)
    assert (scores[march].answers, scores[march].solved_percent) == (0, None)
    assert (scores[april].answers, scores[april].satisfied_percent) == (1, 100)
    assert (scores[march].accepted, scores[march].accepted_in_time) == (2, 2)
    assert (scores[march].contacted_percent, scores[march].unreachable) == (100, 0)
    member = rows_of(MemberCompanies, made.happened)[member_company_id(t.USCC)]
    assert (member.answers, member.rating_permille) == (1, 5000)


def test_who_was_not_reached_is_counted_apart() -> None:
    """Acceptance 6, its end."""
    made = world(*WORKED, t.nobody_answered(), t.nobody_answered())
    made.run(t.nobody_answered(at=shanghai("2026-03-03T09:00")))
    score = rows_of(HolderScores, made.happened)[t.USCC, "2026-03"]
    assert (score.unreachable, score.answers, score.satisfied_percent) == (1, 0, None)


def test_proven_misconduct_is_seen_with_its_company() -> None:
    made = world(*WORKED, t.content(), t.misconduct_proven())
    row = rows_of(ProvenMisconduct, made.happened)[t.TICKET]
    assert (row.uscc, row.severity) == (t.USCC, "ordinary")
    assert rows_of(MemberCompanies, made.happened)[member_company_id(t.USCC)].misconducts == 1


# --- supervision, heat, knowledge --------------------------------------------------------------


def test_leaders_see_what_is_escalated_until_it_is_done() -> None:
    made = world(*t.WORKING, t.escalated(), t.supervised(), t.urged())
    made.settled(shanghai("2026-03-20T09:00"))
    row = rows_of(Supervision, made.happened)[t.TICKET]
    assert (row.level, row.to, row.officer, row.urged) == (4, "supervision", "officer-sv", 1)
    made.run(t.reported_done())
    assert rows_of(Supervision, made.happened) == {}


def test_heat_compares_an_hour_with_what_is_usual_for_it() -> None:
    monday = shanghai("2026-03-02T09:00")
    steps = [
        step
        for week, count in enumerate((2, 0, 4, 9))
        for n in range(count)
        for step in (
            t.opened(
                100 * week + n + 1, at=monday + timedelta(days=7 * week, minutes=n), place=None
            ),
            t.classified(100 * week + n + 1, at=monday + timedelta(days=7 * week, minutes=30 + n)),
        )
    ]
    rows = rows_of(Heat, world(*sorted(steps, key=lambda step: step.at or monday)).happened)
    row = rows[t.LAMP, "330203", 9]
    # two, none and four in three weeks: two are usual, and nine are four and a half times that
    assert (row.count, row.usual_permille, row.percent_of_usual) == (9, 2000, 450)


def test_open_data_counts_tickets_by_the_month_they_were_opened_in() -> None:
    last_day = shanghai("2026-03-31T23:50")
    made = world(t.opened(1, at=last_day), t.opened(2), t.classified(2), t.opened(3))
    made.run(*(t.classified(n, at=shanghai("2026-04-01T09:00")) for n in (1, 3)))
    counted = rows_of(TicketCounts, made.happened)
    assert {key[2]: row.count for key, row in counted.items()} == {"2026-03": 3}


def test_who_was_merged_unclassified_is_open_again_when_he_is_not_content() -> None:
    made = world(t.opened(1), t.opened(2), t.classified(2), t.merged(1))
    made.run(t.dispatched(2), t.accepted(2), t.reported_done(2))
    made.react()
    made.run(t.not_content(1))
    assert made.ticket(1).state is State.OPEN
    for model in (TicketDesk, MyTickets, HolderTickets):
        row: Any = rows_of(model, made.happened)[t.TICKET]
        assert row.state is State.OPEN


def test_the_first_week_has_nothing_usual() -> None:
    row = rows_of(Heat, world(t.opened(), t.classified()).happened)[t.LAMP, "330203", 9]
    assert (row.count, row.usual_permille, row.percent_of_usual) == (1, None, None)


def test_services_and_articles_are_as_they_were_changed_last() -> None:
    made = world(
        t.service_published(since=date(2026, 6, 1), urgency=Urgency.URGENT),
        t.service_published(since=date(2026, 6, 1), paid=True),
        t.service_retired(last_day=date(2026, 12, 31)),
        t.article(),
        t.article_revised(),
        t.article_retired(),
    )
    service = rows_of(ServiceItems, made.happened)[service_item_id(t.LAMP)]
    assert [v.paid for v in service.versions] == [False, True]
    assert service.last_day == date(2026, 12, 31)
    article = rows_of(KnowledgeArticles, made.happened)[t.ARTICLE]
    assert (article.title, article.state) == ("路灯", "retired")
