"""What customs answers to a list (receipt 622): codes, and what one comes to in a given state.

A receipt counts by customs' own time, not by when it reached the city; it may skip, repeat and
arrive late. Source: CEB message specification, return status codes; the brief's table.
"""

from datetime import datetime
from enum import IntEnum, StrEnum

from domain.customs_declarations.documents import Value
from domain.customs_declarations.states import UNRELEASED, WAITING, State


class ReceiptCode(IntEnum):
    """Status codes of a list; a negative number is a technical fault and stands for itself."""

    RETURNED = 100
    ACCEPTED = 120
    REVIEW = 300
    CLEARED = 399
    INSPECTION = 500
    DETAINED_TO_CLEARANCE = 501
    DETAINED_TO_ANTI_SMUGGLING = 502
    DETAINED_TO_LEGAL = 503
    DETAINED_OTHERWISE = 599
    BACK_ABROAD = 700
    RELEASED = 800


class Receipt(Value):
    """One receipt. ``customs_time`` is customs' own (UTC); ``cop_no`` the list it answers."""

    code: int
    customs_time: datetime
    cop_no: str
    invt_no: str | None


class Effect(StrEnum):
    """What a receipt does to the list."""

    ACCEPT = "accept"
    REVIEW = "review"
    RETURN = "return"
    INSPECT = "inspect"
    DETAIN = "detain"
    CLEAR = "clear"
    RELEASE = "release"
    SEND_BACK = "send-back"
    FAULT = "fault"
    IGNORE = "ignore"


class WhyIgnored(StrEnum):
    """Why a receipt changes nothing."""

    OLDER = "older"
    REPEATED = "repeated"
    NOT_APPLICABLE = "not-applicable"


C = ReceiptCode
_DETAINED = (
    C.DETAINED_TO_CLEARANCE,
    C.DETAINED_TO_ANTI_SMUGGLING,
    C.DETAINED_TO_LEGAL,
    C.DETAINED_OTHERWISE,
)

EFFECTS: dict[int, tuple[Effect, frozenset[State]]] = {
    C.ACCEPTED: (Effect.ACCEPT, frozenset({State.DECLARED})),
    C.REVIEW: (Effect.REVIEW, frozenset({State.DECLARED, State.ACCEPTED})),
    C.RETURNED: (Effect.RETURN, frozenset(WAITING)),
    C.INSPECTION: (Effect.INSPECT, frozenset(WAITING)),
    # An inspection is what most detentions come of, and one of them may end well: the brief's
    # table says neither, and would leave such goods with customs for ever.
    **dict.fromkeys(_DETAINED, (Effect.DETAIN, frozenset({*WAITING, State.INSPECTING}))),
    C.CLEARED: (Effect.CLEAR, frozenset({*WAITING, State.INSPECTING, State.DETAINED})),
    C.RELEASED: (Effect.RELEASE, frozenset(UNRELEASED)),
    C.BACK_ABROAD: (Effect.SEND_BACK, frozenset({State.INSPECTING, State.DETAINED})),
}
"""Code → its effect, and the states in which it has it; in all others it is ignored."""


def effect_of(
    receipt: Receipt, *, state: State, cop_no: str | None, last: tuple[int, datetime] | None
) -> tuple[Effect, WhyIgnored | None]:
    """What a receipt comes to for a list in ``state``.

    ``cop_no`` is the number of the list that is out, None when customs returned it; ``last`` the
    code and customs' time of the receipt applied last.
    """
    if receipt.code < 0:
        return Effect.FAULT, None
    if receipt.cop_no != cop_no:
        return Effect.IGNORE, WhyIgnored.OLDER
    if last is not None:
        if receipt.customs_time < last[1]:
            return Effect.IGNORE, WhyIgnored.OLDER
        if receipt.code == last[0]:
            return Effect.IGNORE, WhyIgnored.REPEATED
    effect, states = EFFECTS[receipt.code]
    if state not in states:
        return Effect.IGNORE, WhyIgnored.NOT_APPLICABLE
    return effect, None
