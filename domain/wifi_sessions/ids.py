"""Ids of the matters that are found by what they are about, and the codes that follow from them.

Users, devices and orphan sessions are found by keyed hashes, never by a number or an address.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from domain.shared.derived_ids import derived_id
from domain.shared.instants import shanghai_date
from domain.wifi_sessions.limits import NAT_UNIT

KeyedHash = Callable[[str, str], str]


def access_point_id(nas_id: str) -> UUID:
    """The access point that calls itself so."""
    return derived_id("access-point", nas_id)


def wifi_user_id(user: str) -> UUID:
    """The user, by keyed hash of the mobile."""
    return derived_id("wifi-user", user)


def wifi_device_id(device: str) -> UUID:
    """The device, by keyed hash of its MAC address."""
    return derived_id("wifi-device", device)


def log_day_id(day: date) -> UUID:
    """One day's logs."""
    return derived_id("wifi-log-day", day.isoformat())


def orphan_session_id(nas_id: str, acct_session_id: str, device: str, boot: int) -> UUID:
    """The session of an accounting record that no authentication goes with. A NAS counts its
    sessions anew after a restart, hence the count of its restarts."""
    return derived_id("wifi-accounting", nas_id, acct_session_id, device, boot)


def port_unit_ids(
    public_ip: str, first: int, last: int, since: datetime, until: datetime
) -> tuple[UUID, ...]:
    """The units of ports and days, each a matter of its own, that a block lies in."""
    return tuple(
        derived_id("nat-ports", public_ip, unit, day.isoformat())
        for day in days(since, until)
        for unit in range(first // NAT_UNIT, last // NAT_UNIT + 1)
    )


def days(since: datetime, until: datetime) -> Iterator[date]:
    """The city's days from one instant until just before another."""
    day, last = shanghai_date(since), shanghai_date(until - timedelta(microseconds=1))
    while day <= last:
        yield day
        day += timedelta(days=1)


def code_of(session: UUID, keyed_hash: KeyedHash) -> str:
    """The six digits for the SMS. They follow from the session's id and the city's key, so the
    gateway that sends them works them out, and they are stored nowhere."""
    return f"{int(keyed_hash('wifi-code', str(session))[:12], 16) % 1_000_000:06d}"


def code_hash(session: UUID, code: str, keyed_hash: KeyedHash) -> str:
    """What is stored of a code."""
    return keyed_hash("wifi-code-sent", f"{session}:{code}")
