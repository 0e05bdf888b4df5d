"""The map is fresh, names that live for ever live on, and every declaration is whole."""

from domain.shared.catalogue import ALL
from infra.discovery import discover
from infra.map import MAP, NAMES, stored_names, written_map

REGISTRY = discover()


def test_the_map_is_what_discovery_finds() -> None:
    assert MAP.read_text() == written_map(REGISTRY), "make map writes it again"


def test_no_stored_name_and_no_events_schema_has_vanished_or_changed() -> None:
    gone = set(NAMES.read_text().splitlines()) - set(stored_names(REGISTRY))
    assert not gone, "an event's changed shape is a new version with an upcaster"


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
    sentences = {**ALL, **REGISTRY.sentences}
    assert {r.code for r in REGISTRY.refusals if r.code not in sentences} == set()
    assert all(zh and en for zh, en in sentences.values())
