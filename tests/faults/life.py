"""A matter of its own, step by step over HTTP: a new name, code and person for each.

The steps are those of ``tests.registrations``, at a simulated time; what Huimin's own policies send
in them is sent by hand, by somebody who may.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from commands.base import Caller, CommandSpec, Role
from domain.company_registration.officeholders import officeholder_id
from domain.shared.uscc import make_uscc
from infra.keys import load_keys
from tests import registrations as r
from tests.faults.city import City
from tests.faults.reservations import fresh_name
from tests.scenario import HUIMIN, MONDAY_MORNING, Step, caller, spec_of

OPERATOR = caller("operator-1", Role.OPERATOR)
INSTEAD_OF_HUIMIN = {
    "file-with-department": r.OFFICER_7,
    "take-back-filing": r.OFFICER_7,
    "request-objection": r.OFFICER_7,
    "flag-officeholder": r.COURT,
    "lift-flag": r.COURT,
    "begin-business-opening": OPERATOR,
    "record-opening-filing": OPERATOR,
    "abandon-opening": OPERATOR,
    "record-take-back": OPERATOR,
}
CLOCK_KEEPER = caller("clock-keeper", Role.SIMULATOR)

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
_NUMBERS = count(1)


@dataclass(frozen=True)
class Sent:
    """A command as it goes over HTTP."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]


def _instead_of_huimin(spec: CommandSpec) -> Caller:
    """Who may send by hand what policies and the scheduler send otherwise."""
    return CLOCK_KEEPER if spec.when_due else INSTEAD_OF_HUIMIN[spec.name]


@dataclass
class Life:
    """The matter. Whoever sends its first command sets ``id`` to what the answer says."""

    city: City
    number: int = field(default_factory=_NUMBERS.__next__)
    trade_name: str = field(default_factory=fresh_name)
    registration_id: UUID = field(default_factory=uuid4)
    id: str | None = None
    steps: int = 0

    def make(self, step: Step, *, by: Caller | None = None) -> Sent:
        """The next step, with an Idempotency-Key of its own, a minute after the last."""
        spec = spec_of(step.command)
        by = by or (_instead_of_huimin(spec) if step.by == HUIMIN else step.by)
        at = step.at or MONDAY_MORNING + timedelta(minutes=self.steps)
        self.steps += 1
        headers = {
            **self.city.token(by.actor, *by.roles, Role.SIMULATOR, department=by.department),
            "Idempotency-Key": uuid4().hex,
            "Huimin-Clock": f"faults; at={at.isoformat()}",
            "traceparent": TRACE,
        }
        return Sent(f"/commands/{spec.program}/{spec.name}", self._body(spec, step), headers)

    def _body(self, spec: CommandSpec, step: Step) -> dict[str, Any]:
        keys = load_keys(None, self.city.data_dir)
        own = {
            "trade_name": self.trade_name,
            "uscc": make_uscc("enterprise", "330203", f"FA{self.number:06}"),
            "resident_id": self._barred,
            "registration_id": str(self.registration_id),
            "subject": keys.pseudonym("person", r.resident(1)),
        }
        body = step.command.model_dump(mode="json", exclude_unset=True)
        body |= {name: value for name, value in own.items() if name in body}
        if spec.key == "officeholder_id":
            person = officeholder_id(keys.pseudonym("person", self._barred))
            return body | {spec.key: str(person)}
        return body | ({spec.key: self.id} if spec.key else {})

    @property
    def _barred(self) -> str:
        """Somebody of this life's own, who is in office nowhere."""
        return r.resident(500 + self.number)
