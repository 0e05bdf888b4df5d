"""Which departments contribute, how much each, and what: shares of the catalogue's own items.

The catalogue of the programme says who may contribute which item; what is here is how often it
comes. Shares are rounded from what provincial credit platforms publish of their sources.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from commands.base import Role
from domain.credit_records.items import ITEMS, CatalogueItem
from domain.credit_records.states import Kind
from simulation.matters import Sender

CREDIT_OFFICE = "development-reform"

VOLUMES: Mapping[str, float] = {
    "market-regulation": 20,
    "tax": 12,
    "hrss": 8,
    "public-security": 7,
    "transport": 7,
    "health": 6,
    "court": 5,
    "education": 4,
    "civil-affairs": 4,
    "urban-management": 4,
    "ecology": 3,
    "natural-resources": 3,
    "customs": 3,
    "emergency": 2,
    "culture-tourism": 2,
    "housing-fund": 2,
    "medical-insurance": 2,
    "development-reform": 2,
    "statistics": 1,
    "finance": 1,
    "commerce": 1,
    "cyberspace": 1,
    "veterans": 1,
    "disabled-federation": 1,
}
"""Shares of what comes in, by department; each contributes something."""

_OF_COMPANIES = frozenset(
    {
        "abnormal-operations",
        "honoured-contracts",
        "tax-arrears",
        "tax-grade-a",
        "wage-arrears",
        "housing-fund-arrears",
        "goods-detained",
        "advanced-aeo",
    }
)
_OF_PERSONS = frozenset(
    {
        "criminal-judgment",
        "benefit-fraud-veterans",
        "veterans-honour",
        "benefit-fraud-disabled",
        "volunteer-service",
    }
)
_BY_OTHERS = frozenset({"licence-revoked", "registration-annulled", "service-misconduct"})
"""What follows by itself from other programmes."""

_BY_KIND = {Kind.NEUTRAL: 6.0, Kind.POSITIVE: 3.0, Kind.NEGATIVE: 2.0}
"""Most of what is contributed says nothing bad: licences, then honours, then penalties."""

FACTS = {
    Kind.NEUTRAL: "准予行政许可",
    Kind.POSITIVE: "年度评价合格，予以公示",
    Kind.NEGATIVE: "经调查，存在违反相关规定的行为，依法作出处理",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a record says: an item of the catalogue with kind and, if it is bad, severity."""

    item: CatalogueItem
    kind: Kind
    severity: str | None

    @property
    def published(self) -> bool:
        """Whether severity or law has it published."""
        if self.item.always_published or self.kind is Kind.POSITIVE:
            return True
        return self.kind is Kind.NEGATIVE and self.severity != "minor"


def system(department: str) -> Sender:
    """The department's own system, which sends in batches."""
    return Sender(f"{department}-system", Role.DEPARTMENT, department)


def officer(rng: Random, department: str, *, other_than: Sender | None = None) -> Sender:
    """One of a department's ten officers for credit."""
    while True:
        found = Sender(f"officer-{department}-{rng.randint(1, 10):02d}", Role.OFFICER, department)
        if found != other_than:
            return found


def department(rng: Random) -> str:
    """Some contributing department, the large ones oftener."""
    return rng.choices(list(VOLUMES), list(VOLUMES.values()))[0]


def another(rng: Random, than: str) -> str:
    """Some other contributing department."""
    return rng.choice([one for one in VOLUMES if one != than])


def _items(source: str, *, of_company: bool) -> list[CatalogueItem]:
    unfit = _BY_OTHERS | (_OF_PERSONS if of_company else _OF_COMPANIES)
    return [item for item in ITEMS.values() if source in item.sources and item.code not in unfit]


_FITTING = {
    (source, of_company): _items(source, of_company=of_company)
    for source in VOLUMES
    for of_company in (False, True)
}


def said(rng: Random, source: str, *, of_company: bool, kind: Kind | None = None) -> Said | None:
    """What a department says this time; None when it has nothing of the kind to say."""
    may_say = [
        (item, one)
        for item in _FITTING[source, of_company]
        for one in item.kinds
        if kind in (None, one)
    ]
    if not may_say:
        return None
    item, one = rng.choices(may_say, [_BY_KIND[kind] for _, kind in may_say])[0]
    severity = rng.choices(("minor", "general", "serious"), (45, 47, 8))[0]
    return Said(item, one, severity if one is Kind.NEGATIVE else None)


def penalty(source: str, severity: str) -> Said:
    """A fine of the department."""
    return Said(ITEMS[f"penalty-{source}"], Kind.NEGATIVE, severity)


PENALISING = tuple(source for source in VOLUMES if f"penalty-{source}" in ITEMS)
"""Departments that fine."""
