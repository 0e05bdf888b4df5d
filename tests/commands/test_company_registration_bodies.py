"""What is wrong with a body alone is found at the door, with the brief's codes and a pointer."""

from typing import Any

import orjson
import pytest
from pydantic import BaseModel, ValidationError
from stdnum.cn import uscc as whole_code

from commands.company_registration.applying import EXAMPLE_APPLICATION, Resubmit, SubmitApplication
from commands.company_registration.barring import BarOfficeholder
from commands.company_registration.changing import ApplyChange
from commands.company_registration.examining import Approve, IssueLicence, RequestCorrection
from commands.company_registration.naming import ReserveName
from domain.shared.uscc import make_uscc
from infra.discovery import discover
from tests.registrations import resident
from tests.scenario import MATTER

NAME = {
    "registry": "330203",
    "division": "330203",
    "trade_name": "甬江",
    "industry_code": "F5199",
    "organisation_form": "limited-company",
}
ID = {"registration_id": str(MATTER)}


def read(model: type[BaseModel], body: dict[str, Any]) -> BaseModel:
    return model.model_validate_json(orjson.dumps(body))


def accepted(model: type[BaseModel], body: dict[str, Any]) -> bool:
    """Reads it, which raises when it is refused."""
    return isinstance(read(model, body), model)


def accepts(model: type[BaseModel], body: dict[str, Any]) -> bool:
    return isinstance(read(model, body), model)


def codes(model: type[BaseModel], body: dict[str, Any]) -> list[tuple[str, tuple[Any, ...]]]:
    with pytest.raises(ValidationError) as caught:
        read(model, body)
    return [(error["type"], error["loc"]) for error in caught.value.errors()]


def shareholder(share_ppm: int, order: int = 1) -> dict[str, Any]:
    return {
        "kind": "person",
        "name": "王明",
        "resident_id": resident(order),
        "share_ppm": share_ppm,
    }


@pytest.mark.parametrize(
    ("trade_name", "code"),
    [
        ("甬", "name-malformed"),
        ("Yong", "name-malformed"),
        ("甬江A", "name-malformed"),
        ("甬江 一", "name-malformed"),
        ("甬" * 21, "name-malformed"),
        ("人民解放军", "name-forbidden"),
        ("国务院甬江", "name-forbidden"),
        ("共产党员", "name-forbidden"),
        ("八三四一部队", "name-forbidden"),
    ],
)
def test_a_trade_name_is_han_and_names_no_power(trade_name: str, code: str) -> None:
    assert codes(ReserveName, NAME | {"trade_name": trade_name}) == [(code, ("trade_name",))]


def test_a_trade_name_has_one_form() -> None:
    # U+F914 is a compatibility form of 樂, as some fonts and old systems still send it.
    sent = read(ReserveName, NAME | {"trade_name": " \uf914江 "})
    assert isinstance(sent, ReserveName)
    assert sent.trade_name == "\u6a02江"


@pytest.mark.parametrize("division", ["330205", "330100", "999999", "甬"])
def test_the_name_bears_the_registrys_division(division: str) -> None:
    assert codes(ReserveName, NAME | {"division": division}) == [
        ("division-mismatch", ("division",))
    ]


@pytest.mark.parametrize(
    ("registry", "division"), [("330203", "330200"), ("330212", "330204"), ("330283", "330213")]
)
def test_the_citys_and_an_old_number_will_do(registry: str, division: str) -> None:
    assert accepted(ReserveName, NAME | {"registry": registry, "division": division})


def test_words_for_an_industry_need_its_code() -> None:
    body = NAME | {"industry_term": "商贸", "industry_code": None}
    assert codes(ReserveName, body) == [("name-malformed", ("industry_term",))]


@pytest.mark.parametrize(
    ("shareholders", "code"),
    [
        ([], "shareholder-count"),
        ([shareholder(20_000)] * 50 + [shareholder(0)], "shareholder-count"),
        ([shareholder(999_999)], "shares-not-whole"),
        ([shareholder(500_000), shareholder(500_001, 2)], "shares-not-whole"),
        ([shareholder(1_000_000), shareholder(0, 2)], "shares-not-whole"),
    ],
)
def test_shareholders_are_one_to_fifty_and_hold_the_whole(
    shareholders: list[dict[str, Any]], code: str
) -> None:
    body = ID | EXAMPLE_APPLICATION | {"shareholders": shareholders}
    assert codes(SubmitApplication, body) == [(code, ("shareholders",))]


