"""The unified social credit code (统一社会信用代码), GB 32100-2015: 18 characters from 31.

Category (2) + registry's division (6) + organisation code (9, GB 11714 with its own check) +
check. The last character's arithmetic is python-stdnum's. Its ``validate`` is not used, because
it knows neither category nor division nor the organisation code's own check, and refuses the
letters that the first two places may hold.
"""

import re
from typing import Annotated, Literal

from pydantic import WithJsonSchema
from stdnum.cn import uscc as stdnum_uscc

from domain.shared.checks import bad, judged_by
from domain.shared.districts import is_registry

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters, in the order of their values; I, O, S, V and Z are left out."""

UsccKind = Literal["enterprise", "sole-trader", "cooperative"]

_KIND_CATEGORY: dict[UsccKind, str] = {"enterprise": "91", "sole-trader": "92", "cooperative": "93"}
_CATEGORY_KIND: dict[str, UsccKind] = {c: kind for kind, c in _KIND_CATEGORY.items()}

_SHAPE = re.compile(f"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")

# GB 11714 gives letters the values 10 to 35 without a gap, unlike GB 32100.
_ORGANISATION_VALUES = {c: n for n, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def organisation_check(body: str) -> str:
    """The ninth character of an organisation code, from the other eight (GB 11714)."""
    total = sum(
        _ORGANISATION_VALUES[c] * weight
        for c, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)
    )
    check = 11 - total % 11
    return "X" if check == 10 else "0" if check == 11 else str(check)


def make_uscc(kind: UsccKind, division: str, organisation_body: str) -> str:
    """The code of a new body, with both check characters.

    ``division`` is the registry's six digits, ``organisation_body`` eight of the 31 characters.
    Raises ValueError when one of them is not.
    """
    if not re.fullmatch(f"[{ALPHABET}]{{8}}", organisation_body):
        raise ValueError("an organisation code's body is eight of the 31 characters")
    if not re.fullmatch("[0-9]{6}", division) or not is_registry(division):
        raise ValueError("no registry has this division")
    first = _KIND_CATEGORY[kind] + division + organisation_body
    first += organisation_check(organisation_body)
    return first + stdnum_uscc.calc_check_digit(first)


def uscc_division(uscc: str) -> str:
    """The division of the registry that first registered the body; it may be abolished by now."""
    return uscc[2:8]


def uscc_kind(uscc: str) -> UsccKind:
    """What kind of body a valid code of market regulation names."""
    return _CATEGORY_KIND[uscc[:2]]


def _whole_code(value: str) -> str:
    code = value.strip().upper()
    if not _SHAPE.fullmatch(code):
        bad(
            "uscc-bad-character",
            "A unified social credit code is 18 characters, digits and capitals without I O S V Z",
        )
    if code[16] != organisation_check(code[8:16]):
        bad("uscc-bad-check", "The organisation code inside has a wrong check character")
    if code[17] != stdnum_uscc.calc_check_digit(code[:17]):
        bad("uscc-bad-check", "The last character does not fit the others")
    if not is_registry(code[2:8]):
        bad("uscc-division-unknown", "No registry has this division")
    return code


def _market_code(value: str) -> str:
    code = _whole_code(value)
    if code[:2] not in _CATEGORY_KIND:
        bad("uscc-category-unknown", "Codes of market regulation begin with 91, 92 or 93")
    return code


_SCHEMA = {
    "type": "string",
    "pattern": f"^{_SHAPE.pattern}$",
    "description": "Unified social credit code, GB 32100",
    "examples": ["91330203MA2AF3XQ2G"],
}

Uscc = Annotated[str, judged_by(_market_code), WithJsonSchema(_SCHEMA)]
"""Code of an enterprise, sole trader or cooperative. Codes: ``uscc-bad-character``,
``uscc-bad-check``, ``uscc-division-unknown``, ``uscc-category-unknown``."""

OrganisationUscc = Annotated[str, judged_by(_whole_code), WithJsonSchema(_SCHEMA)]
"""Code of any body, public ones and civil society too: no look at the category."""
