"""Cursors of paged queries: where a page ended, sealed so that nobody can read or forge it.

Encrypted and not only signed (AES-256-GCM under a key derived for this use), because the last row's
sort value may be a person's name, and a cursor travels in URLs. The first byte is the suite, so
that another can follow; a cursor of an unknown suite or of another query is refused like a forgery.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.errors import BadRequest

_SUITE = b"\x01"
_NONCE_BYTES = 12


class Cursors:
    """Seals and opens cursors with a key of any length."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(
            hashlib.blake2b(key, person=b"huimin cursors", digest_size=32).digest()
        )

    def seal(self, query: str, place: Sequence[Any]) -> str:
        """The cursor that goes on behind ``place`` (JSON values) in this very query."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, orjson.dumps(place), query.encode())
        return base64.urlsafe_b64encode(_SUITE + nonce + sealed).rstrip(b"=").decode()

    def open(self, query: str, cursor: str) -> list[Any]:
        """The place. Raises BadRequest ``bad-cursor`` when it is not one of ours for this query."""
        try:
            text = cursor.encode("ascii")
            data = base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
            if data[:1] != _SUITE:
                raise BadRequest("bad-cursor")
            nonce, sealed = data[1 : 1 + _NONCE_BYTES], data[1 + _NONCE_BYTES :]
            place = orjson.loads(self._cipher.decrypt(nonce, sealed, query.encode()))
        except (ValueError, binascii.Error, InvalidTag):
            raise BadRequest("bad-cursor") from None
        return list(place)
