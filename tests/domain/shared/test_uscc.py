"""The unified social credit code: its characters, both checks, category and division."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from stdnum.cn import uscc as stdnum_uscc

from domain.shared.identifiers import OrganisationUscc, Uscc, make_uscc, uscc_division, uscc_kind
from domain.shared.uscc import ALPHABET, UsccKind

USCC = "91330203MA2AF3XQ2G"
USCC_ZERO_CHECK = "91330203MA2A000770"

usccs = st.builds(
    make_uscc,
    st.sampled_from(["enterprise", "sole-trader", "cooperative"]),
    st.sampled_from(["330203", "330204", "330212", "110105", "320594"]),
    st.text(ALPHABET, min_size=8, max_size=8),
)


def parse(type_: Any, value: str) -> Any:
    return TypeAdapter(type_).validate_python(value)


def code(type_: Any, value: str) -> str:
    """The code with which a value is refused."""
    with pytest.raises(ValidationError) as refusal:
        parse(type_, value)
    (error,) = refusal.value.errors(include_input=False, include_url=False)
    return error["type"]


@pytest.mark.parametrize("uscc", [USCC, USCC_ZERO_CHECK])
def test_the_briefs_codes_are_valid(uscc: str) -> None:
    assert parse(Uscc, uscc) == uscc
    assert parse(Uscc, f" {uscc.lower()}\n") == uscc


@pytest.mark.parametrize("uscc", [USCC, USCC_ZERO_CHECK])
def test_a_changed_last_character_is_a_wrong_check(uscc: str) -> None:
    for character in ALPHABET.replace(uscc[-1], ""):
        assert code(Uscc, uscc[:-1] + character) == "uscc-bad-check"


@given(usccs, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_no_single_changed_character_gets_through(uscc: str, place: int, other: str) -> None:
    assume(uscc[place] != other)
    assert code(OrganisationUscc, uscc[:place] + other + uscc[place + 1 :]) in (
        "uscc-bad-check",
        "uscc-bad-character",  # a letter in the division
    )


@given(usccs)
def test_a_made_code_is_valid(uscc: str) -> None:
    assert parse(Uscc, uscc) == uscc
    assert parse(OrganisationUscc, uscc) == uscc


@pytest.mark.parametrize("wrong", ["I", "O", "S", "V", "Z", "é", "-", "３"])
def test_five_letters_are_never_used(wrong: str) -> None:
    assert code(Uscc, USCC[:12] + wrong + USCC[13:]) == "uscc-bad-character"


@pytest.mark.parametrize("wrong", ["", USCC[:-1], USCC + "0", "91 330203 MA2AF3XQ 2G"])
def test_a_code_has_18_characters(wrong: str) -> None:
    assert code(Uscc, wrong) == "uscc-bad-character"


def test_an_organisation_code_has_a_check_of_its_own() -> None:
    # The last character fits, which is all that python-stdnum looks at.
    assert code(Uscc, "91310115MA1G4L1WXK") == "uscc-bad-check"
    changed = "91330203MA2AF3XQ3"
    assert stdnum_uscc.is_valid(changed + stdnum_uscc.calc_check_digit(changed))
    assert code(Uscc, changed + stdnum_uscc.calc_check_digit(changed)) == "uscc-bad-check"


def test_the_prefix_of_an_abolished_district_stays_valid() -> None:
    uscc = make_uscc("enterprise", "330204", "MA2A0001")
    assert parse(Uscc, uscc) == uscc
    assert uscc_division(uscc) == "330204"


def test_a_division_that_never_was_is_unknown() -> None:
    with pytest.raises(ValueError, match="division"):
        make_uscc("enterprise", "330299", "MA2A0001")
    # 91330299 with both checks right.
    body = "91330299" + USCC[8:17]
    assert code(Uscc, body + stdnum_uscc.calc_check_digit(body)) == "uscc-division-unknown"


def test_only_market_regulation_registers_companies() -> None:
    body = "52330203" + USCC[8:17]  # a private non-enterprise unit of civil affairs
    institution = body + stdnum_uscc.calc_check_digit(body)
    assert code(Uscc, institution) == "uscc-category-unknown"
    assert parse(OrganisationUscc, institution) == institution


@pytest.mark.parametrize(
    ("kind", "category"), [("enterprise", "91"), ("sole-trader", "92"), ("cooperative", "93")]
)
def test_a_code_tells_what_it_names(kind: UsccKind, category: str) -> None:
    uscc = make_uscc(kind, "330203", "MA2AF3XQ")
    assert uscc.startswith(category)
    assert uscc_kind(uscc) == kind


def test_a_body_of_eight_is_needed_to_make_a_code() -> None:
    with pytest.raises(ValueError, match="eight"):
        make_uscc("enterprise", "330203", "MA2AF3X")
