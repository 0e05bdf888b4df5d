"""Between care, hospitals and the help centre, with the policies of the whole city on a real log.

A visit that nobody begins becomes an emergency and ends with whoever finds the elder; a hospital
lets care rest, go on and end. Each chain is looked at as an auditor sees it.
"""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from commands.health_visits.archives import OpenArchive
from commands.health_visits.given import PatientGiven
from domain.care_orders import Mode
from domain.care_orders.states import CancelReason
from domain.health_visits.values import Half, archive_id, session_id
from domain.help_center_tickets import policy_ticket_id
from infra.auditing.timeline import effects
from infra.settings import Settings
from tests import care as c
from tests import clinics as h
from tests import tickets as t
from tests import visits as v
from tests.acceptance.care_city import CareCity
from tests.acceptance.test_rebuilding import rebuilt
from tests.acceptance.town import a_town
from tests.infra.reacting.market import HandClock
from tests.infra.reacting.roles import running
from tests.scenario import MONDAY_MORNING, Step, shanghai

ELDER = PatientGiven(name="王明", resident_id=c.resident())
ARCHIVE = archive_id(c.subject())
TICKET = policy_ticket_id("care-orders", c.VISIT, "missed-visit")
MISSED_CARE = "A132"
HALF_PAST_EIGHT = shanghai("2026-03-03T08:30")
HOUR = timedelta(hours=1)
A_DAY = (timedelta(days=1),)
"""Whoever is put off waits longer than the test."""


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY_MORNING)


@pytest.fixture
async def city(database_url: str, namespace: str, clock: HandClock) -> AsyncIterator[CareCity]:
    async with a_town(CareCity, database_url, namespace, None, clock) as made:
        yield made


async def followed(city: CareCity, cause: str) -> list[str]:
    """What the timeline of a matter says that an event of it led to elsewhere, by policy; without
    the help centre's count of its tickets, which comes whenever it comes."""
    (event,) = await city.events(cause)
    others = [e for e in await city.events() if e.correlation_id == event.correlation_id]
    led_to = effects([event.position], [e for e in others if e.stream_id != event.stream_id])
    return [
        f"{e['actor'].removeprefix('policy:')}: {e['type'].split('.')[1]}"
        for e in led_to[event.position]
        if e["actor"] != "policy:count-ticket-heat"
    ]


async def noted(city: CareCity) -> list[tuple[str, str, str]]:
    """Refusals that were noted: policy, command, code."""
    found = await city.decoded("policy-refused")
    return [(e.policy, e.command, e.code) for e in found]


async def answered(city: CareCity) -> None:
    """Every policy has seen all of the log; what was refused may still wait."""

    async def seen() -> bool:
        return all(p.lag == 0 for p in await city.operations.status())

    await city.until(seen)


async def told_again(city: CareCity) -> None:
    """All of the log is delivered to every policy once more, and nothing comes of it."""
    before = await city.events()
    await city.rows("UPDATE policy_checkpoints SET position = 0")
    async with running(city.runner()):
        await city.policies_done()
    assert await city.events() == before


