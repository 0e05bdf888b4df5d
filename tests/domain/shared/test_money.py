"""Money and shares: whole numbers only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.shared.money import WHOLE_PPM, Fen, SharePpm, banded, shown_yuan

amounts = st.integers(min_value=0, max_value=2**63 - 1)


@pytest.mark.parametrize("value", [1.0, 0.5, "1", True, None, -1, 2**63])
def test_an_amount_is_a_whole_number_of_fen(value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Fen).validate_python(value)


@pytest.mark.parametrize("value", ["1.0", "1e2", '"1"', "true", "-1"])
def test_an_amount_in_json_is_a_whole_number_too(value: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Fen).validate_json(value)


@given(amounts)
def test_amounts_are_kept_as_they_are(fen: int) -> None:
    assert TypeAdapter(Fen).validate_json(str(fen)) == fen


@given(amounts)
def test_shown_yuan_loses_no_fen(fen: int) -> None:
    assert int(shown_yuan(fen).replace(",", "").replace(".", "")) == fen


def test_yuan_are_shown_with_their_fen() -> None:
    assert shown_yuan(123_405) == "1,234.05"
    assert shown_yuan(-5) == "-0.05"


def test_a_share_is_at_most_the_whole() -> None:
    assert TypeAdapter(SharePpm).validate_python(WHOLE_PPM) == WHOLE_PPM
    with pytest.raises(ValidationError):
        TypeAdapter(SharePpm).validate_python(WHOLE_PPM + 1)


def test_a_band_holds_its_lower_bound() -> None:
    assert banded(0) == "0-100000"
    assert banded(99_999_99) == "0-100000"
    assert banded(100_000_00) == "100000-500000"
    assert banded(100_000_000_00) == "100000000+"
    with pytest.raises(ValueError, match="negative"):
        banded(-1)


@given(amounts)
def test_every_amount_lies_in_its_band(fen: int) -> None:
    low, _, high = banded(fen).removesuffix("+").partition("-")
    assert int(low) * 100 <= fen
    assert not high or fen < int(high) * 100