def test_fifty_shareholders_are_allowed_and_a_sole_trader_has_one() -> None:
    fifty = [shareholder(20_000, n) for n in range(50)]
    assert accepted(SubmitApplication, ID | EXAMPLE_APPLICATION | {"shareholders": fifty})
    two = [shareholder(500_000), shareholder(500_000, 2)]
    body = ID | EXAMPLE_APPLICATION | {"entity_type": "sole-trader", "shareholders": two}
    assert codes(SubmitApplication, body) == [("shareholder-count", ("shareholders",))]


def test_a_bad_resident_id_is_pointed_at() -> None:
    body = ID | EXAMPLE_APPLICATION
    body["legal_representative"] = {"name": "王明", "resident_id": "330203199001011237"}
    assert codes(SubmitApplication, body) == [
        ("bad-resident-id", ("legal_representative", "resident_id"))
    ]


@pytest.mark.parametrize("capital", [0, -1, 1.5, "100", True])
def test_capital_is_a_whole_positive_number_of_fen(capital: object) -> None:
    body = ID | EXAMPLE_APPLICATION | {"subscribed_capital_fen": capital}
    assert [loc for _, loc in codes(SubmitApplication, body)] == [("subscribed_capital_fen",)]


@pytest.mark.parametrize(
    ("uscc", "code"),
    [
        ("91330203MA2AF3XQ2H", "uscc-bad-check"),
        ("91330203MA2AF3XQ2I", "uscc-bad-character"),
        ("91330203MA2AF3XQ2", "uscc-bad-character"),
        ("91990203MA2AF3XQ22", "uscc-division-unknown"),
        ("91330106MA2AF3XQ24", "uscc-division-unknown"),
    ],
)
def test_a_code_is_judged_character_by_character(uscc: str, code: str) -> None:
    if code == "uscc-division-unknown":
        uscc = uscc[:17] + whole_code.calc_check_digit(uscc[:17])
    assert codes(IssueLicence, ID | {"uscc": uscc}) == [(code, ("uscc",))]


@pytest.mark.parametrize("uscc", ["91330203MA2AF3XQ2G", "91330203MA2A000770"])
def test_the_briefs_codes_are_valid(uscc: str) -> None:
    assert accepted(IssueLicence, ID | {"uscc": uscc})


def test_an_abolished_district_is_a_valid_prefix() -> None:
    assert accepted(IssueLicence, ID | {"uscc": make_uscc("enterprise", "330204", "MA2AF3XQ")})


@pytest.mark.parametrize("model", [Resubmit, RequestCorrection])
def test_a_list_of_nothing_is_refused(model: type[BaseModel]) -> None:
    field = "answers" if model is Resubmit else "defects"
    assert codes(model, ID | {field: []}) == [("too_short", (field,))]


def test_a_person_is_named_one_way() -> None:
    body = {"list": "court", "decision_no": "甬执1号"}
    both = body | {"resident_id": resident(1), "subject": "a" * 32}
    assert codes(BarOfficeholder, body) == [("person-unclear", ("subject",))]
    assert codes(BarOfficeholder, both) == [("person-unclear", ("subject",))]
    assert accepted(BarOfficeholder, body | {"resident_id": resident(1)})


def test_a_change_says_what_it_is_about() -> None:
    assert codes(ApplyChange, ID | {"change": {"field": "mood"}}) == [
        ("union_tag_invalid", ("change",))
    ]


def test_unknown_fields_are_refused_everywhere() -> None:
    for spec in discover().commands.values():
        assert ("extra_forbidden", ("surprise",)) in codes(spec.model, {"surprise": 1})


def test_every_example_is_a_sound_command() -> None:
    for spec in discover().commands.values():
        for example in spec.model.model_json_schema().get("examples", ()):
            assert accepted(spec.model, example)


def test_a_checklist_names_documents() -> None:
    assert accepted(Approve, ID | {"checklist": ["articles-of-association"]})
    assert [code for code, _ in codes(Approve, ID | {"checklist": ["poem"]})] == ["enum"]
