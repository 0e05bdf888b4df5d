"""A small programme for the engine's tests: accounts, with every kind of column, key and fold.

``FAULTY`` plays the bug that someone fixes later: a fold raises for the amounts in it.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel

from domain.shared.aggregate import Aggregate, event
from domain.shared.clocks import ClockReading
from infra.discovery import Registry
from projections.base import FOLD, FoldSpec, Index, PrefixIndex, Row, fold

FAULTY: set[int] = set()
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Kind(StrEnum):
    """A text column with few values."""

    CURRENT = "current"
    SAVINGS = "savings"


class Address(BaseModel):
    """A value that is kept as jsonb."""

    street: str
    number: int | None = None


class Account(Aggregate, program="accounts"):
    """Opened, filled, moved, closed."""

    class Opened(Aggregate.Created, v=2):
        owner: str
        kind: Kind
        since: date
        rate: Decimal
        address: Address | None = None

        @staticmethod
        def upcast_v1(data: dict[str, Any]) -> dict[str, Any]:
            return {"kind": "current", "since": "2026-01-01", "rate": "0"} | data

    class Deposited(Aggregate.Event):
        amount: int
        tags: tuple[str, ...] = ()

    class Transferred(Aggregate.Event):
        to: UUID
        amount: int

    class Timed(Aggregate.Event):
        clocks: tuple[ClockReading, ...]

    class Closed(Aggregate.Event):
        pass

    class Noted(Aggregate.Event, audit_only=True):
        text: str

    @event(Opened)
    def __init__(self, **fields: Any) -> None:
        pass

    @event(Deposited)
    def _deposited(self, amount: int, tags: tuple[str, ...]) -> None:
        pass


class Balance(Row, key="account_id", main=True):
    """By stream."""

    account_id: UUID
    owner: Annotated[str, PrefixIndex]
    kind: Annotated[Kind, Index]
    balance: Annotated[int, Index]
    since: date
    rate: Decimal
    last_at: Annotated[datetime | None, Index] = None
    address: Address | None = None
    tags: tuple[str, ...] = ()
    share: float = 0.5
    vip: bool = False


class OwnerTotal(Row, key=("owner", "kind")):
    """By a key that many streams share, and a composite one."""

    owner: str
    kind: Kind
    total: Annotated[int, Index]
    accounts: int


class Dated(Row, key="account_id", history=True):
    """Keeps its past."""

    account_id: UUID
    balance: Annotated[int, Index]


@fold(Balance)
def opened(row: None, e: Account.Opened) -> Balance:
    return Balance(
        account_id=e.id,
        owner=e.owner,
        kind=e.kind,
        balance=0,
        since=e.since,
        rate=e.rate,
        address=e.address,
    )


@fold(Balance)
def deposited(row: Balance, e: Account.Deposited) -> Balance:
    if e.amount in FAULTY:
        raise ZeroDivisionError("a secret")
    return row.replace(balance=row.balance + e.amount, last_at=e.at, tags=row.tags[:3] + e.tags)


@fold(Balance)
def sent(row: Balance, e: Account.Transferred) -> Balance:
    return row.replace(balance=row.balance - e.amount)


@fold(Balance, key="to")
def received(row: Balance, e: Account.Transferred) -> Balance:
    return row.replace(balance=row.balance + e.amount)


@fold(Balance)
def closed(row: Balance, e: Account.Closed) -> None:
    return None


@fold(OwnerTotal, key=lambda e: (e.owner, e.kind))
def counted(row: OwnerTotal | None, e: Account.Opened) -> OwnerTotal:
    row = row or OwnerTotal(owner=e.owner, kind=e.kind, total=0, accounts=0)
    return row.replace(accounts=row.accounts + 1, total=row.total + len(e.owner))


@fold(Dated)
def dated(
    row: Dated | None, e: Account.Opened | Account.Deposited | Account.Closed
) -> Dated | None:
    if isinstance(e, Account.Closed):
        return None
    amount = e.amount if isinstance(e, Account.Deposited) else 0
    return Dated(account_id=e.id, balance=(row.balance if row else 0) + amount)


FOLDS: Sequence[Any] = (opened, deposited, sent, received, closed, counted, dated)


def registry() -> Registry:
    """What discovery would find if this were a programme."""
    return registry_of([Account], FOLDS)


def registry_of(aggregates: Sequence[type[Aggregate]], folds: Sequence[Any]) -> Registry:
    """A registry of these aggregates and folds."""
    specs: list[FoldSpec] = [spec for apply in folds for spec in getattr(apply, FOLD)]
    events = {name: cls for a in aggregates for name, cls in a.events.items()}
    by_row: dict[str, tuple[FoldSpec, ...]] = {}
    for spec in specs:
        by_row[spec.row.model_name] = (*by_row.get(spec.row.model_name, ()), spec)
    return Registry(
        aggregates={f"{a.program}.{a.__name__}": a for a in aggregates},
        events=events,
        event_owner={name: a for a in aggregates for name in a.events},
        rows={spec.row.model_name: spec.row for spec in specs},
        folds=by_row,
    )
