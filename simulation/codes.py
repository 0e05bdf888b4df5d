"""Unified social credit codes that no other run of a simulation has drawn."""

import hashlib

from domain.shared.identifiers import UsccKind, make_uscc
from domain.shared.uscc import ALPHABET


def uscc(kind: UsccKind, registry: str, key: str) -> str:
    """A code for a new body; ``key`` decides its organisation code, within ``MA…``."""
    number = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest())
    body = ""
    for _ in range(6):
        number, place = divmod(number, len(ALPHABET))
        body += ALPHABET[place]
    return make_uscc(kind, registry, f"MA{body}")
