"""Makes matters of days at the city's clinics: sessions, bookings, visits, archives, referrals.

What is there before: sessions published three weeks ahead, archives of a campaign, patients in
hospital beds, people who missed two appointments already. What is booked for the day after the last
stays as it is.
"""

from datetime import date, datetime, timedelta
from random import Random

from domain.health_visits.institutions import Specialty
from domain.health_visits.values import Half
from simulation.health_visits import after
from simulation.health_visits.clinics import Clinic, Clinics, Session, nurse
from simulation.health_visits.days import FATES, Book, Fate, booked_at, coming
from simulation.health_visits.patients import Patients
from simulation.health_visits.queue import Coming
from simulation.health_visits.referring import referrals
from simulation.health_visits.stays import stays
from simulation.health_visits.story import DAY, HOUR, MINUTE, PROGRAM, SECOND, matters
from simulation.health_visits.treating import Visit
from simulation.matters import Matter, Until
from simulation.office import local
from simulation.programme import World

S = Specialty

A_DAY = 50_000
"""Visits of a working day that go over the platform, of the city's 120,000."""
LEAST = 36
BY_WEEKDAY = (1.15, 1.05, 1.0, 1.0, 1.0, 0.6, 0.4)
NEXT_DAY = 0.4
"""Of a day's visits those that are written for the working day after the last."""

TRUANTS_A_DAY = 150
"""People who miss an appointment for the third time within ninety days."""
STAYS_A_DAY, DEATHS_A_DAY = 600, 60
"""Discharges of a day from the platform's hospitals, and deaths there."""

CLOSED, DELAYED = 0.02, 0.04
"""Of the sessions, what falls out on the day itself, and what begins later."""


