"""The catalogue: both languages, same facts, a title without facts, nothing that fails."""

import ast
import re
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import domain.shared
from domain.shared.catalogue import ALL, FIELD_SENTENCES, SENTENCES, field_code, sentence, title
from domain.shared.refusals import Forbidden, FourEyes, NotFound, NotInState
from domain.shared.sentences import fields


@pytest.mark.parametrize("code", ALL)
def test_each_code_speaks_both_languages_with_the_same_facts(code: str) -> None:
    chinese, english = ALL[code]
    assert fields(chinese) == fields(english)
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert not re.search("[\u4e00-\u9fff]", english)
    assert chinese.endswith("。")
    assert english.endswith(".")


@pytest.mark.parametrize("code", ALL)
def test_a_title_is_the_first_sentence_and_has_no_facts(code: str) -> None:
    for language in ("zh-CN", "en"):
        first = title(code, language)
        assert first
        assert not fields(first)
        assert sentence(code, language).startswith(first)


@pytest.mark.parametrize("code", SENTENCES)
def test_a_refusal_says_more_than_that_it_refuses(code: str) -> None:
    facts = dict.fromkeys(fields(SENTENCES[code][1]), "…")
    for language in ("zh-CN", "en"):
        assert len(sentence(code, language, facts)) > len(title(code, language)) + 1


def test_a_code_is_written_in_kebab_case_and_said_once() -> None:
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", code) for code in ALL)
    assert not FIELD_SENTENCES.keys() & SENTENCES.keys()
    assert field_code("greater_than_equal") in FIELD_SENTENCES


def test_each_code_that_a_shared_value_raises_has_a_sentence() -> None:
    raised: set[str] = set()
    for module in Path(domain.shared.__path__[0]).glob("*.py"):
        for call in ast.walk(ast.parse(module.read_text("utf-8"))):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id in ("bad", "PydanticCustomError")
                and isinstance(call.args[0], ast.Constant)
            ):
                raised.add(str(call.args[0].value))
    assert {"bad-mobile", "uscc-bad-check", "instant-without-offset"} <= raised
    assert raised <= SENTENCES.keys()


def test_each_shared_refusal_has_a_sentence() -> None:
    assert {r.code for r in (NotInState, FourEyes, Forbidden, NotFound)} <= SENTENCES.keys()


def test_a_sentence_tells_the_facts() -> None:
    refusal = NotInState(state="submitted", allowed=("approve", "reject"))
    assert sentence(refusal.code, "en", refusal.facts()) == (
        "The matter is in a state that does not allow this. Its state is submitted. "
        "Allowed in it: approve, reject."
    )
    assert sentence(refusal.code, "zh-CN", refusal.facts()) == (
        "当前状态不允许此操作。现在的状态是submitted。在此状态下可以办理：approve、reject。"
    )


def test_nothing_allowed_is_said_so() -> None:
    facts = {"state": "lapsed", "allowed": ()}
    assert sentence("not-in-state", "en", facts).endswith("Allowed in it: nothing.")
    assert sentence("not-in-state", "zh", facts).endswith("可以办理：无。")


def test_a_sentence_whose_fact_nobody_gave_is_left_out() -> None:
    assert sentence("not-in-state", "en", {"state": "lapsed", "allowed": None}) == (
        "The matter is in a state that does not allow this. Its state is lapsed."
    )
    assert sentence("rate-limited", "zh") == "请求过于频繁。本次未作任何更改。"


def test_times_are_told_in_the_citys_time() -> None:
    until = datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert "until 2026-03-03 00:00;" in sentence("legal-hold", "en", {"until": until})
    assert "至2026-03-03，" in sentence("legal-hold", "zh", {"until": date(2026, 3, 3)})


class Colour(StrEnum):
    RED = "red"


def test_facts_are_told_as_people_read_them() -> None:
    told = {"x": ("甲{who}。", "It is {who}.")}
    assert sentence("x", "en", {"who": Colour.RED}, told) == "It is red."
    assert sentence("x", "en", {"who": True}, told) == "It is yes."
    assert sentence("x", "zh", {"who": False}, told) == "甲否。"
    assert sentence("x", "en", {"who": frozenset({"b", "a"})}, told) == "It is a, b."


def test_a_programmes_own_sentence_is_found_and_shared_ones_too() -> None:
    own = {"name-taken": ("名称已被使用。", "The name is taken.")}
    assert sentence("name-taken", "zh-CN", {}, own) == "名称已被使用。"
    assert sentence("four-eyes", "en", {}, own) == sentence("four-eyes", "en")
    assert title("name-taken", "en", own) == "The name is taken"


def test_a_code_without_a_sentence_is_told_by_its_code() -> None:
    assert sentence("never-heard", "en") == "The request was refused. Its code is never-heard."


@given(st.dictionaries(st.sampled_from(["state", "allowed", "until", "code"]), st.text()))
def test_facts_are_printed_and_never_read_as_templates(facts: dict[str, object]) -> None:
    for code in ("not-in-state", "legal-hold", "refused", "never-heard"):
        assert sentence(code, "en", facts).startswith(title(code, "en"))
    braces = {"state": "{allowed} {0} {x.__class__}", "allowed": ()}
    assert "{allowed} {0} {x.__class__}" in sentence("not-in-state", "en", braces)
