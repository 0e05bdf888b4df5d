"""What an application says, drawn for one case: founders, capital, shares, papers, address.

Bodies are plain JSON values as the commands want them. What depends on the run and not only on the
seed (ids, names, codes) is drawn elsewhere.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from domain.shared.calendar import same_day_after_months
from domain.shared.identifiers import UsccKind
from domain.shared.money import WHOLE_PPM
from simulation import people
from simulation.codes import uscc
from simulation.company_registration.trades import Trade, trade

_FORMS: dict[UsccKind, dict[str, float]] = {
    "enterprise": {
        "limited-company": 90,
        "joint-stock-company": 2,
        "partnership": 4,
        "sole-proprietorship": 4,
    },
    "sole-trader": {"shop": 75, "studio": 25},
    "cooperative": {"cooperative": 1},
}
_CAPITAL_MEDIAN_YUAN: dict[UsccKind, float] = {
    "enterprise": 900_000,
    "sole-trader": 40_000,
    "cooperative": 500_000,
}
_CAPITAL_SIGMA: dict[UsccKind, float] = {
    "enterprise": 1.35,
    "sole-trader": 0.9,
    "cooperative": 0.8,
}
_HOW_MANY = {1: 46, 2: 30, 3: 13, 4: 4, 5: 3, 6: 1, 8: 1, 10: 0.6, 15: 0.5, 23: 0.4, 50: 0.3}
_FOREIGN_TRADE = frozenset({"F5181", "F5131", "F5292", "G5821", "C3670", "C3857"})
_DOCUMENTS = ("application-form", "identity-documents", "domicile-proof")
_MORE_DOCUMENTS = ("articles-of-association", "appointment-documents")
_REASONS = ("missing", "illegible", "expired", "unsigned", "contradictory", "wrong-form", "content")


@dataclass(frozen=True, slots=True)
class Application:
    """What one applicant wants, but for the name; ``body`` is the command's without the id."""

    kind: UsccKind
    form: str
    trade: Trade
    needs_prior_approval: bool
    documents: tuple[str, ...]
    body: dict[str, Any]

    def misadded(self) -> dict[str, Any]:
        """The body with shares that do not make a whole, as people first add them up."""
        first, *others = self.body["shareholders"]
        wrong = {**first, "share_ppm": first["share_ppm"] - 1}
        return {**self.body, "shareholders": [wrong, *others]}


def application(
    rng: Random, kind: UsccKind, district: str, today: date, *, submitted_on: date
) -> Application:
    """One application, valid on the day it is submitted."""
    doing = trade(rng, kind)
    form = rng.choices(list(_FORMS[kind]), list(_FORMS[kind].values()))[0]
    founders = _founders(rng, kind, form, today)
    head = person_body(founders[0])
    prior_approval = doing.approval and rng.random() < 0.35
    documents = (
        *_DOCUMENTS,
        *(() if kind == "sole-trader" else _MORE_DOCUMENTS),
        *(("prior-approval",) if prior_approval else ()),
    )
    board = founders[: 3 if len(founders) >= 3 and kind == "enterprise" else 1]
    body: dict[str, Any] = {
        "entity_type": kind,
        "subscribed_capital_fen": _capital_fen(rng, kind),
        "shareholders": _shareholders(rng, founders, kind),
        "legal_representative": head,
        "directors": [] if kind == "sole-trader" else [person_body(one) for one in board],
        "phone": founders[0].mobile,
        "address": people.address(rng, district),
        "business_scope": _scope(rng, doing),
        "foreign_trader": doing.code in _FOREIGN_TRADE and rng.random() < 0.45,
        "materials": [{"document": name, "sha256": digest(rng)} for name in documents],
    }
    if kind == "enterprise" and rng.random() < 0.85:
        months = rng.choice((6, 12, 12, 24, 36, 60, 60))
        body["contribution_due"] = same_day_after_months(submitted_on, months).isoformat()
    return Application(kind, form, doing, prior_approval, documents, body)


def person_body(person: people.Person) -> dict[str, str]:
    """A person as a command names one."""
    return {"name": person.name, "resident_id": person.resident_id}


def digest(rng: Random) -> str:
    """What stands for a scanned document."""
    return f"{rng.getrandbits(256):064x}"


def defects(rng: Random, documents: Sequence[str]) -> list[dict[str, str]]:
    """What an examiner finds wrong: mostly one thing, all of it told at once."""
    count = min(len(documents), rng.choices((1, 2, 3), (70, 22, 8))[0])
    wrong = rng.sample(list(documents), count)
    return [{"document": name, "reason_code": rng.choice(_REASONS)} for name in wrong]


def answers(rng: Random, told: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """A new paper for each defect."""
    return [{**defect, "sha256": digest(rng)} for defect in told]


def mistyped(code: str) -> str:
    """The code with two neighbours swapped, as fingers do; its check finds it out.

    Neighbours that are equal are passed over.
    """
    for n in range(15, 9, -1):
        if code[n] != code[n + 1]:
            return code[:n] + code[n + 1] + code[n] + code[n + 2 :]
    return code[:-1] + ("0" if code[-1] != "0" else "1")


def _founders(rng: Random, kind: UsccKind, form: str, today: date) -> list[people.Person]:
    if kind == "sole-trader" or form == "sole-proprietorship":
        count = 1
    else:
        count = rng.choices(list(_HOW_MANY), list(_HOW_MANY.values()))[0]
        if kind == "cooperative":
            count = max(5, count)
        elif form in ("partnership", "joint-stock-company"):
            count = max(2, count)
    found: dict[str, people.Person] = {}
    while len(found) < count:
        one = people.person(rng, today)
        found.setdefault(one.resident_id, one)
    return list(found.values())


def _shareholders(
    rng: Random, founders: Sequence[people.Person], kind: UsccKind
) -> list[dict[str, Any]]:
    shares = _shares(rng, len(founders))
    holders: list[dict[str, Any]] = [
        {"kind": "person", **person_body(one), "share_ppm": share}
        for one, share in zip(founders, shares, strict=True)
    ]
    if kind == "enterprise" and len(founders) > 1 and rng.random() < 0.12:
        parent = uscc("enterprise", "330203", f"parent:{rng.getrandbits(64)}")
        holders[-1] = {
            "kind": "organisation",
            "name": f"宁波{rng.choice('甬港东海天')}{rng.choice('达源和盛通')}控股有限公司",
            "uscc": parent,
            "share_ppm": shares[-1],
        }
    return holders


def _shares(rng: Random, count: int) -> list[int]:
    """Whole percents that sum to all, each above zero; people like halves and round numbers."""
    if count == 1:
        return [WHOLE_PPM]
    if count == 2:
        first = rng.choice((50, 50, 51, 60, 60, 70, 80, 90, 99, 67))
        return [first * 10_000, (100 - first) * 10_000]
    cuts = sorted(rng.sample(range(1, 100), count - 1))
    percents = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    return [percent * 10_000 for percent in sorted(percents, reverse=True)]


def _capital_fen(rng: Random, kind: UsccKind) -> int:
    yuan = _CAPITAL_MEDIAN_YUAN[kind] * math.exp(rng.gauss(0, _CAPITAL_SIGMA[kind]))
    # nobody subscribes 873,412 yuan: one or two digits, then zeros
    size: int = 10 ** max(3, int(math.log10(yuan)) - (0 if rng.random() < 0.7 else 1))
    return max(size, round(yuan / size) * size) * 100


def _scope(rng: Random, doing: Trade) -> list[str]:
    return [doing.code, *(code for code in doing.beside if rng.random() < 0.6)]