# --- a visit that nobody begins ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "of_the_visit", "of_the_ticket"),
    [
        ("09:29", ["missed-visit-resolved"], []),
        (
            "09:31",
            ["visit-clock-breached", "missed-visit-resolved"],
            ["ticket-opened", "ticket-classified", "ticket-dispatched", "work-reported"],
        ),
    ],
)
async def test_a_visit_missed_at_half_past_eight_becomes_a_ticket_after_an_hour(
    city: CareCity,
    clock: HandClock,
    found: str,
    of_the_visit: list[str],
    of_the_ticket: list[str],
) -> None:
    """Acceptance 4 across programmes."""
    async with running(city.projector(), city.scheduler(), city.runner()):
        await city.play(*c.ACTIVE, v.scheduled(start=HALF_PAST_EIGHT))
        for at in ("08:46", "09:01", found):
            clock.shanghai(f"2026-03-03 {at}")
            await city.looked()
            await city.policies_done()
        await city.play(v.resolved())
        await city.policies_done()
        clock.shanghai("2026-03-03 18:00")
        await city.looked()
    happened = await city.names(c.VISIT)
    assert happened[1:] == ["visit-clock-warned", "visit-missed", *of_the_visit]
    assert await city.names(TICKET) == of_the_ticket
    reasons = [(e.reason, e.closes) for e in await city.decoded("work-reported")]
    assert reasons == [("missed-visit-resolved", True)][: len(of_the_ticket)]
    if of_the_ticket:
        assert await followed(city, "visit-clock-breached") == [
            "missed-visit-ticket: ticket-opened",
            "missed-visit-ticket: ticket-classified",
            "dispatch-hinted: ticket-dispatched",
        ]
        assert await followed(city, "missed-visit-resolved") == [
            "missed-visit-found: work-reported"
        ]
    await told_again(city)
    assert await noted(city) == []


@pytest.mark.slow
async def test_alarms_come_once_though_the_scheduler_is_cut_down_and_timers_are_rebuilt(
    city: CareCity, clock: HandClock, settings: Settings
) -> None:
    """A visit that nobody begins, and a patient who waits for a critical result."""
    async with running(city.projector()):
        patient = await with_a_doctor(city, clock, start=HALF_PAST_EIGHT)
        clock.shanghai("2026-03-03 08:10")
        await city.play(h.examination(visit=patient), h.result(visit=patient, critical=True))
        for at in ("08:46", "09:01", "09:31", "10:31", "18:00"):
            clock.shanghai(f"2026-03-03 {at}")
            city.schedulers.clear()
            async with running(city.scheduler(), city.scheduler(), city.runner()):
                await city.looked()
                await city.policies_done()
        before = await city.events()
        (report,) = await rebuilt(settings, "timers")
        assert (report["verified"], report["switched"]) == (True, True)
        city.schedulers.clear()
        async with running(city.scheduler(), city.runner()):
            await city.looked()
            await city.policies_done()
    assert await city.events() == before
    assert (await city.names(c.VISIT))[1:] == [
        "visit-clock-warned",
        "visit-missed",
        "visit-clock-breached",
        "visit-clock-escalated",
    ]
    assert (await city.names(patient))[-3:] == [
        "result-recorded",
        "clock-breached",
        "clock-escalated",
    ]
    assert len(await city.events("ticket-opened")) == 1
    assert await noted(city) == []


async def test_a_carer_who_comes_late_while_no_scheduler_runs_opens_and_ends_the_ticket(
    city: CareCity, clock: HandClock
) -> None:
    """The breach and the beginning are one decision, and stand in this order in the log."""
    await city.play(*c.ACTIVE, v.scheduled(start=HALF_PAST_EIGHT, length=3 * HOUR))
    clock.shanghai("2026-03-03 09:31")
    await city.play(v.checked_in(at=clock.at))
    async with running(city.runner(pauses=A_DAY)):
        await city.policies_done()
    assert (await city.names(c.VISIT))[-2:] == ["visit-clock-breached", "visit-started"]
    happened = await city.names(TICKET)
    assert (happened[:2], happened.count("work-reported")) == (
        ["ticket-opened", "ticket-classified"],
        1,
    )
    assert not [who for who, *_ in await noted(city) if who.startswith("missed-visit")]


