"""Ids that follow from what a matter is about, so that whoever needs it finds it without a look-up.

For registries with one matter per person, per company or per stock: the first decision that needs
one begins it, and two that begin it at the same time are judged by the log like any race.
"""

from uuid import UUID, uuid5

_HUIMIN = UUID("c3a1f0d4-2b6e-5c57-8f0a-4d9e7b1c6a52")


def derived_id(kind: str, *values: str | int | UUID) -> UUID:
    """The id of the one matter of a kind about these values, the same at all times.

    Ids show in subjects, logs and URLs: of a person, give the pseudonym (``ctx.keyed_hash``), never
    a number or a name. ``kind`` and the order of values are stored by what follows from them, so
    neither ever changes. Each part goes in with its length, so that no two lists read alike.
    """
    parts = [str(part) for part in (kind, *values)]
    return uuid5(_HUIMIN, "".join(f"{len(part)}:{part}" for part in parts))
