"""The city's institutions: who treats whom in what field, as dated plain data.

Eight city hospitals, five public-health institutions and eighty-three community centres over the
districts of the plan. What may surprise: the waits of 2013 against which the city's target is
measured, and the centres' numbers, are configuration of this file (as of 2013-12-31), not a
published register; an institution replaces its own line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from pydantic import WithJsonSchema

from domain.shared.checks import bad, judged_by


class Specialty(StrEnum):
    """Fields of medicine that have a clinic of their own (诊疗科目, first level, shortened)."""

    GENERAL_PRACTICE = "general-practice"
    INTERNAL = "internal"
    CARDIOLOGY = "cardiology"
    SURGERY = "surgery"
    ORTHOPAEDICS = "orthopaedics"
    OBSTETRICS = "obstetrics"
    PAEDIATRICS = "paediatrics"
    PSYCHIATRY = "psychiatry"
    INFECTIOUS = "infectious"
    OPHTHALMOLOGY = "ophthalmology"
    STOMATOLOGY = "stomatology"
    CHINESE_MEDICINE = "chinese-medicine"
    REHABILITATION = "rehabilitation"
    ONCOLOGY = "oncology"
    EMERGENCY = "emergency"


S = Specialty


@dataclass(frozen=True, slots=True)
class Institution:
    """``wait_2013_min`` is the median wait in minutes from which the target is counted."""

    code: str
    zh: str
    district: str
    specialties: frozenset[Specialty]
    wait_2013_min: int


_GENERAL = frozenset(Specialty) - {S.PSYCHIATRY}
_CENTRE = frozenset(
    {S.GENERAL_PRACTICE, S.INTERNAL, S.PAEDIATRICS, S.CHINESE_MEDICINE, S.REHABILITATION}
)
_CENTRES_PER_DISTRICT = {
    "330203": 9,
    "330204": 7,
    "330205": 7,
    "330206": 8,
    "330211": 6,
    "330212": 12,
    "330213": 6,
    "330225": 7,
    "330226": 6,
    "330281": 8,
    "330282": 7,
}

_NAMED = (
    Institution("hospital-1", "宁波市第一医院", "330203", _GENERAL, 96),
    Institution("hospital-2", "宁波市第二医院", "330203", _GENERAL, 93),
    Institution("lihuili", "宁波市医疗中心李惠利医院", "330212", _GENERAL, 99),
    Institution("hospital-9", "宁波市第九医院", "330205", _GENERAL, 75),
    Institution(
        "women-children",
        "宁波市妇女儿童医院",
        "330203",
        frozenset({S.OBSTETRICS, S.PAEDIATRICS, S.INTERNAL, S.EMERGENCY}),
        105,
    ),
    Institution(
        "kangning",
        "宁波市康宁医院",
        "330211",
        frozenset({S.PSYCHIATRY, S.INTERNAL, S.REHABILITATION}),
        60,
    ),
    Institution(
        "chinese-medicine",
        "宁波市中医院",
        "330203",
        frozenset({S.CHINESE_MEDICINE, S.INTERNAL, S.ORTHOPAEDICS, S.REHABILITATION}),
        72,
    ),
    Institution(
        "rehabilitation",
        "宁波市康复医院",
        "330205",
        frozenset({S.REHABILITATION, S.INTERNAL, S.ORTHOPAEDICS}),
        48,
    ),
    Institution("cdc", "宁波市疾病预防控制中心", "330203", frozenset({S.INFECTIOUS}), 30),
    Institution("blood-centre", "宁波市中心血站", "330203", frozenset(), 30),
    Institution("emergency-centre", "宁波市急救中心", "330203", frozenset({S.EMERGENCY}), 15),
    Institution("health-supervision", "宁波市卫生监督所", "330203", frozenset(), 30),
    Institution("health-education", "宁波市健康教育中心", "330203", frozenset(), 30),
)

INSTITUTIONS: Mapping[str, Institution] = MappingProxyType(
    {i.code: i for i in _NAMED}
    | {
        code: Institution(code, f"第{number}社区卫生服务中心", district, _CENTRE, 45)
        for district, count in _CENTRES_PER_DISTRICT.items()
        for number in range(1, count + 1)
        for code in [f"centre-{district}-{number:02d}"]
    }
)

RESIDENTS: Mapping[str, int] = MappingProxyType(
    {
        "330203": 1_041_000,
        "330205": 490_000,
        "330206": 830_000,
        "330211": 510_000,
        "330212": 1_610_000,
        "330213": 577_000,
        "330225": 568_000,
        "330226": 696_000,
        "330281": 1_254_000,
        "330282": 1_829_000,
    }
)
"""Residents by district, rounded to thousands: Seventh National Census, 1 November 2020."""


def _institution(value: str) -> str:
    if value not in INSTITUTIONS:
        bad("institution-unknown", "No institution has this code")
    return value


InstitutionCode = Annotated[
    str,
    judged_by(_institution),
    WithJsonSchema(
        {
            "type": "string",
            "description": "Code of a hospital, a public-health institution or a community centre",
            "examples": ["hospital-1", "centre-330203-01"],
        }
    ),
]
"""Code of an institution; code ``institution-unknown``."""
