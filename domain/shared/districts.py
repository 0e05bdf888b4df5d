"""Administrative divisions of GB/T 2260: the city's districts as dated data, and known prefixes.

The plan of 2014 counts eleven districts. Since 国函〔2016〕158号 there are ten: Jiangdong (330204)
went into Yinzhou, and the county-level city of Fenghua (330283) became a district with a number
of its own (330213). The choice made here: **old numbers stay readable for ever, and a new matter
is accepted under an old number but kept under what is in force.** People go on quoting the number
on their papers, so ``District`` takes every number of the list; who begins a matter stores
``current(code, on=…)``. Thus applications come from all eleven districts of the plan today, no
name register is split in two, and no count shows a district that no longer exists. Numbers that
GB/T 2260 does not hold (development zones) are not invented for the city.

Successors are successors of the *number*: the nine western towns that moved from Yinzhou to Haishu
in 2016 kept no number by which one could tell them apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated

from pydantic import WithJsonSchema
from stdnum import numdb

from domain.shared.checks import bad, judged_by

CITY = "330200"
"""Ningbo itself; a registry of companies, but no district."""

URBAN_DISTRICTS = "330201"
"""市辖区, the heading over Ningbo's urban districts; the High-tech Zone registers under it."""


@dataclass(frozen=True, slots=True)
class Division:
    """A numbered district. In force from ``since`` until the day before ``until``; None is open.

    ``successor`` is the number that took over its territory on ``until``.
    """

    code: str
    zh: str
    en: str
    since: date | None = None
    until: date | None = None
    successor: str | None = None


DIVISIONS: Mapping[str, Division] = MappingProxyType(
    {
        division.code: division
        for division in (
            Division("330203", "海曙区", "Haishu"),
            # The State Council's reply is of this day.
            Division("330204", "江东区", "Jiangdong", until=date(2016, 9, 14), successor="330212"),
            Division("330205", "江北区", "Jiangbei"),
            Division("330206", "北仑区", "Beilun"),
            Division("330211", "镇海区", "Zhenhai"),
            Division("330212", "鄞州区", "Yinzhou", since=date(2002, 2, 1)),
            # Approved with Jiangdong's end, but in office only from this day.
            Division("330213", "奉化区", "Fenghua", since=date(2016, 11, 17)),
            Division("330225", "象山县", "Xiangshan"),
            Division("330226", "宁海县", "Ninghai"),
            Division("330281", "余姚市", "Yuyao"),
            Division("330282", "慈溪市", "Cixi"),
            Division(
                "330283", "奉化市", "Fenghua City", until=date(2016, 11, 17), successor="330213"
            ),
        )
    }
)

DISTRICTS_2014: tuple[str, ...] = tuple(c for c in DIVISIONS if c != "330213")
"""The plan's eleven districts, Jiangdong and Fenghua City among them."""


def known(code: str) -> bool:
    """Whether the number is or ever was one of the city's districts."""
    return code in DIVISIONS


def in_force(code: str, on: date) -> bool:
    """Whether the number stands for a district of the city on that day."""
    division = DIVISIONS.get(code)
    return (
        division is not None
        and (division.since is None or division.since <= on)
        and (division.until is None or on < division.until)
    )


def current(code: str, on: date | None = None) -> str:
    """The number under which a new matter is kept: ``code`` or the successor in force on a day.

    Without a day it is the last of the line. Raises KeyError for a number outside the city.
    """
    division = DIVISIONS[code]
    while division.successor and division.until and (on is None or on >= division.until):
        division = DIVISIONS[division.successor]
    return division.code


def districts_in_force(on: date) -> tuple[str, ...]:
    """The city's districts on a day, ascending: eleven in 2014, ten since November 2016."""
    return tuple(code for code in DIVISIONS if in_force(code, on))


def district_name(code: str, language: str = "zh-CN") -> str:
    """Its name, ``海曙区`` or ``Haishu``. Raises KeyError for a number outside the city."""
    division = DIVISIONS[code]
    return division.zh if language.startswith("zh") else division.en


def _district(value: str) -> str:
    if value not in DIVISIONS:
        bad("outside-city", "Not one of the city's districts")
    return value


District = Annotated[
    str,
    judged_by(_district),
    WithJsonSchema(
        {
            "type": "string",
            "enum": sorted(DIVISIONS),
            "description": "District of Ningbo, GB/T 2260; an old number counts as its successor",
            "examples": ["330203"],
        }
    ),
]
"""Any number of the list, old ones too; code ``outside-city``."""


@lru_cache(maxsize=8192)
def is_county(code: str) -> bool:
    """Whether six digits are or were a division of GB/T 2260, anywhere in the country.

    81, 82 and 83 are Hong Kong, Macao and Taiwan, whose people may hold a residence permit with
    a number of this kind; 830000 is missing from the library's list.
    """
    if code in DIVISIONS or code in ("810000", "820000", "830000"):
        return True
    # 37 µs a look-up: remembered, because a city asks for the same few hundred.
    return any("county" in facts for _, facts in numdb.get("cn/loc").info(code))


@lru_cache(maxsize=8192)
def is_registry(code: str) -> bool:
    """Whether six digits may name the registry in a unified social credit code.

    Inside Ningbo every number GB/T 2260 ever held, dated ones too: a code survives its district.
    Outside, known to the prefecture: many development zones register under numbers of their own
    (320594 Suzhou Industrial Park, 310141 Shanghai free trade zone) that GB/T 2260 never held.
    100000 is the national registry.
    """
    if code == "100000" or is_county(code):
        return True
    if code.startswith(CITY[:4]):
        return False
    prefecture = code[:4]
    return prefecture[2:] != "00" and (is_county(prefecture + "00") or is_county(prefecture + "01"))
