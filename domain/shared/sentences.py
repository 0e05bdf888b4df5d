"""How a code becomes a sentence: pure functions over the catalogue and a code's facts.

A template is one or more short sentences with fields in braces. What may surprise: a sentence that
needs a fact nobody gave is left out, so one template serves the caller who may know more and the
one who may know less; hence the first sentence has no fields, and is also the error's title.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum

from domain.shared.instants import shown

Sentences = Mapping[str, tuple[str, str]]
"""Code → what to say in Chinese and in English."""

FALLBACK = "refused"
"""The code whose sentence stands in for a code without one."""

_ENDS = re.compile(r"(?<=[。！？])|(?<=[.!?]) (?=[A-Z{])")
_FIELD = re.compile(r"\{(\w+)\}")


def sentence(code: str, language: str, facts: Mapping[str, object], sentences: Sentences) -> str:
    """What was wrong, what is allowed, what to do, in ``zh-CN`` (any ``zh``) or English.

    Never fails for a missing fact or an unknown code. Facts are printed as they are: whoever
    passes them has left out what is personal.
    """
    chinese = language.lower().startswith("zh")
    told = {name: _told(value, chinese) for name, value in facts.items() if value is not None}
    told.setdefault("code", code)
    parts = [
        _FIELD.sub(lambda field: told[field[1]], part)
        for part in _parts(code, chinese, sentences)
        if set(_FIELD.findall(part)) <= told.keys()
    ]
    return ("" if chinese else " ").join(parts)


def title(code: str, language: str, sentences: Sentences) -> str:
    """The first sentence, the same for every occurrence (RFC 9457), without its full stop."""
    return _parts(code, language.lower().startswith("zh"), sentences)[0].rstrip("。.")


def fields(template: str) -> frozenset[str]:
    """Names of the facts a template may show."""
    return frozenset(_FIELD.findall(template))


def _parts(code: str, chinese: bool, sentences: Sentences) -> list[str]:
    in_chinese, in_english = sentences.get(code) or sentences[FALLBACK]
    return [part for part in _ENDS.split(in_chinese if chinese else in_english) if part]


def _told(value: object, chinese: bool) -> str:
    if isinstance(value, datetime):
        return shown(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return ("是" if value else "否") if chinese else ("yes" if value else "no")
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        joined = ("、" if chinese else ", ").join(_told(item, chinese) for item in items)
        return joined or ("无" if chinese else "nothing")
    return str(value)
