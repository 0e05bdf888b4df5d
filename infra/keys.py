"""The master key and what is derived from it: pseudonyms of personal values and fingerprints.

In development the key is a file in the data directory, made at the first start; elsewhere it
comes by ``HUIMIN_MASTER_KEY``. Losing it loses the link between a person and their pseudonym, so
it belongs into the backup, apart from the log's.
"""

import base64
import binascii
import hashlib
import os
import secrets
from pathlib import Path

from infra.errors import Misconfigured

KEY_BYTES = 32


class Keys:
    """Keyed hashes under purposes of their own, so that no two uses can be matched up.

    BLAKE2b keyed (RFC 7693): a tenth of HMAC-SHA-256's cost for short values.
    """

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_BYTES:
            raise Misconfigured(f"HUIMIN_MASTER_KEY must be {KEY_BYTES} bytes as base64")
        self._master = master
        # hashes begun with key and purpose, half of a digest's cost; purposes are few
        self._begun: dict[tuple[str, int], hashlib.blake2b] = {}

    def pseudonym(self, kind: str, value: str) -> str:
        """A stable pseudonym of a personal value, 32 hexadecimal characters."""
        return self.digest(kind, value.encode(), size=16).hex()

    def digest(self, purpose: str, data: bytes, *, size: int = 32) -> bytes:
        """Keyed hash of ``data`` for one purpose, ``size`` bytes."""
        begun = self._begun.get((purpose, size))
        if begun is None:
            salted = hashlib.blake2b(purpose.encode(), digest_size=16).digest()
            begun = hashlib.blake2b(digest_size=size, key=self._master, salt=salted)
            self._begun[purpose, size] = begun
        hashing = begun.copy()
        hashing.update(data)
        return hashing.digest()


def load_keys(master_key: str | None, data_dir: Path) -> Keys:
    """The keys of this installation; makes a development key where none is given.

    ``master_key`` is base64 of 32 bytes, or ``file:`` and the path of a file that holds such.
    Raises Misconfigured when it is neither.
    """
    if master_key:
        try:
            text = (
                Path(master_key[5:]).read_text() if master_key.startswith("file:") else master_key
            )
            return Keys(base64.b64decode(text.strip(), validate=True))
        except (OSError, binascii.Error) as error:
            raise Misconfigured("HUIMIN_MASTER_KEY must be base64, or file:path") from error
    return Keys(read_or_make_secret(data_dir / "keys" / "master.key"))


def read_or_make_secret(path: Path) -> bytes:
    """32 random bytes kept in ``path`` (hexadecimal, mode 0600), made when missing.

    Several processes may start at once: a link made after the bytes are on disk decides whose
    secret counts, and nobody reads half of one. Raises Misconfigured, which names the file, when it
    cannot be made or read, or holds something else.
    """
    try:
        secret = _read_or_make(path)
    except OSError as error:
        raise Misconfigured(
            f"{path}: {error.strerror}；请检查 HUIMIN_DATA_DIR · check HUIMIN_DATA_DIR"
        ) from error
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise Misconfigured(
            f"{path}: 密钥文件已损坏，请从备份恢复 · the key file is damaged, restore it from a backup"
        )
    return secret


def _read_or_make(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first; its secret counts  # allow: except-pass, see above
        finally:
            draft.unlink()
    return bytes.fromhex(path.read_text().strip())