async def test_a_ticket_that_is_closed_already_is_noted_at_once(
    city: CareCity, clock: HandClock
) -> None:
    async with running(city.projector(), city.scheduler()):
        await city.play(*c.ACTIVE, v.scheduled(start=HALF_PAST_EIGHT))
        for at in ("09:01", "09:31"):
            clock.shanghai(f"2026-03-03 {at}")
            await city.looked()
    async with running(city.runner(pauses=A_DAY)):
        await city.policies_done()
        for step in (t.accepted(), t.reported_done()):
            mine = step.command.model_copy(update={"ticket_id": TICKET})
            await city.take(Step(mine, c.OFFICE))
        await city.play(v.resolved())
        await city.policies_done()
    refused = ("missed-visit-found", "help-center-tickets/report-done", "not-in-state")
    assert await noted(city) == [refused]
    assert await followed(city, "missed-visit-resolved") == ["missed-visit-found: policy-refused"]


async def test_a_ticket_that_is_refused_waits_and_so_does_its_end(
    city: CareCity, clock: HandClock
) -> None:
    """The service was retired by mistake; an hour later it is given again."""
    async with running(city.projector(), city.scheduler()):
        await city.play(t.service_retired(MISSED_CARE))
        await city.play(*c.ACTIVE, v.scheduled(start=HALF_PAST_EIGHT))
        for at in ("09:01", "09:31"):
            clock.shanghai(f"2026-03-03 {at}")
            await city.looked()
        await city.play(v.resolved())
    async with running(city.runner(clock=clock, pauses=(HOUR, HOUR, HOUR))):
        await answered(city)
        waiting = {(w.policy, w.code) for w in await city.operations.waiting()}
        assert waiting == {
            ("missed-visit-ticket", "item-retired"),
            ("missed-visit-found", "not-found"),
        }
        again = {"zh": "护理漏访", "en": "Missed care visit", "department": "civil-affairs"}
        await city.play(t.service_published(MISSED_CARE, since=date(2026, 3, 3), **again))
        for _ in range(2):  # the end may be tried before the ticket is there
            clock.at += HOUR
            await nothing_due(city, clock)
        await city.policies_done()
    happened = await city.names(TICKET)
    assert (happened[0], happened[-1]) == ("ticket-opened", "work-reported")


async def nothing_due(city: CareCity, clock: HandClock) -> None:
    """All that waits has been tried since the clock was turned."""

    async def tried() -> bool:
        return all(w.due_at > clock.at for w in await city.operations.waiting())

    await city.until(tried)


# --- a hospital --------------------------------------------------------------------------------


async def with_a_doctor(city: CareCity, clock: HandClock, *, start: datetime = v.START) -> UUID:
    """The elder's visit to a doctor on Monday morning, with care at home planned for Tuesday."""
    clock.shanghai("2026-03-01 10:00")
    await city.play(Step(OpenArchive(patient=ELDER, centre="centre-330203-01"), h.NURSE))
    await city.play(h.session_opened())
    visit = (await city.take(h.booked(patient=ELDER))).aggregate_id
    clock.shanghai("2026-03-02 08:40")
    await city.play(h.checked_in(visit=visit))
    clock.shanghai("2026-03-02 09:05")
    await city.play(*c.ACTIVE, v.scheduled(start=start))
    await city.play(h.called(visit=visit), h.started(visit=visit))
    return visit


async def test_a_stay_in_hospital_lets_care_rest_and_go_on_with_a_new_grade(
    city: CareCity, clock: HandClock
) -> None:
    async with running(city.runner()):
        visit = await with_a_doctor(city, clock)
        await city.play(h.admitted(visit=visit))
        await city.policies_done()
        assert await followed(city, "patient-admitted") == [
            "hospital-suspends-care: elder-admitted",
            "elder-in-hospital: care-suspended",
            "call-off-visits: visit-cancelled",
            "call-off-visits: visit-unbooked",
        ]
        clock.shanghai("2026-03-06 10:00")
        await city.play(h.discharged(visit=visit))
        await city.policies_done()
    assert await followed(city, "patient-discharged") == [
        "discharge-to-care: elder-discharged",
        "elder-back-home: care-resumed",
        "elder-back-home: reassessment-requested",
    ]
    (cancelled,) = await city.decoded("visit-cancelled")
    assert cancelled.reason is CancelReason.SUSPENDED
    await told_again(city)
    assert await noted(city) == []


