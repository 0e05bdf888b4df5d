"""What may be prescribed: drugs, the substances in them, what they must not meet, and the units.

A short formulary as of 2026-01-01: codes are WHO's ATC codes of single substances and of a few
combinations; classes are those by which cross-allergy is judged; interactions are pairs that the
National Formulary of China (国家处方集) marks as to be avoided. Units are those of UCUM that doses
are written in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import WithJsonSchema

from domain.shared.checks import bad, judged_by


@dataclass(frozen=True, slots=True)
class Drug:
    """``substances`` are what is in it and the classes they belong to, by which allergies are
    judged; ``long_term_for`` are beginnings of the diagnoses that it may be given long for."""

    code: str
    zh: str
    substances: tuple[str, ...]
    long_term_for: tuple[str, ...] = ()


_HYPERTENSION = ("I10", "I11", "I12", "I13", "I15")
_DIABETES = ("E10", "E11", "E13", "E14")
_HEART = ("I20", "I21", "I25", "I48", "I50")
_LIPIDS = ("E78", "I25", "I70")

FORMULARY: Mapping[str, Drug] = MappingProxyType(
    {
        drug.code: drug
        for drug in (
            Drug("J01CA04", "阿莫西林", ("amoxicillin", "penicillins")),
            Drug("J01CE01", "青霉素", ("benzylpenicillin", "penicillins")),
            Drug("J01CR02", "阿莫西林克拉维酸", ("amoxicillin", "clavulanic-acid", "penicillins")),
            Drug("J01DC02", "头孢呋辛", ("cefuroxime", "cephalosporins")),
            Drug("J01DD04", "头孢曲松", ("ceftriaxone", "cephalosporins")),
            Drug("J01FA10", "阿奇霉素", ("azithromycin", "macrolides")),
            Drug("J01FA09", "克拉霉素", ("clarithromycin", "macrolides")),
            Drug("J01MA12", "左氧氟沙星", ("levofloxacin", "quinolones")),
            Drug("J01EE01", "复方磺胺甲噁唑", ("sulfamethoxazole", "trimethoprim", "sulfonamides")),
            Drug("J04AB02", "利福平", ("rifampicin", "rifamycins")),
            Drug("P01AB01", "甲硝唑", ("metronidazole", "nitroimidazoles")),
            Drug("N02BE01", "对乙酰氨基酚", ("paracetamol",)),
            Drug("M01AE01", "布洛芬", ("ibuprofen", "nsaids")),
            Drug("M01AB05", "双氯芬酸", ("diclofenac", "nsaids")),
            Drug("B01AC06", "阿司匹林", ("aspirin", "nsaids", "salicylates"), _HEART),
            Drug("B01AC04", "氯吡格雷", ("clopidogrel",), _HEART),
            Drug("B01AA03", "华法林", ("warfarin",), ("I48", "I26", "I80", "I05")),
            Drug("C08CA01", "氨氯地平", ("amlodipine",), _HYPERTENSION),
            Drug("C09AA02", "依那普利", ("enalapril", "ace-inhibitors"), _HYPERTENSION + _HEART),
            Drug("C09CA03", "缬沙坦", ("valsartan", "sartans"), _HYPERTENSION),
            Drug("C03DA01", "螺内酯", ("spironolactone",), _HYPERTENSION + _HEART),
            Drug("C07AB02", "美托洛尔", ("metoprolol", "beta-blockers"), _HYPERTENSION + _HEART),
            Drug("C01AA05", "地高辛", ("digoxin",), _HEART),
            Drug("C10AA01", "辛伐他汀", ("simvastatin", "statins"), _LIPIDS),
            Drug("C10AA05", "阿托伐他汀", ("atorvastatin", "statins"), _LIPIDS),
            Drug("A10BA02", "二甲双胍", ("metformin",), _DIABETES),
            Drug("A10BB12", "格列美脲", ("glimepiride", "sulfonylureas"), _DIABETES),
            Drug("A10AB01", "人胰岛素", ("insulin",), _DIABETES),
            Drug("R03AC02", "沙丁胺醇", ("salbutamol",), ("J44", "J45")),
            Drug("R06AE07", "西替利嗪", ("cetirizine",)),
            Drug("A02BC01", "奥美拉唑", ("omeprazole",)),
            Drug("H02AB06", "泼尼松龙", ("prednisolone", "corticosteroids")),
            Drug("N05AH03", "奥氮平", ("olanzapine",), ("F20", "F25", "F31")),
            Drug("N06AB06", "舍曲林", ("sertraline", "ssris"), ("F32", "F33", "F40", "F41")),
            Drug("N06AF03", "苯乙肼", ("phenelzine", "maois"), ("F32", "F33")),
            Drug("N03AF01", "卡马西平", ("carbamazepine",), ("G40", "F31")),
        )
    }
)

INTERACTIONS: frozenset[frozenset[str]] = frozenset(
    frozenset(pair)
    for pair in (
        ("warfarin", "nsaids"),
        ("warfarin", "metronidazole"),
        ("warfarin", "sulfonamides"),
        ("warfarin", "rifampicin"),
        ("clopidogrel", "omeprazole"),
        ("simvastatin", "clarithromycin"),
        ("ssris", "maois"),
        ("ace-inhibitors", "spironolactone"),
        ("ace-inhibitors", "sartans"),
        ("digoxin", "clarithromycin"),
        ("carbamazepine", "clarithromycin"),
        ("corticosteroids", "nsaids"),
    )
)

SUBSTANCES: frozenset[str] = frozenset(
    s for drug in FORMULARY.values() for s in drug.substances
) | {"latex", "iodinated-contrast", "egg-protein", "peanut", "seafood", "pollen", "dust-mites"}
"""What an allergy may be recorded against: substances and classes of drugs, and common others."""

UNITS = frozenset(
    {"mg", "g", "ug", "mL", "L", "[iU]", "mmol", "mol", "{tbl}", "{capsule}", "{puff}", "[drp]"}
)
"""UCUM, case sensitive; braces are its annotations for counted forms."""

Route = Literal["oral", "intravenous", "intramuscular", "subcutaneous", "inhaled", "topical"]
Frequency = Literal["qd", "bid", "tid", "qid", "qn", "prn", "once"]


def conflicting(code: str, allergies: Iterable[str]) -> str | None:
    """The substance or class in a drug that someone is allergic to, if there is one."""
    known = set(allergies)
    return next((s for s in FORMULARY[code].substances if s in known), None)


def interacting(one: str, other: str) -> bool:
    """Whether two drugs must not be taken together."""
    return one != other and any(
        frozenset((a, b)) in INTERACTIONS
        for a in FORMULARY[one].substances
        for b in FORMULARY[other].substances
        if a != b
    )


def _drug(value: str) -> str:
    if value not in FORMULARY:
        bad("drug-unknown", "No drug of the formulary has this code")
    return value


def _unit(value: str) -> str:
    if value not in UNITS:
        bad("unit-unknown", "Not a unit of UCUM that doses are written in")
    return value


def _substance(value: str) -> str:
    if value not in SUBSTANCES:
        bad("substance-unknown", "No substance or class has this name")
    return value


DrugCode = Annotated[
    str,
    judged_by(_drug),
    WithJsonSchema({"type": "string", "enum": sorted(FORMULARY), "examples": ["J01CA04"]}),
]
"""ATC code of a drug of the formulary; code ``drug-unknown``."""

DoseUnit = Annotated[
    str,
    judged_by(_unit),
    WithJsonSchema({"type": "string", "enum": sorted(UNITS), "examples": ["mg"]}),
]
"""A unit of UCUM; code ``unit-unknown``."""

Substance = Annotated[
    str,
    judged_by(_substance),
    WithJsonSchema({"type": "string", "enum": sorted(SUBSTANCES), "examples": ["penicillins"]}),
]
"""What someone may be allergic to; code ``substance-unknown``."""
