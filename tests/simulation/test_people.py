"""People and addresses are such as the city's own types take."""

from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.shared.address import Address
from domain.shared.districts import DISTRICTS_2014
from domain.shared.identifiers import (
    Mobile,
    PersonName,
    ResidentId,
    age_on,
    resident_id_birthdate,
)
from simulation import people

TODAY = date(2026, 11, 25)
seeds = st.integers(0, 2**32).map(Random)

NUMBER: TypeAdapter[str] = TypeAdapter(ResidentId)
NAME: TypeAdapter[str] = TypeAdapter(PersonName)
MOBILE: TypeAdapter[str] = TypeAdapter(Mobile)


@given(seeds)
def test_everybody_is_an_adult_with_a_valid_name_number_and_telephone(rng: Random) -> None:
    person = people.person(rng, TODAY)
    assert NUMBER.validate_python(person.resident_id, context={"today": TODAY})
    assert 18 <= age_on(resident_id_birthdate(person.resident_id), TODAY) <= 66
    assert NAME.validate_python(person.name) == person.name
    assert MOBILE.validate_python(person.mobile) == person.mobile


@given(seeds, st.sampled_from(DISTRICTS_2014))
def test_every_district_of_the_plan_has_addresses(rng: Random, district: str) -> None:
    address = Address.model_validate(people.address(rng, district))
    assert address.division == district
    assert address.street in people.streets(district)


def test_people_are_drawn_from_all_eleven_districts_the_larger_the_more() -> None:
    rng = Random(1)
    drawn = [people.district(rng) for _ in range(20_000)]
    counts = {code: drawn.count(code) for code in DISTRICTS_2014}
    assert set(drawn) == set(DISTRICTS_2014)
    assert max(counts, key=counts.__getitem__) == "330282"
    assert counts["330212"] > 2 * counts["330211"]


def test_the_same_seed_gives_the_same_person() -> None:
    assert people.person(Random(7), TODAY) == people.person(Random(7), TODAY)
