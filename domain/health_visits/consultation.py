"""What a doctor writes down: diagnoses, examinations with their results, prescriptions.

Values and the check of a prescription, which is a pure function of the drugs, the patient's
allergies and what else is taken.
"""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from domain.health_visits import formulary, limits
from domain.health_visits.formulary import DoseUnit, DrugCode, Frequency, Route
from domain.health_visits.icd10 import Sensitivity
from domain.health_visits.institutions import Specialty
from domain.health_visits.refusals import AllergyConflict, DaysTooLong, Interaction
from domain.health_visits.values import Value
from domain.shared.personal import Sensitive

Icd10 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
"""A diagnosis code as it was written; whether there is such a code is the visit's to judge."""

Dose = Annotated[
    str, StringConstraints(pattern=r"^(0\.[0-9]{0,2}[1-9]|[1-9][0-9]{0,5}(\.[0-9]{1,3})?)$")
]
"""An amount above nought with up to three decimals, as a text: no float stands for a dose."""

CheckResult = Literal["clear", "overridden"]


class Diagnosis(Value):
    """One diagnosis of a visit."""

    icd10: Sensitive[Icd10]
    principal: bool
    sensitivity: Sensitivity


class Order(Value):
    """An examination that was asked for, by whom, and whether its result came."""

    item: str
    author: str
    done: bool = False


class Item(Value):
    """One drug of a prescription: so much, so often, so many days."""

    drug: DrugCode
    dose: Dose
    unit: DoseUnit
    route: Route
    frequency: Frequency
    days: int = Field(ge=1, le=366)


Items = tuple[Item, ...]


def most_days(item: Item, department: Specialty, long_term: Iterable[str]) -> int:
    """For how many days a drug may be prescribed: three in emergency, seven as a rule, twelve weeks
    for a long-term condition (of the archive) that it is for."""
    if department is Specialty.EMERGENCY:
        return limits.DAYS_EMERGENCY
    meant_for = formulary.FORMULARY[item.drug].long_term_for
    if meant_for and any(code.startswith(meant_for) for code in long_term):
        return limits.DAYS_LONG_TERM
    return limits.DAYS_USUAL


def judge_days(items: Items, department: Specialty, long_term: Iterable[str]) -> None:
    """Raises DaysTooLong, which no reason overrides."""
    long_term = tuple(long_term)
    for item in items:
        most = most_days(item, department, long_term)
        if item.days > most:
            raise DaysTooLong(most=most)


def conflicts(
    items: Items, allergies: Iterable[str], taken: Iterable[str]
) -> list[AllergyConflict | Interaction]:
    """All that speaks against a prescription, allergies first.

    ``taken`` are the codes of drugs that the patient has already.
    """
    allergies = tuple(allergies)
    found: list[AllergyConflict | Interaction] = [
        AllergyConflict(substance=substance)
        for item in items
        if (substance := formulary.conflicting(item.drug, allergies))
    ]
    present = list(dict.fromkeys(taken))
    for item in items:
        found += [
            Interaction(pair=(other, item.drug))
            for other in present
            if formulary.interacting(item.drug, other)
        ]
        present.append(item.drug)
    return found
