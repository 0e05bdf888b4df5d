"""Districts, departments and known divisions."""

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.shared.departments import DEPARTMENTS, DepartmentCode, department_name
from domain.shared.districts import (
    DISTRICTS_2014,
    DIVISIONS,
    District,
    current,
    district_name,
    districts_in_force,
    in_force,
    is_county,
    is_registry,
    known,
)

TODAY = date(2026, 3, 6)
THE_PLANS_YEAR = date(2014, 6, 1)


def test_the_plan_counts_eleven_districts() -> None:
    assert len(DISTRICTS_2014) == 11
    assert districts_in_force(THE_PLANS_YEAR) == DISTRICTS_2014


def test_ten_are_in_force_today() -> None:
    assert districts_in_force(TODAY) == (
        "330203",
        "330205",
        "330206",
        "330211",
        "330212",
        "330213",
        "330225",
        "330226",
        "330281",
        "330282",
    )


def test_jiangdong_went_into_yinzhou_in_september_2016() -> None:
    assert in_force("330204", date(2016, 9, 13))
    assert not in_force("330204", date(2016, 9, 14))
    assert current("330204", date(2016, 9, 13)) == "330204"
    assert current("330204", TODAY) == "330212"


def test_fenghua_became_a_district_in_november_2016() -> None:
    assert in_force("330283", date(2016, 11, 16))
    assert not in_force("330213", date(2016, 11, 16))
    assert in_force("330213", date(2016, 11, 17))
    assert not in_force("330283", date(2016, 11, 17))
    assert current("330283") == "330213"


@pytest.mark.parametrize("code", DIVISIONS)
def test_old_numbers_stay_readable_and_lead_to_one_in_force(code: str) -> None:
    assert TypeAdapter(District).validate_python(code) == code
    assert known(code)
    assert in_force(current(code), TODAY)
    assert current(code, TODAY) == current(code)


@pytest.mark.parametrize("code", ["330200", "330299", "310115", "", "33020", "３３０２０３"])
def test_what_is_no_district_of_the_city_is_outside(code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        TypeAdapter(District).validate_python(code)
    assert [e["type"] for e in refusal.value.errors()] == ["outside-city"]
    assert not known(code)
    assert not in_force(code, TODAY)


def test_a_stored_number_is_not_judged_again() -> None:
    assert TypeAdapter(District).validate_python("330299", context={"stored": True}) == "330299"


def test_districts_have_names_in_two_languages() -> None:
    assert district_name("330203") == "海曙区"
    assert district_name("330203", "en") == "Haishu"


def test_a_registry_may_be_abolished_or_a_development_zone_elsewhere_but_not_invented() -> None:
    assert all(map(is_registry, ("330204", "330227", "330200", "330201", "100000", "110105")))
    assert all(map(is_registry, ("320594", "310141")))  # Suzhou park, Shanghai free trade zone
    assert not any(map(is_registry, ("330299", "999999", "000000")))


def test_a_birthplace_is_a_division_that_was_once_on_the_list() -> None:
    assert all(map(is_county, ("330203", "330227", "830000", "440306")))
    assert not any(map(is_county, ("330299", "320594", "999999")))


def test_there_are_26_departments_with_names_in_two_languages() -> None:
    assert len(DEPARTMENTS) == 26
    assert department_name("tax") == "税务局"
    assert department_name("tax", "en") == "Taxation"
    assert all(d.zh and d.en and d.code == code for code, d in DEPARTMENTS.items())


def test_a_department_nobody_knows_is_refused() -> None:
    assert TypeAdapter(DepartmentCode).validate_python("court") == "court"
    with pytest.raises(ValidationError) as refusal:
        TypeAdapter(DepartmentCode).validate_python("navy")
    assert [e["type"] for e in refusal.value.errors()] == ["department-unknown"]
