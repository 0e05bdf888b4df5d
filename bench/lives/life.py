"""What a life is: the commands on one matter and its neighbours, from their beginning on.

A life is a generator, because whoever sends its commands tells it each matter's id: it yields an
``Act``, is sent the id of the matter that the act came to, and yields the next. Every life brings
all it needs (its access point, its doctor, its firms), so that lives never wait for one another.
"""

from collections.abc import Callable, Generator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from commands.base import Caller, Command, Role
from domain.shared.address import Address, Point
from domain.shared.identifiers import make_resident_id, make_uscc
from domain.shared.instants import SHANGHAI
from domain.shared.uscc import ALPHABET


class Act(NamedTuple):
    """A command, who sends it and when."""

    command: Command
    by: Caller
    at: datetime


KeyedHash = Callable[[str, str], str]
"""The city's pseudonym of a personal value: a kind and the value."""

Life = Generator[Act, UUID, None]
Lives = Callable[[int, KeyedHash], Life]
"""Makes a programme's n-th life; no two numbers share a matter."""

MINUTE = timedelta(minutes=1)
FIRST_MONDAY = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
WEEKS = 26

DISTRICT = "330212"
ADDRESS = Address(division=DISTRICT, street="中河街道", community="秀水社区", detail="天童路100号")
POINT = Point(lat=29.8683, lon=121.544)
DIGEST = "a" * 64


class Telling:
    """Gives each act its time: so many minutes after the one before. ``at`` is that of the city."""

    def __init__(self, n: int) -> None:
        """The n-th life begins in a morning of some Monday, from nine o'clock on."""
        weeks, seconds = n % WEEKS, n // WEEKS % 3_600
        self.at = FIRST_MONDAY + timedelta(weeks=weeks, seconds=seconds)

    def __call__(self, command: Command, by: Caller, minutes: int = 1) -> Act:
        """The next act."""
        self.at += minutes * MINUTE
        return Act(command, by, self.at.astimezone(UTC))


def sender(actor: str, role: Role, department: str | None = None) -> Caller:
    """Who sends commands."""
    return Caller(actor=actor, roles=frozenset({role}), department=department)


HUIMIN = sender("policy:lives", Role.SYSTEM)
"""For what a policy or the scheduler would send."""


def resident_id(n: int, oldest: date = date(1960, 1, 1)) -> str:
    """The n-th person's number; a thousand people are born on a day, from ``oldest`` on."""
    days, order = divmod(n, 1_000)
    return make_resident_id(DISTRICT, oldest + timedelta(days=days), order)


def mobile(n: int) -> str:
    """The n-th mobile number, below a hundred million."""
    return f"+86138{n:08d}"


def uscc(n: int, series: str) -> str:
    """The n-th company's code in a series of its own, which is one character."""
    letters = []
    for _ in range(7):
        n, letter = divmod(n, len(ALPHABET))
        letters.append(ALPHABET[letter])
    return make_uscc("enterprise", DISTRICT, series + "".join(letters))
