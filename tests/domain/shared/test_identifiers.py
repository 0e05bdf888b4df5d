"""Numbers and names of people: checks, normal forms, masks; and what all value types share."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from stdnum.cn import ric

from domain.shared.checks import STORED
from domain.shared.identifiers import (
    IndustryCode,
    Mobile,
    OfficerId,
    PersonName,
    ResidentId,
    SubjectRef,
    Uscc,
    age_on,
    make_resident_id,
    mask_mobile,
    mask_person_name,
    mask_resident_id,
    resident_id_birthdate,
    resident_id_sex,
    section,
)

USCC = "91330203MA2AF3XQ2G"

resident_ids = st.builds(
    make_resident_id,
    st.sampled_from(["330203", "330204", "330227", "110101", "830000"]),
    st.dates(date(1900, 1, 1), date(2025, 12, 31)),
    st.integers(0, 999),
)


def parse(type_: Any, value: object, **context: object) -> Any:
    return TypeAdapter(type_).validate_python(value, context=context)


def code(type_: Any, value: object, **context: object) -> str:
    """The code with which a value is refused; the refusal must not show it."""
    with pytest.raises(ValidationError) as refusal:
        parse(type_, value, **context)
    (error,) = refusal.value.errors(include_input=False, include_url=False)
    assert not str(value).strip() or str(value).strip() not in error["msg"]
    return error["type"]


# Resident ids.


@given(resident_ids)
def test_a_made_resident_id_is_valid(resident_id: str) -> None:
    assert parse(ResidentId, resident_id) == resident_id
    assert parse(ResidentId, resident_id.lower()) == resident_id


@given(resident_ids, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_no_single_changed_digit_gets_through(resident_id: str, place: int, other: str) -> None:
    assume(resident_id[place] != other)
    changed = resident_id[:place] + other + resident_id[place + 1 :]
    assert code(ResidentId, changed) == "bad-resident-id"


def test_people_older_than_their_districts_number_have_valid_ids() -> None:
    # python-stdnum 2.2 refuses both, since 330203 dates from 1983 and 330212 from 2002.
    assert parse(ResidentId, make_resident_id("330203", date(1950, 1, 1), 123))
    assert parse(ResidentId, make_resident_id("330212", date(1990, 1, 1), 123))


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "33020319900101123",
        "330203199001011230",
        "３３０２０３１９９００１０１１２３６",
        "330203 19900101 1236",
        "33020319900101123\u0000",
        make_resident_id("330299", date(1990, 1, 1), 1),
        make_resident_id("330203", date(1849, 1, 1), 1),
    ],
)
def test_what_is_no_resident_id_is_refused(wrong: str) -> None:
    assert code(ResidentId, wrong) == "bad-resident-id"


def test_a_birthday_has_to_be_a_day() -> None:
    body = "33020319900231123"
    assert code(ResidentId, body + ric.calc_check_digit(body + "0")) == "bad-resident-id"


def test_a_birthday_in_the_future_is_judged_against_the_day_that_is_passed() -> None:
    unborn = make_resident_id("330203", date(2026, 3, 7), 1)
    assert code(ResidentId, unborn, today=date(2026, 3, 6)) == "bad-resident-id"
    assert parse(ResidentId, unborn, today=date(2026, 3, 7)) == unborn
    assert parse(ResidentId, unborn) == unborn


@given(st.dates(date(1900, 1, 1), date(2025, 12, 31)), st.integers(0, 999))
def test_a_resident_id_tells_birthday_and_sex(born: date, order: int) -> None:
    resident_id = make_resident_id("330203", born, order)
    assert resident_id_birthdate(resident_id) == born
    assert resident_id_sex(resident_id) == ("male" if order % 2 else "female")


@given(resident_ids)
def test_a_masked_resident_id_hides_the_birthday(resident_id: str) -> None:
    masked = mask_resident_id(resident_id)
    assert masked == resident_id[:6] + "*" * 8 + resident_id[14:]
    assert len(masked) == 18


def test_an_age_is_in_full_years() -> None:
    assert age_on(date(2008, 3, 7), date(2026, 3, 6)) == 17
    assert age_on(date(2008, 3, 7), date(2026, 3, 7)) == 18
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    with pytest.raises(TypeError, match="day"):
        age_on(date(2008, 3, 7), datetime(2026, 3, 6))  # noqa: DTZ001  # what is refused


# Names.


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        (" 王明 ", "王明"),
        ("𬭎", "𬭎"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("Jose\u0301 Mari\u0301a", "José María"),
        ("Anna-Maria O'Brien Jr.", "Anna-Maria O'Brien Jr."),
        ("J. R. Smith", "J. R. Smith"),
    ],
)
def test_a_name_is_kept_in_its_normal_form(given_name: str, kept: str) -> None:
    assert parse(PersonName, given_name) == kept


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "  ",
        "王\u200b明",
        "王\u0000明",
        "王1",
        "王·",
        "·王",
        "王\n明",
        "王" * 51,
        "王  明",
        "<王>",
    ],
)
def test_what_is_no_name_is_refused(wrong: str) -> None:
    assert code(PersonName, wrong) == "person-name-malformed"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王", "*"),
        ("王明", "王*"),
        ("王小明", "王*明"),
        ("王李小明", "王**明"),
        ("欧阳明", "欧阳*"),
        ("欧阳小明", "欧阳**"),
        ("欧阳", "欧*"),
        ("阿卜杜拉·买买提", "阿***·***"),
        ("John Smith", "J*** S****"),
        ("O'Brien", "O******"),
    ],
)
def test_names_are_masked_as_in_the_brief(name: str, masked: str) -> None:
    assert mask_person_name(name) == masked


@given(st.text("王李欧阳司马小明·abXY -'", min_size=1, max_size=50))
def test_a_mask_hides_something_of_every_name_and_adds_nothing(text: str) -> None:
    try:
        name = parse(PersonName, text)
    except ValidationError:
        return
    masked = mask_person_name(name)
    assert len(masked) == len(name)
    assert "*" in masked or all(len(part) == 1 and part.isascii() for part in name.split())
    assert all(m in ("*", n) for m, n in zip(masked, name, strict=True))


# Mobiles.


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13812345678", "+8613812345678"),
        ("138 1234 5678", "+8613812345678"),
        ("+86 138-1234-5678", "+8613812345678"),
        ("008613812345678", "+8613812345678"),
        ("１３８１２３４５６７８", "+8613812345678"),
        ("+85291234567", "+85291234567"),
    ],
)
def test_a_mobile_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert parse(Mobile, typed) == kept
    assert parse(Mobile, kept) == kept


@pytest.mark.parametrize(
    "wrong",
    ["", "0574-87654321", "12345678901", "1381234567", "abc", "13812345678 ext. 5", "9" * 300],
)
def test_what_is_no_mobile_is_refused(wrong: str) -> None:
    assert code(Mobile, wrong) == "bad-mobile"


def test_mobiles_are_masked_as_in_the_brief() -> None:
    assert mask_mobile("+8613812345678") == "138****5678"
    assert mask_mobile("+85291234567") == "+852****4567"


@given(st.integers(0, 99_999_999))
def test_a_masked_mobile_never_shows_its_middle(rest: int) -> None:
    number = f"+86138{rest:08d}"
    assert mask_mobile(number) == f"138****{number[-4:]}"


# Industries, officers, subjects.


@pytest.mark.parametrize("value", ["F", "I65", "I6510", "C1310", "T97", "a0111"])
def test_an_industry_is_a_section_and_digits_of_it(value: str) -> None:
    assert parse(IndustryCode, value) == value.upper()
    assert section(parse(IndustryCode, value)) == value[0].upper()


@pytest.mark.parametrize("wrong", ["", "U", "6510", "I5", "I13", "I65100", "F6510", "A00", "T98"])
def test_an_industry_of_another_section_is_unknown(wrong: str) -> None:
    assert code(IndustryCode, wrong) == "industry-code-unknown"


def test_an_officer_is_the_subject_of_a_token() -> None:
    assert parse(OfficerId, "officer-7") == "officer-7"
    assert parse(OfficerId, "policy:open-credit-subject") == "policy:open-credit-subject"
    assert code(OfficerId, "officer 7") == "officer-id-malformed"


def test_a_subject_is_never_an_identity() -> None:
    assert parse(SubjectRef, "ab" * 16) == "ab" * 16
    for identity in ("330203199001011236", USCC, "+8613812345678"):
        assert code(SubjectRef, identity) == "subject-ref-malformed"


# What all of them share.


class Everything(BaseModel):
    resident: ResidentId
    company: Uscc
    name: PersonName
    mobile: Mobile
    industry: IndustryCode


def test_an_old_log_is_read_as_it_was_written() -> None:
    stored = {"resident": "1", "company": "2", "name": "3", "mobile": "4", "industry": "5"}
    assert Everything.model_validate(stored, context=STORED).model_dump() == stored


def test_each_place_of_a_body_has_its_own_code() -> None:
    with pytest.raises(ValidationError) as refusal:
        Everything.model_validate(dict.fromkeys(Everything.model_fields, "?"))
    assert {e["loc"][0]: e["type"] for e in refusal.value.errors()} == {
        "resident": "bad-resident-id",
        "company": "uscc-bad-character",
        "name": "person-name-malformed",
        "mobile": "bad-mobile",
        "industry": "industry-code-unknown",
    }


def test_the_schema_has_examples_that_are_valid() -> None:
    for type_ in (ResidentId, Uscc, PersonName, Mobile, IndustryCode, OfficerId):
        adapter: TypeAdapter[str] = TypeAdapter(type_)
        schema = adapter.json_schema()
        assert schema["type"] == "string"
        for example in schema["examples"]:
            parse(type_, example)
