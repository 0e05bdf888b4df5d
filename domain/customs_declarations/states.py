"""The states of a declaration, as the brief's table has them, and the groups its rows name."""

from enum import StrEnum


class State(StrEnum):
    """From the first document to the end; ``CANCELLED``, ``RETURNED``, ``RETURNED_ABROAD`` and
    ``CLOSED`` lead nowhere."""

    COLLECTING = "collecting"
    MISMATCHED = "mismatched"
    MATCHED = "matched"
    DECLARED = "declared"
    ACCEPTED = "accepted"
    REVIEWING = "reviewing"
    INSPECTING = "inspecting"
    DETAINED = "detained"
    CLEARED = "cleared"
    RELEASED = "released"
    RETURN_OPEN = "return_open"
    RETURNED = "returned"
    SETTLED = "settled"
    RETURNED_ABROAD = "returned_abroad"
    CANCELLED = "cancelled"
    CLOSED = "closed"


WAITING = (State.DECLARED, State.ACCEPTED, State.REVIEWING)
"""Declared, and customs has neither passed nor held it: the table's ``declared…reviewing``."""

UNRELEASED = (*WAITING, State.INSPECTING, State.DETAINED, State.CLEARED)
"""A list is out and its goods are still with customs."""

TOLD_BY_CUSTOMS = tuple(s for s in State if s not in (State.COLLECTING, State.MISMATCHED))
"""Where a receipt of customs may come in, be it only to be noted as late."""
