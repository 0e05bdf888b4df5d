"""The map is fresh, names that live for ever live on, and every declaration is whole."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

from domain.shared.catalogue import ALL
from domain.shared.sentences import fields
from infra.discovery import discover
from infra.map import MAP, NAMES, stored_names, written_map

REGISTRY = discover()
ROOT = Path(__file__).parent.parent


def codes_of_bodies() -> Iterator[str]:
    """The codes with which values and commands find a body wrong, read off the source."""
    for path in (*ROOT.glob("domain/**/*.py"), *ROOT.glob("commands/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="bad" | "PydanticCustomError"),
                    args=[ast.Constant(value=str(code)), *_],
                ):
                    yield code


def test_the_map_is_what_discovery_finds() -> None:
    assert MAP.read_text() == written_map(REGISTRY), "make map writes it again"


def test_no_stored_name_and_no_events_schema_has_vanished_or_changed() -> None:
    gone = set(NAMES.read_text().splitlines()) - set(stored_names(REGISTRY))
    assert {line for line in gone if not is_lifted(line)} == set(), (
        "an event's changed shape is a new version with an upcaster"
    )


def test_an_old_shape_may_go_only_when_a_newer_one_lifts_it() -> None:
    repaired = "event wifi-sessions.ap-repaired"
    assert is_lifted(f"{repaired}.v1 16530b25f4264897")
    assert not is_lifted(f"{repaired}.v2 16530b25f4264897")  # another shape under its own version
    assert not is_lifted("event wifi-sessions.ap-mended.v1 16530b25f4264897")
    assert not is_lifted("policy open-credit-subject")


def is_lifted(line: str) -> bool:
    """Whether a line is of an event's older version, which today's class lifts to its own."""
    kind, name, *_ = line.split(" ")
    stem, _, version = name.rpartition(".v")
    newer = [e for n, e in REGISTRY.events.items() if n.rpartition(".v")[0] == stem]
    return kind == "event" and any(
        hasattr(e, f"upcast_v{n}") for e in newer for n in range(int(version), e.v)
    )


def test_every_stored_name_is_written_down() -> None:
    assert set(stored_names(REGISTRY)) <= set(NAMES.read_text().splitlines()), "make map adds it"


def test_every_event_is_folded_or_meant_for_the_audit_alone() -> None:
    folded = {fold.event_class for folds in REGISTRY.folds.values() for fold in folds}
    kept_by_the_engine = {e for e in REGISTRY.events.values() if "clocks" in e.model_fields}
    unread = {
        name
        for name, event in REGISTRY.events.items()
        if event not in folded | kept_by_the_engine and not event.audit_only
    }
    assert unread == set()


def test_every_refusal_has_a_sentence_in_chinese_and_english() -> None:
    own = REGISTRY.refusal_sentences
    assert {r.code for r in REGISTRY.refusals if r not in own and r.code not in ALL} == set()
    assert all(zh and en for zh, en in (*ALL.values(), *own.values(), *REGISTRY.sentences.values()))


def test_every_code_of_a_wrong_body_has_a_sentence_too() -> None:
    found = set(codes_of_bodies())
    assert {"name-malformed", "shares-not-whole", "bad-resident-id"} <= found
    assert found - set(ALL) - set(REGISTRY.sentences) == set()


def test_a_code_of_a_wrong_body_is_said_alike_by_all_programmes() -> None:
    words: dict[str, set[tuple[str, str]]] = {}
    for refusal, own in REGISTRY.refusal_sentences.items():
        words.setdefault(refusal.code, set()).add(own)
    several = {code for code, said in words.items() if len(said) > 1}
    assert several & set(codes_of_bodies()) == set()


def test_every_fact_of_a_sentence_is_one_of_its_refusal() -> None:
    for refusal in REGISTRY.refusals:
        known = set(get_type_hints(refusal)) | {"code"}
        for template in REGISTRY.refusal_sentences.get(refusal) or ALL[refusal.code]:
            assert fields(template) <= known, refusal.code
