"""Addresses and points: the city's box, map conversions, masks."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.shared.address import (
    EAST,
    NORTH,
    SOUTH,
    WEST,
    Address,
    Point,
    bd09_to_gcj02,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    mask_address,
    mask_point,
    wgs84_to_gcj02,
)

FIELDS = {
    "division": "330204",
    "street": "东胜街道",
    "community": "王隘社区",
    "detail": "中兴路100号3幢201室",
}
places = st.tuples(st.floats(SOUTH, NORTH), st.floats(WEST, EAST))


def test_an_old_address_gets_the_number_in_force_for_a_new_matter() -> None:
    address = Address(**FIELDS)
    today = date(2026, 3, 6)
    assert not address.is_in_force(today)
    assert address.under_current_division(today).division == "330212"
    assert address.under_current_division(today).is_in_force(today)
    assert address.under_current_division(date(2014, 6, 1)) == address


def test_a_masked_address_ends_with_the_community() -> None:
    assert mask_address(Address(**FIELDS)) == "东胜街道王隘社区***"
    assert FIELDS["detail"] not in Address(**FIELDS).masked()


@pytest.mark.parametrize("wrong", ["", "  ", "a\nb", "a\u0000b", "a\u202eb", "路" * 201])
def test_a_line_of_an_address_is_one_line(wrong: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Address(**{**FIELDS, "detail": wrong})
    assert [e["type"] for e in refusal.value.errors()] == ["address-malformed"]


def test_an_address_outside_the_city_is_refused() -> None:
    with pytest.raises(ValidationError) as refusal:
        Address(**{**FIELDS, "division": "310115"})
    assert [e["type"] for e in refusal.value.errors()] == ["outside-city"]


@pytest.mark.parametrize(("lat", "lon"), [(31.2, 121.5), (29.87, 120.2), (121.5, 29.87), (0, 0)])
def test_a_point_outside_the_city_is_refused_without_being_shown(lat: float, lon: float) -> None:
    with pytest.raises(ValidationError) as refusal:
        Point(lat=lat, lon=lon)
    (error,) = refusal.value.errors(include_input=False, include_url=False)
    assert error["type"] == "outside-city"
    assert str(lat) not in error["msg"]


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_a_point_is_two_finite_numbers(wrong: float) -> None:
    with pytest.raises(ValidationError):
        Point(lat=wrong, lon=121.5)


def test_amaps_and_baidus_shifts_are_the_published_ones() -> None:
    assert wgs84_to_gcj02(31.1774276, 121.5272106) == pytest.approx(
        (31.17530398364597, 121.531541859215), abs=1e-9
    )
    assert gcj02_to_bd09(39.915, 116.404) == pytest.approx(
        (39.92133699351021, 116.41036949371029), abs=1e-9
    )


@given(places)
def test_there_and_back_is_the_same_place(place: tuple[float, float]) -> None:
    assert gcj02_to_wgs84(*wgs84_to_gcj02(*place)) == pytest.approx(place, abs=1e-9)
    assert bd09_to_gcj02(*gcj02_to_bd09(*place)) == pytest.approx(place, abs=1e-9)


def test_a_phones_point_is_converted_at_the_door() -> None:
    here = Point(lat=29.8683, lon=121.544)
    amap = wgs84_to_gcj02(here.lat, here.lon)
    assert here.distance_m(Point.from_gcj02(*amap)) < 0.01
    assert here.distance_m(Point.from_bd09(*gcj02_to_bd09(*amap))) < 0.01
    assert here.distance_m(Point(lat=amap[0], lon=amap[1])) == pytest.approx(493.6, abs=1)


@given(places)
def test_a_masked_point_is_within_a_kilometre_but_not_exact(place: tuple[float, float]) -> None:
    lat, lon = mask_point(Point(lat=place[0], lon=place[1]))
    assert abs(lat - place[0]) <= 0.005 + 1e-9
    assert (round(lat, 2), round(lon, 2)) == (lat, lon)


def test_a_hundredth_of_a_degree_of_latitude_is_a_good_kilometre() -> None:
    south, north = Point(lat=29.86, lon=121.5), Point(lat=29.87, lon=121.5)
    assert south.distance_m(north) == pytest.approx(1112, abs=2)
    assert south.distance_m(north) == pytest.approx(north.distance_m(south))
