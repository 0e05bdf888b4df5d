"""Which name each applicant asks for: mostly a free one, sometimes one that is already taken.

Names are chosen for the whole run at once, so that within it only those clash that are meant to.
What may surprise: a wanted clash is always with a company of the same run that keeps its name to
the end, and an earlier one, so that it comes out the same however the run is spread over lines.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from domain.shared.districts import CITY, current
from domain.shared.identifiers import section
from simulation.company_registration.applications import Application
from simulation.trade_names import trade_name

WANTS_A_TAKEN_NAME = 0.045
STATES_NO_INDUSTRY = 0.03
"""Of the enterprises: such a name keeps the trade name from all twenty sections."""
ASKS_AGAIN = timedelta(minutes=2)
"""After who wanted a taken name; not drawn, because whose name is taken differs from run to run."""
UNDER_THE_CITY = 0.3
"""Of the enterprises: 宁波 in the name, not the district."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an applicant asks for; ``taken``, if set, was asked for first, at ``asked_at``, and is
    the ``owner``-th applicant's."""

    body: Mapping[str, Any]
    asked_at: datetime
    taken: Mapping[str, Any] | None = None
    owner: int | None = None


@dataclass(slots=True)
class Names:
    """The names of one run, registry by registry."""

    run: str
    _used: dict[str, set[str]] = field(default_factory=dict)
    _kept: dict[tuple[str, str], list[tuple[datetime, int, str]]] = field(default_factory=dict)

    def wish(
        self, n: int, district: str, wanted: Application, at: datetime, *, keeps: bool
    ) -> Wish:
        """The ``n``-th applicant's wish, who gets their name at ``at``. Asked in order of ``at``.

        ``keeps``: the name is theirs until the run's end.
        """
        rng = Random(f"{self.run}:{n}:name")
        registry = current(district)
        body = self._body(rng, district, wanted)
        chosen = self._unused(rng, registry, wanted)
        letter = section(wanted.trade.code)
        taken, owner = None, None
        asked_at = at - ASKS_AGAIN
        kept = self._kept.setdefault((registry, letter), [])
        others = kept[: bisect_left(kept, (asked_at,))]
        if others and rng.random() < WANTS_A_TAKEN_NAME:
            _, owner, held = rng.choice(others)
            taken = {**body, "trade_name": held}
        if keeps:
            kept.append((at, n, chosen))
        return Wish({**body, "trade_name": chosen}, asked_at, taken, owner)

    def another(self, n: int, attempt: int, wish: Wish, wanted: Application) -> Mapping[str, Any]:
        """What the applicant asks for when somebody from before this run has the name.

        It depends on who asks and how often alone, not on what others came to ask meanwhile.
        """
        rng = Random(f"{self.run}:{n}:name:{attempt}")
        registry = current(str(wish.body["registry"]))
        return {**wish.body, "trade_name": self._free(rng, registry, wanted)}

    def _unused(self, rng: Random, registry: str, wanted: Application) -> str:
        name = self._free(rng, registry, wanted)
        self._used.setdefault(registry, set()).add(name)
        return name

    def _free(self, rng: Random, registry: str, wanted: Application) -> str:
        used = self._used.get(registry, ())
        shop = wanted.kind == "sole-trader"
        name = trade_name(rng, shop=shop)
        while name in used:
            name = trade_name(rng, shop=shop)
        return name

    def _body(self, rng: Random, district: str, wanted: Application) -> dict[str, Any]:
        company = wanted.kind == "enterprise"
        under_city = company and rng.random() < UNDER_THE_CITY
        body: dict[str, Any] = {
            "registry": district,
            "division": CITY if under_city else district,
            "organisation_form": wanted.form,
            "needs_prior_approval": wanted.needs_prior_approval,
        }
        if not (company and rng.random() < STATES_NO_INDUSTRY):
            body["industry_code"] = wanted.trade.code
            body["industry_term"] = wanted.trade.term
        return body