def plan(world: World) -> list[Matter]:
    """A function of the world."""
    clinics, book = Clinics(world), Book(world, Patients(world))
    truants = _truants(world, clinics, book)
    for day in world.days:
        count = world.scaled(A_DAY * BY_WEEKDAY[day.weekday()], least=LEAST)
        _day(world, clinics, book, day, count, truants)
    count = world.scaled(A_DAY * NEXT_DAY, least=LEAST // 3)
    _day(world, clinics, book, _next_working_day(world), count, [])
    stays(
        world,
        clinics,
        book,
        world.scaled(STAYS_A_DAY * len(world.days), least=2),
        world.scaled(DEATHS_A_DAY * len(world.days)),
    )
    referrals(world, clinics, book, _next_working_day(world))
    after.archives(world, book)
    after.reports(world, book)
    _close(world, clinics)
    stories = [session.story for clinic in clinics.opened for session in clinic.sessions]
    stories += [one.archive for one in book.patients.all if one.archive is not None]
    return matters([*stories, *book.stories], local(world.today, 0))


def _next_working_day(world: World) -> date:
    day = world.today
    while not world.calendar.is_working_day(day):
        day += DAY
    return day


# --- a day -----------------------------------------------------------------------------------------


def _day(
    world: World, clinics: Clinics, book: Book, day: date, count: int, truants: list[Visit]
) -> None:
    """So many visits at doctors' days of this day."""
    rng = Random(f"{world.seed}:{PROGRAM}:day:{day}")
    begun = len(book.visits)
    for number, clinic in enumerate(clinics.day(day)):
        _doctors_day(clinics, book, clinic, rng, truants, falls_out=number == 2)
        if len(book.visits) - begun >= count:
            return


def _doctors_day(
    clinics: Clinics,
    book: Book,
    clinic: Clinic,
    rng: Random,
    truants: list[Visit],
    *,
    falls_out: bool,
) -> None:
    """Bookings, who comes without one, and the queue that they make."""
    comings: dict[int, list[Coming]] = {place: [] for place in range(len(clinic.sessions))}
    stand_in: tuple[Clinic, list[Coming]] | None = None
    for session in clinic.sessions:
        _disturb(clinic, session, rng, falls_out=falls_out)
    for session in clinic.sessions:
        if clinic.department is S.EMERGENCY:
            booked, others = rng.randint(0, 3), rng.randint(8, 15)
        else:
            booked, others = rng.randint(11, 19), rng.randint(0, 4)
        if session.closed:
            stand_in = _falls_out(clinics, book, clinic, session, booked, rng)
            continue
        mine = [_booked(book, clinic, session, rng, truants) for _ in range(booked)]
        _in_vain(book, session, mine, rng)
        mine += [_without_booking(book, clinic, session, rng) for _ in range(others)]
        for one in mine:
            if one is not None and (found := one.notes.get("coming")) is not None:
                comings[clinic.sessions.index(one.session)].append(found)
    book.play(clinic, comings)
    if stand_in is not None:
        book.play(stand_in[0], {0: stand_in[1]})


def _booked(
    book: Book, clinic: Clinic, session: Session, rng: Random, truants: list[Visit]
) -> Visit | None:
    """One booking and what becomes of it; None when there is no seat."""
    free = session.free()
    if not free:
        return None
    weights = [6, 6, 5, 4, 3, 2, 2]
    slot = rng.choices(free, [weights[session.slots.index(one)] for one in free])[0]
    fate = rng.choices(list(FATES), list(FATES.values()))[0]
    third = fate is Fate.NO_SHOW and truants and session.half is Half.MORNING
    before = truants.pop() if third and not session.delayed else None
    visit = book.visit(clinic, session, patient=before.patient if before else None)
    book.book(visit, slot, booked_at(rng, slot))
    if session.delayed:
        fate = Fate.NO_SHOW if fate is Fate.NO_SHOW else Fate.PLAIN
    match fate:
        case Fate.CANCELLED | Fate.BY_CLINIC:
            in_time = (visit.booked_at or slot) + 15 * MINUTE < slot - 2 * HOUR
            book.cancel(visit, rng, by_clinic=fate is Fate.BY_CLINIC or not in_time)
        case Fate.NO_SHOW | Fate.LATE:
            until = Until("appointment-delayed") if session.delayed else None
            missed = book.miss(visit, rng, until)
            if fate is Fate.LATE and missed.hour + 1 < (12 if slot.hour < 12 else 18):
                arrives = missed + rng.randint(2, 20) * MINUTE
                visit.notes["coming"] = coming(visit, arrives, late=True)
            if before is not None:
                after.banned(book, before.notes["first"], visit, missed)
        case _:
            if fate is Fate.MOVED:
                book.move(visit, rng)
            visit.notes["coming"] = coming(visit, _arrival(rng, visit))
    return visit


def _arrival(rng: Random, visit: Visit) -> datetime:
    """Some minutes before the appointment, now and then after it."""
    slot = visit.slot
    if slot is None:
        raise LookupError("only what is booked has an appointment")
    minutes = max(-30.0, min(22.0, rng.gauss(-13, 9)))
    return slot + timedelta(seconds=round(minutes * 60))


def _without_booking(book: Book, clinic: Clinic, session: Session, rng: Random) -> Visit:
    visit = book.visit(clinic, session)
    first = session.slots[0] - 20 * MINUTE
    span = int((session.slots[-1] - first).total_seconds())
    # most come early
    arrives = first + timedelta(seconds=round(span * rng.betavariate(1.2, 1.9)))
    visit.notes["coming"] = coming(visit, arrives)
    if clinic.department in (S.EMERGENCY, S.INTERNAL) and rng.random() < 0.07:
        visit.bed = f"{clinic.doctor.actor}-{visit.number}"
    return visit


def _in_vain(book: Book, session: Session, mine: list[Visit | None], rng: Random) -> None:
    """Who wanted a slot in which each seat was taken just before, and found another one."""
    stays: dict[datetime, list[datetime]] = {}
    for one in mine:
        if one is None or one.slot is None or one.booked_at is None or one.moved:
            continue
        if all(draft.command != "cancel-appointment" for draft in one.story.drafts):
            stays.setdefault(one.slot, []).append(one.booked_at)
    # the last slot may get more seats later
    stays.pop(session.slots[-1], None)
    full = {slot: max(at) for slot, at in stays.items() if len(at) >= session.seats}
    for one in mine:
        if one is None or one.booked_at is None or one.moved or rng.random() > 0.35:
            continue
        wanted = [s for s, at in full.items() if s != one.slot and at < one.booked_at - MINUTE]
        if wanted:
            at = one.booked_at - rng.randint(12, 50) * SECOND
            slot = rng.choice(wanted)
            if at < slot:
                book.try_in_vain(one, slot, at)


# --- sessions that change --------------------------------------------------------------------------


def _disturb(clinic: Clinic, session: Session, rng: Random, *, falls_out: bool) -> None:
    """Whether a session falls out or begins later; emergency does neither."""
    if clinic.department is S.EMERGENCY:
        return
    if session.half is Half.AFTERNOON and (falls_out or rng.random() < CLOSED):
        session.closed = True
    elif rng.random() < DELAYED:
        _delay(clinic, session, rng)


def _delay(clinic: Clinic, session: Session, rng: Random) -> None:
    minutes = rng.choice((20, 30, 45))
    session.delayed = minutes * MINUTE
    at = session.slots[0] - 38 * MINUTE
    body = {"session_id": str(session.id), "minutes": minutes, "reason": "查房"}
    session.story.step(at, nurse(clinic), "delay-session", body, clinic.key)


def _falls_out(
    clinics: Clinics, book: Book, clinic: Clinic, session: Session, booked: int, rng: Random
) -> tuple[Clinic, list[Coming]]:
    """An afternoon without its doctor: a stand-in takes those who wished so."""
    at = local(clinic.day, 7 * 3600 + 45 * 60)
    stand_in = clinics.open(
        clinic.institution,
        clinic.department,
        clinic.day,
        halves=(session.half,),
        at=at - 10 * MINUTE,
    )
    here: list[Coming] = []
    for _ in range(booked):
        free = session.free()
        if not free:
            break
        slot = rng.choice(free)
        visit = book.visit(clinic, session)
        visit.notes["told"] = rng.random() < 0.15
        when = booked_at(rng, slot)
        book.book(visit, slot, when)
        if visit.notes["told"]:
            continue
        # from here on the visit is the stand-in's; the seat is the same time's
        visit.clinic, visit.session = stand_in, stand_in.sessions[0]
        visit.session.take(slot)
        visit.notes["until"] = Until("appointment-rescheduled")
        if rng.random() < 0.06:
            book.miss(visit, rng, visit.notes["until"])
        else:
            here.append(coming(visit, _arrival(rng, visit)))
    body = {"session_id": str(session.id), "reason": "医生急诊手术"}
    body["substitute_id"] = str(stand_in.sessions[0].id)
    session.story.step(at, nurse(clinic), "close-session", body, clinic.key, stand_in.key)
    late = book.patients.new(rng)
    wish = {
        "session_id": str(session.id),
        "slot": session.slots[-1].isoformat(),
        "patient": late.body,
        "channel": "app",
    }
    again = at + rng.randint(9, 50) * MINUTE
    session.story.step(
        again, late.sender, "book-appointment", wish, clinic.key, refused="session-closed"
    )
    return stand_in, here


def _close(world: World, clinics: Clinics) -> None:
    """In the evening some sessions are closed; some were opened twice, some given more seats."""
    rng = Random(f"{world.seed}:{PROGRAM}:close")
    for clinic in clinics.opened:
        for session in clinic.sessions:
            first = session.story.drafts[0]
            drawn = rng.random()
            if drawn < 0.02:
                at = first.at + rng.randint(2, 9) * MINUTE
                session.story.step(
                    at, first.sender, "open-session", first.body, refused="session-exists"
                )
            elif drawn < 0.08:
                more = [{"at": session.slots[-1].isoformat(), "seats": 1}]
                body = {"session_id": str(session.id), "slots": more}
                at = first.at + rng.randint(60, 300) * MINUTE
                session.story.step(at, first.sender, "add-slots", body, clinic.key)
            over = session.story.about.pop("over", None)
            if over is not None and not session.closed and rng.random() < 0.4:
                body = {"session_id": str(session.id), "reason": "门诊结束"}
                at = max(over, session.slots[-1] + 80 * MINUTE) + 9 * MINUTE
                session.story.step(at, nurse(clinic), "close-session", body, clinic.key)


def _truants(world: World, clinics: Clinics, book: Book) -> list[Visit]:
    """People who missed appointments three and six weeks ago, by the second of them."""
    rng = Random(f"{world.seed}:{PROGRAM}:truants")
    wanted = world.scaled(TRUANTS_A_DAY * len(world.days))
    found: list[Visit] = []
    for weeks in (6, 3):
        day = world.days[0] - timedelta(weeks=weeks)
        people = iter(found[:])
        found = []
        clinic: Clinic | None = None
        for _ in range(wanted):
            if clinic is None or not clinic.sessions[0].free():
                clinic = clinics.open("hospital-9", S.INTERNAL, day, halves=(Half.MORNING,))
            before = next(people, None)
            session = clinic.sessions[0]
            visit = book.visit(clinic, session, patient=before.patient if before else None)
            slot = session.free()[0]
            book.book(visit, slot, booked_at(rng, slot))
            book.miss(visit, rng)
            visit.notes["first"] = before.begun if before else visit.begun
            found.append(visit)
    return found