async def test_an_order_that_is_not_served_yet_cannot_rest_which_is_noted_once(
    city: CareCity, clock: HandClock
) -> None:
    """The discharge then has nothing to end."""
    async with running(city.runner()):
        visit = await with_a_doctor(city, clock)
        await city.play(c.ended(), *c.planned(c.order_number(2)))
        await city.play(h.admitted(visit=visit))
        await city.policies_done()
        assert "elder-in-hospital: policy-refused" in await followed(city, "patient-admitted")
        await city.play(h.discharged(visit=visit, barthel=80))
        await city.policies_done()
    assert await noted(city) == [("elder-in-hospital", "care-orders/suspend", "not-in-state")]
    await told_again(city)


async def test_who_comes_home_to_a_full_institution_waits_for_a_bed(
    city: CareCity, clock: HandClock
) -> None:
    """After fifteen days the bed was another's, who has left it an hour after the discharge."""
    mine, other = c.order_number(2), c.order_number(3)
    async with running(city.runner(clock=clock, pauses=(HOUR, HOUR))):
        visit = await with_a_doctor(city, clock)
        await city.play(c.ended(), c.capacity_changed(beds=("1-1",)))
        await city.play(*c.planned(mine, Mode.INSTITUTION), c.assigned(mine))
        await city.play(*c.planned(other, Mode.INSTITUTION, who=2))
        await city.play(h.admitted(visit=visit))
        await city.policies_done()
        clock.shanghai("2026-03-18 09:00")
        await city.play(c.place_released(mine), c.assigned(other), h.discharged(visit=visit))
        await answered(city)
        (waits,) = await city.operations.waiting()
        assert (waits.policy, waits.code) == ("elder-back-home", "no-place")
        await city.play(c.ended(other))
        clock.at += HOUR
        await city.policies_done()
    assert "care-resumed" in await city.names(mine)
    assert await noted(city) == []


async def test_a_death_ends_care_bookings_and_archive(city: CareCity, clock: HandClock) -> None:
    tomorrow = session_id("doctor-2", h.TOMORROW, Half.MORNING)
    slots = h.slots(day=h.TOMORROW)
    async with running(city.runner()):
        visit = await with_a_doctor(city, clock)
        await city.play(h.session_opened("doctor-2", *slots, day=h.TOMORROW))
        later = h.booked(patient=ELDER, session=tomorrow, slot=slots[0].at)
        booked = (await city.take(later)).aggregate_id
        await city.play(h.died(visit=visit))
        await city.policies_done()
    assert (await city.names(booked))[-1] == "appointment-cancelled"
    assert (await city.names(ARCHIVE))[-1] == "archive-closed"
    assert (await city.names(c.ORDER))[-1] == "care-ended"
    assert (await city.names(c.VISIT))[-1] == "visit-cancelled"
    assert set(await followed(city, "death-recorded")) >= {
        "death-ends: appointment-cancelled",
        "death-ends: archive-closed",
        "death-ends-care: death-noted",
        "elder-died: care-ended",
        "call-off-visits: visit-cancelled",
    }
    (ended,) = await city.decoded("care-ended")
    assert ended.on == h.DAY
    await told_again(city)
    assert await noted(city) == []


async def test_of_a_patient_without_care_nothing_is_recorded_there(
    city: CareCity, clock: HandClock
) -> None:
    clock.shanghai("2026-03-01 10:00")
    async with running(city.runner()):
        await city.play(h.session_opened())
        visit = (await city.take(h.booked())).aggregate_id
        clock.shanghai("2026-03-02 09:00")
        for step in (h.checked_in, h.called, h.started, h.admitted, h.discharged):
            await city.play(step(visit=visit))
        await city.policies_done()
    assert await followed(city, "patient-admitted") == []
    assert await followed(city, "patient-discharged") == []
    assert await noted(city) == []
