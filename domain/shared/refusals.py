"""What a programme says no with: small exceptions with a stable code and typed facts.

A refusal is an answer, not a fault: it reaches the person who asked, in their language, by its
code; the sentence stands in the programme's ``SENTENCES``. Facts are shown to people and
programs, so a fact that is personal must carry its mark and is then left out of the answer.
"""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, dataclass_transform, get_type_hints

from domain.shared.personal import is_personal


@dataclass_transform(kw_only_default=True)
class Refused(Exception):
    """Base of all refusals; a subclass lists its facts as annotated fields.

    ``code`` is never renamed once shipped. ``status`` is the HTTP status of the contract
    (409 unless said otherwise). Two refusals are equal when class and facts are equal.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    # An event says so, and every retry of the command is told the same. Not one of the facts.
    on_record = False
    # Of the request that was answered first, when a retry is told the same: its trace context.
    first_traceparent = ""

    def __init_subclass__(cls, *, code: str | None = None, status: int | None = None) -> None:
        super().__init_subclass__()
        if code is not None:
            cls.code = code
        if status is not None:
            cls.status = status
        dataclasses.dataclass(kw_only=True, eq=True)(cls)
        # dataclass(eq=True) takes the hash away, and an exception without one breaks traceback
        # printing of chained exceptions.
        cls.__hash__ = Exception.__hash__  # type: ignore[method-assign]  # see the line above

    def facts(self) -> Mapping[str, Any]:
        """The fields that may be shown, by name; personal ones are left out."""
        hints = get_type_hints(type(self), include_extras=True)
        names = [f.name for f in dataclasses.fields(self)]  # type: ignore[arg-type]  # subclasses are dataclasses
        return {name: getattr(self, name) for name in names if not is_personal(hints[name])}

    def __str__(self) -> str:
        return self.code


class NotInState(Refused, code="not-in-state"):
    """The matter is in a state that does not allow this command."""

    state: str
    allowed: tuple[str, ...]


class FourEyes(Refused, code="four-eyes"):
    """The same officer may not both examine and decide."""


class Forbidden(Refused, code="forbidden", status=403):
    """The caller's role, department or relation to the matter does not allow this."""


class NotFound(Refused, code="not-found", status=404):
    """There is no such matter, or the caller may not know of it."""


class IdInUse(Refused, code="id-in-use"):
    """The id that the sender chose for a new matter belongs to one already."""


class NotDue(Refused, code="not-due"):
    """What a timer does may not be done before its time, and never where there is no end."""

    due_at: datetime | None = None


class DateInFuture(Refused, code="date-in-future", status=422):
    """What has happened did not happen at a time that is still to come."""


class BornInFuture(Refused, code="bad-resident-id", status=422):
    """The date of birth inside a resident id lies in the future."""
