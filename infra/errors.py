"""Everything that can fail besides a refusal, as one tree:

HuiminError
├── Unavailable            an engine does not answer; nothing was done, a retry is safe
│   ├── StoreUnavailable   PostgreSQL
│   ├── BrokerUnavailable  NATS
│   └── Overloaded         the queue before the group commit is full
├── BadRequest             the caller's mistake, found before anything was decided
├── VersionConflict        a lost race, after the bounded number of tries
├── VersionMismatch        the caller's If-Match is not the matter's version
├── KeyReused              an idempotency key came back with another command or body
├── ReadModelBehind        a read model did not reach min_position in time
├── StreamAhead            JetStream holds what the log does not: an operator must decide
├── LeaseLost              another process took over this role's work
├── Corrupt                stored data is not what was written
└── Misconfigured          a setting or a declaration is wrong; names it

Each carries a stable ``code`` of the contract; messages never hold personal data.
"""

from typing import Any, ClassVar


class HuiminError(Exception):
    """Base of the tree; ``facts`` fill the sentence of ``code``."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, message: str = "", **facts: Any) -> None:
        super().__init__(message or self.code)
        self.facts = facts


class Unavailable(HuiminError):
    """``retry_after`` seconds, for the answer's header."""

    code = "store-unavailable"
    status = 503
    retry_after: int = 1


class StoreUnavailable(Unavailable):
    """PostgreSQL cannot be reached, or broke off before the commit was known."""


class BrokerUnavailable(Unavailable):
    """NATS cannot be reached."""

    code = "broker-unavailable"


class Overloaded(Unavailable):
    """More appends wait than the queue may hold."""

    code = "overloaded"


class BadRequest(HuiminError):
    """``code`` and ``status`` are given per case, from the contract's table."""

    def __init__(self, code: str, status: int = 400, message: str = "", **facts: Any) -> None:
        super().__init__(message or code, **facts)
        self.code = code  # type: ignore[misc]  # per case here, per class elsewhere
        self.status = status  # type: ignore[misc]  # as above


class VersionConflict(HuiminError):
    """The matter kept moving while the command tried."""

    code = "version-conflict"
    status = 409


class VersionMismatch(HuiminError):
    """``If-Match`` names another version than the matter has."""

    code = "version-mismatch"
    status = 412


class KeyReused(HuiminError):
    """The same Idempotency-Key with another command or body."""

    code = "idempotency-key-reused"
    status = 422


class ReadModelBehind(Unavailable):
    """The read model has not reached the position that the caller wants to see."""

    code = "read-model-behind"


class StreamAhead(HuiminError):
    """The stream's last message lies past the log's head: the log was restored from a backup."""

    code = "stream-ahead"


class LeaseLost(HuiminError):
    """Another process holds the lease now; this one must stop writing."""

    code = "lease-lost"


class Corrupt(HuiminError):
    """Stored bytes that cannot be what was written."""

    code = "corrupt"


class Misconfigured(HuiminError):
    """A setting, or a programme's declaration, that cannot work; says which and what is allowed."""

    code = "misconfigured"
