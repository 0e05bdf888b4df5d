"""What follows by itself at the clinics, and whether it has: policies act on what people did."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from simulation.health_visits.story import PROGRAM
from simulation.reading import Event

NO_SHOWS = 3
"""From so many missed ones on, booking is suspended."""

_RESETTLED = ("appointment-rescheduled", "appointment-cancelled")

Streams = Mapping[UUID, Sequence[Event]]


def all_followed(streams: Streams) -> bool:
    """Whether reports were made, bans spoken, appointments booked after referrals, patients of
    closed sessions moved or told, and ended what a death ends."""
    events = [e for s in streams.values() for e in s if e.type.startswith(f"{PROGRAM}.")]
    booked = {e.data.get("referral") for e in events if e.name == "appointment-booked"}
    return all(_followed(e, streams, booked) for e in events)


def _followed(e: Event, streams: Streams, booked: set[str | None]) -> bool:
    match e.name:
        case "report-fell-due":
            return _later(streams, e.matter, ("notifiable-reported",), e)
        case "no-show-recorded" if e.data["within_90_days"] >= NO_SHOWS:
            return _banned(streams, e)
        case "referral-accepted" if e.data["session"]:
            return str(e.matter) in booked
        case "session-ended":
            return all(_later(streams, UUID(v), _RESETTLED, e) for v in e.data["booked"])
        case "death-recorded":
            archive, visits = e.data["archive"], e.data["later_bookings"]
            ended = archive is None or _later(streams, UUID(archive), ("archive-closed",), e)
            cancelled = ("appointment-cancelled",)
            return ended and all(_later(streams, UUID(v), cancelled, e) for v in visits)
    return True


def _later(streams: Streams, matter: UUID, names: Iterable[str], since: Event) -> bool:
    names = tuple(names)
    there = streams.get(matter, ())
    return any(e.name in names and e.position > since.position for e in there)


def _banned(streams: Streams, missed: Event) -> bool:
    """The no-show is counted beside the visit, and the ban follows in the same matter."""
    whose = (
        stream
        for stream in streams.values()
        if any(
            e.name == "no-show-counted" and e.data["visit"] == str(missed.matter) for e in stream
        )
    )
    return any(
        e.name == "patient-banned" and e.position > missed.position for s in whose for e in s
    )
