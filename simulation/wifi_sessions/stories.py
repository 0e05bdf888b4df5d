"""Writes a visit by its fate: how somebody comes in, how the device stays, how that ends.

Relies on :mod:`simulation.wifi_sessions.visit` for the steps themselves. All instants of one visit
are its own; only what touches another visit of the same guest is left to ``crowd``.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from simulation.matters import Until
from simulation.office import MINUTE
from simulation.wifi_sessions.network import PLATFORM, TIMERS
from simulation.wifi_sessions.visit import AGAIN, INTERIM, LAPSED, LONGEST, SILENT, Fate, Visit

_A_MINUTE = timedelta(minutes=1)


def write(visit: Visit) -> None:
    """From the first word to the last record."""
    if visit.fate is Fate.ORPHAN:
        _stay(visit, visit.begun)
        return
    at = sign_in(visit)
    if at is not None:
        _stay(visit, at)


def _seconds(n: float) -> timedelta:
    return timedelta(seconds=round(n))


def sign_in(visit: Visit) -> datetime | None:
    """When the device may surf; None when it never may, or walks away."""
    rng, at = visit.rng, visit.begun
    if visit.known:
        visit.recognise(at)
    else:
        verified = _by_code(visit)
        if verified is None:
            return None
        at = verified
    at += _seconds(rng.randint(1, 4))
    if visit.fate is Fate.UNKNOWN_NAS:
        visit.access(at, refused="unknown-nas")
        at += _seconds(5)
    visit.access(at)
    if visit.fate is Fate.WALKED_AWAY:
        visit.on_it(at + LAPSED, TIMERS, "lapse-grant")
        return None
    return at + _seconds(rng.randint(1, 4))


def _by_code(visit: Visit) -> datetime | None:
    """When the code was right; None when it never was."""
    rng, at = visit.rng, visit.begun
    if visit.fate is Fate.UNKNOWN_DEVICE:
        visit.recognise(at, refused="device-unknown")
        at += _seconds(2)
    elif visit.fate is Fate.TYPO:
        visit.code(at, refused="bad-mobile")
        at += _seconds(rng.randint(8, 25))
    elif visit.fate is Fate.OLD_NOTICE:
        visit.code(at, refused="notice-outdated")
        at += _seconds(rng.randint(8, 25))
    visit.code(at)
    if visit.fate is Fate.IMPATIENT:
        visit.code(at + _seconds(22), refused="too-many-codes")
        at += _seconds(24)
    said = at + _seconds(rng.randint(14, 70))
    match visit.fate:
        case Fate.ABANDONED:
            return None
        case Fate.EXPIRED:
            visit.verify(at + _seconds(rng.randint(380, 700)), refused="code-expired")
            return None
        case Fate.LOCKED:
            for n in range(1, 6):
                why = "code-locked" if n == 5 else "code-wrong"
                visit.verify(said, right=False, refused=why)
                said += _seconds(rng.randint(6, 14))
            visit.verify(said, refused="code-locked")
            return None
        case Fate.WRONG_CODE:
            for _ in range(rng.choices((1, 2, 3), (80, 16, 4))[0]):
                visit.verify(said, right=False, refused="code-wrong")
                said += _seconds(rng.randint(6, 14))
    visit.verify(said)
    return said


# --- online ------------------------------------------------------------------------------------


def _stay(visit: Visit, at: datetime) -> None:
    """From the first record to the last, as the fate has it."""
    visit.started = at
    end = at + _seconds(visit.seconds)
    match visit.fate:
        case Fate.ORPHAN:
            visit.start(at, label="begun")
            reports(visit, at, end)
            visit.stop(end)
        case Fate.WRONG_CLOCK:
            visit.start(at, told=at + timedelta(days=400), refused="time-implausible")
            visit.start(at + _seconds(4), told=at)
            reports(visit, at, end)
            visit.stop(end)
        case Fate.LATE_START | Fate.START_AFTER_STOP:
            end = at + _seconds(min(visit.seconds, 14 * MINUTE))
            visit.stop(end)
            after_all = visit.fate is Fate.START_AFTER_STOP
            visit.start(
                end + _seconds(40),
                told=end + _seconds(20) if after_all else at,
                refused="start-after-stop" if after_all else None,
            )
        case Fate.INTERIM_FIRST:
            first = at + INTERIM
            visit.interim(first)
            visit.start(first + _seconds(25), told=at)
            reports(visit, first, end)
            visit.stop(end)
        case Fate.LOST_STOP | Fate.LATE_STOP | Fate.REVIVED:
            _silent(visit, at, end)
        case Fate.OVERLONG:
            _overlong(visit, at)
        case _:
            visit.start(at, label="online")
            reports(visit, at, end)
            visit.stop(end, cause=_cause(visit))
            _and_more(visit, at, end)
    if visit.mapped and visit.ports is None and visit.fate is not Fate.OVERLONG:
        later = end + _seconds(visit.rng.randint(60, 200))
        visit.mapping(later, at, max(end, at + _A_MINUTE))


def _cause(visit: Visit) -> str:
    causes = ("User-Request", "Idle-Timeout", "Lost-Carrier", "Port-Error")
    return visit.rng.choices(causes, (46, 34, 18, 2))[0]


def reports(visit: Visit, since: datetime, until: datetime) -> None:
    """One each 15 minutes, but none right before the end."""
    at = since + INTERIM
    count = 0
    while at + _A_MINUTE < until:
        visit.interim(at)
        count += 1
        if visit.fate is Fate.COUNTER_RESET and count == 2:
            visit.usage.forget()
        at += INTERIM


def _silent(visit: Visit, at: datetime, end: datetime) -> None:
    """The stop is lost on its way, or the reports; the timer takes the session for ended."""
    rng = visit.rng
    visit.start(at)
    if visit.fate is Fate.REVIVED:
        heard = at + 2 * INTERIM
        reports(visit, at, heard + 2 * _A_MINUTE)
        visit.on_it(heard + SILENT, TIMERS, "declare-silent")
        again = heard + SILENT + _seconds(rng.randint(2, 6) * MINUTE)
        visit.interim(again)
        visit.stop(max(end, again + 5 * _A_MINUTE))
        return
    reports(visit, at, end)
    heard = max(step.at for step in visit.steps)
    visit.on_it(heard + SILENT, TIMERS, "declare-silent")
    if visit.fate is Fate.LATE_STOP:
        late = max(end, heard + SILENT) + _seconds(rng.randint(10, 80) * MINUTE)
        visit.stop(late, told=end, cause="Lost-Carrier")


def _overlong(visit: Visit, at: datetime) -> None:
    """Nobody let it go after four hours, so the access point is asked to end it."""
    visit.start(at)
    due = at + LONGEST
    refuses = visit.rng.random() < 0.35
    if refuses:
        again = due + _seconds(3) + AGAIN
        reports(visit, at, again)
        visit.on_it(due, TIMERS, "end-overlong")
        answer(visit, due + _seconds(3), acknowledged=False)
        due = again
    else:
        reports(visit, at, due)
    visit.on_it(due, TIMERS, "end-overlong")
    answer(visit, due + _seconds(3), acknowledged=True)
    visit.stop(due + _seconds(9), cause="Session-Timeout")


def answer(visit: Visit, at: datetime, *, acknowledged: bool, waits: Until | None = None) -> None:
    """What the access point says when it is asked to end the session."""
    error = {} if acknowledged else {"error_cause": 503}
    visit.on_it(at, PLATFORM, "answer-disconnect", acknowledged=acknowledged, waits=waits, **error)


def _and_more(visit: Visit, at: datetime, end: datetime) -> None:
    """What comes beside the records, or once more."""
    rng = visit.rng
    middle = at + (end - at) / 2
    middle = middle.replace(microsecond=0) + _seconds(7)
    match visit.fate:
        case Fate.RESENT:
            records = [step for step in visit.steps if step.command.startswith("record-")]
            one = rng.choice(records)
            visit.steps.append(replace(one, at=one.at + _seconds(30), label=None))
        case Fate.SECOND_STOP:
            visit.usage.until(visit.seconds + 60)
            visit.stop(end + _seconds(60), refused="not-in-state")
        case Fate.UNASKED:
            visit.on_it(
                middle,
                PLATFORM,
                "answer-disconnect",
                acknowledged=True,
                refused="no-disconnect-open",
            )
        case Fate.SCAN:
            visit.on_it(middle, PLATFORM, "report-port-scan", targets=rng.randint(300, 9_000))
        case Fate.OVERLAP | Fate.TOO_WIDE:
            later = end + _seconds(70)
            body = visit.mapping(later, at, max(end, at + _A_MINUTE))
            if visit.fate is Fate.OVERLAP:
                wrong, why = {"until": later.isoformat()}, "mapping-overlap"
            else:
                wrong, why = {"last_port": body["first_port"] + 4_095}, "mapping-too-wide"
            again = later + _seconds(30)
            visit.on_it(again, PLATFORM, "record-nat-mapping", **{**body, **wrong}, refused=why)
