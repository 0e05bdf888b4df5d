"""What people come with, and what is done about it: diagnoses, drugs, examinations.

Codes are WHO's ICD-10; drugs are those of the city's formulary. How often each comes is a rough
estimate of general and specialist practice, with enough of what has to be reported to disease
control that each day of a small city has some.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Any

from domain.health_visits.institutions import Specialty

S = Specialty


@dataclass(frozen=True, slots=True)
class Ailment:
    """``drugs`` that are given for it, one of them; ``lasting``: it stays in the archive, and its
    drugs are prescribed for weeks; ``ages`` in full years, both included."""

    code: str
    weight: float
    drugs: tuple[str, ...] = ()
    ages: tuple[int, int] = (18, 92)
    sex: str | None = None
    lasting: bool = False


_COLD = Ailment("J06.9", 14, ("N02BE01", "R06AE07"), (0, 92))
_FLU = Ailment("J11.1", 2.5, ("N02BE01",), (0, 92))
_DIARRHOEA = Ailment("A09.9", 2.0, (), (0, 92))
_PNEUMONIA = Ailment("J18.9", 3, ("J01DC02", "J01FA10", "J01CR02"))
_PRESSURE = Ailment("I10", 16, ("C08CA01", "C09CA03"), (38, 92), lasting=True)
_SUGAR = Ailment("E11.9", 10, ("A10BA02", "A10BB12"), (38, 92), lasting=True)

_GENERAL = (
    _COLD,
    _PRESSURE,
    _SUGAR,
    _FLU,
    _DIARRHOEA,
    Ailment("E78.5", 5, ("C10AA05", "C10AA01"), (38, 92), lasting=True),
    Ailment("K29.7", 6, ("A02BC01",)),
    Ailment("J20.9", 5, ("J01FA10", "J01CA04")),
    Ailment("M54.5", 6, ("M01AE01",)),
    Ailment("N39.0", 3, ("J01MA12", "J01DC02")),
    Ailment("L30.9", 3, ("R06AE07",)),
    Ailment("G47.0", 2),
)

AILMENTS: Mapping[Specialty, Sequence[Ailment]] = MappingProxyType(
    {
        S.GENERAL_PRACTICE: _GENERAL,
        S.INTERNAL: (
            *_GENERAL,
            _PNEUMONIA,
            Ailment("J45.9", 4, ("R03AC02",), lasting=True),
            Ailment("J44.9", 4, ("R03AC02",), (45, 92), lasting=True),
            Ailment("B18.1", 1.2),
            Ailment("A15.0", 0.5, ("J04AB02",)),
        ),
        S.CARDIOLOGY: (
            _PRESSURE,
            Ailment("I25.1", 10, ("B01AC06", "C10AA05"), (45, 92), lasting=True),
            Ailment("I48.9", 4, ("B01AA03", "C07AB02"), (50, 92), lasting=True),
            Ailment("I50.9", 5, ("C09AA02", "C07AB02"), (50, 92), lasting=True),
            Ailment("R07.4", 5),
        ),
        S.SURGERY: (
            Ailment("K40.9", 4),
            Ailment("K80.2", 5),
            Ailment("L02.9", 4, ("J01DC02", "J01CA04")),
            Ailment("S61.0", 5, ("J01DC02",)),
            Ailment("I83.9", 3),
        ),
        S.ORTHOPAEDICS: (
            Ailment("M54.5", 8, ("M01AE01",)),
            Ailment("M17.9", 7, ("M01AB05",), (45, 92)),
            Ailment("S52.5", 5, ("N02BE01",)),
            Ailment("M75.0", 4, ("M01AE01",)),
        ),
        S.OBSTETRICS: (
            Ailment("Z34.9", 9, (), (20, 43), "female"),
            Ailment("O21.0", 3, (), (20, 43), "female"),
            Ailment("N76.0", 4, ("P01AB01",), (18, 60), "female"),
            Ailment("N92.6", 3, (), (18, 52), "female"),
        ),
        S.PAEDIATRICS: (
            Ailment("J06.9", 14, ("N02BE01",), (0, 14)),
            Ailment("J20.9", 5, ("J01FA10", "J01CA04"), (0, 14)),
            Ailment("B08.4", 3, (), (0, 8)),
            Ailment("J10.1", 3, ("N02BE01",), (0, 14)),
            Ailment("A38", 0.5, ("J01CA04",), (2, 14)),
            Ailment("A08.0", 2, (), (0, 6)),
        ),
        S.PSYCHIATRY: (
            Ailment("F32.1", 7, ("N06AB06",), lasting=True),
            Ailment("F41.1", 6, ("N06AB06",), lasting=True),
            Ailment("F20.0", 3, ("N05AH03",), lasting=True),
            Ailment("F51.0", 4),
        ),
        S.INFECTIOUS: (
            Ailment("B18.1", 6),
            Ailment("A15.0", 3, ("J04AB02",)),
            Ailment("A53.9", 2, ("J01CE01",)),
            Ailment("Z20.9", 2),
        ),
        S.OPHTHALMOLOGY: (
            Ailment("H26.9", 5, (), (50, 92)),
            Ailment("H10.9", 5, (), (6, 92)),
            Ailment("H52.1", 4, (), (6, 60)),
        ),
        S.CHINESE_MEDICINE: (
            Ailment("M54.5", 6),
            Ailment("G47.0", 5),
            Ailment("K30", 5),
            Ailment("M53.1", 4),
        ),
        S.REHABILITATION: (
            Ailment("I69.3", 6, (), (50, 92)),
            Ailment("M24.5", 3),
            Ailment("S72.0", 3, (), (60, 92)),
        ),
        S.EMERGENCY: (
            Ailment("R50.9", 7, ("N02BE01",), (3, 92)),
            Ailment("S01.8", 5, (), (3, 92)),
            Ailment("T78.4", 3, ("R06AE07",), (3, 92)),
            Ailment("N20.1", 4, ("M01AB05",)),
            Ailment("I21.9", 1.5, ("B01AC06",), (45, 92)),
            Ailment("I63.9", 1.5, (), (50, 92)),
            _PNEUMONIA,
            _FLU,
        ),
    }
)

OF_MEN, OF_WOMEN = "N40", "O26.9"
"""Diagnoses that the other sex cannot have."""

CRITICAL = ("血清钾", "6.8 mmol/L")
"""An examination with a result that somebody has to act on at once."""

EXAMINATIONS = (
    ("血常规", "白细胞 7.2×10⁹/L"),
    ("尿常规", "未见异常"),
    ("心电图", "窦性心律"),
    ("胸部X线", "两肺纹理增多"),
    ("空腹血糖", "7.4 mmol/L"),
    ("腹部超声", "未见明显异常"),
    ("C反应蛋白", "18 mg/L"),
    ("甲状腺功能", "正常"),
)

DOSES: Mapping[str, tuple[str, str, str, str]] = MappingProxyType(
    {
        "J01CA04": ("0.5", "g", "oral", "tid"),
        "J01CE01": ("2.4", "g", "intramuscular", "qd"),
        "J01CR02": ("0.625", "g", "oral", "bid"),
        "J01DC02": ("0.25", "g", "oral", "bid"),
        "J01FA10": ("0.5", "g", "oral", "qd"),
        "J01MA12": ("0.5", "g", "oral", "qd"),
        "J04AB02": ("0.45", "g", "oral", "qd"),
        "P01AB01": ("0.4", "g", "oral", "bid"),
        "N02BE01": ("0.5", "g", "oral", "prn"),
        "M01AE01": ("0.3", "g", "oral", "bid"),
        "M01AB05": ("75", "mg", "oral", "qd"),
        "B01AC06": ("100", "mg", "oral", "qd"),
        "B01AA03": ("3", "mg", "oral", "qd"),
        "C08CA01": ("5", "mg", "oral", "qd"),
        "C09AA02": ("10", "mg", "oral", "bid"),
        "C09CA03": ("80", "mg", "oral", "qd"),
        "C07AB02": ("47.5", "mg", "oral", "qd"),
        "C10AA01": ("20", "mg", "oral", "qn"),
        "C10AA05": ("20", "mg", "oral", "qn"),
        "A10BA02": ("0.5", "g", "oral", "bid"),
        "A10BB12": ("2", "mg", "oral", "qd"),
        "R03AC02": ("2", "{puff}", "inhaled", "prn"),
        "R06AE07": ("10", "mg", "oral", "qn"),
        "A02BC01": ("20", "mg", "oral", "qd"),
        "N05AH03": ("10", "mg", "oral", "qn"),
        "N06AB06": ("50", "mg", "oral", "qd"),
    }
)


def ailment(rng: Random, department: Specialty) -> Ailment:
    """What somebody comes with to a department."""
    known = AILMENTS[department]
    return rng.choices(known, [one.weight for one in known])[0]


def item(drug: str, days: int) -> dict[str, Any]:
    """A line of a prescription."""
    dose, unit, route, frequency = DOSES[drug]
    return {
        "drug": drug,
        "dose": dose,
        "unit": unit,
        "route": route,
        "frequency": frequency,
        "days": days,
    }
