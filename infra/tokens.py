"""Who asks: bearer tokens, signed by the development issuer or another trusted one.

Until identity arrives, a key made in the data directory at the first start signs the tokens of
``huimin token issue``. Algorithms are pinned per issuer, so a token cannot choose its own. A
verified token is remembered until it expires, because checking a signature costs about 60 µs,
as much as the whole rest of a command.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from commands.base import Caller, Role
from infra import clock
from infra.errors import BadRequest, Misconfigured
from infra.keys import read_or_make_secret
from infra.settings import Settings

AUDIENCE = "huimin"
DEVELOPMENT = "huimin-development"
LEEWAY = timedelta(seconds=30)
REMEMBERED = 10_000
LONGEST_TOKEN = 8_192
LONGEST_ACTOR = 128
HUIMIN_ITSELF = ("policy:", "clock:")
"""Beginnings of the actors that only Huimin's own policies and scheduler bear."""

PublicKey = Ed25519PublicKey | EllipticCurvePublicKey | RSAPublicKey
ALGORITHM: Mapping[type[Any], str] = {
    Ed25519PublicKey: "EdDSA",
    EllipticCurvePublicKey: "ES256",
    RSAPublicKey: "RS256",
}


@dataclass(frozen=True, slots=True)
class Issuer:
    """One trusted issuer: its name (``iss``), the audience meant for us, and its public key."""

    name: str
    audience: str
    key: PublicKey

    @property
    def algorithm(self) -> str:
        """The one algorithm its tokens may have, from the kind of its key."""
        return next(name for kind, name in ALGORITHM.items() if isinstance(self.key, kind))


class DevelopmentIssuer:
    """Signs tokens with a key of its own in ``data_dir`` (mode 0600), made when missing."""

    def __init__(self, data_dir: Path) -> None:
        secret = read_or_make_secret(data_dir / "keys" / "tokens.key")
        self._key = Ed25519PrivateKey.from_private_bytes(secret)

    def trusted(self) -> Issuer:
        """The issuer as a verifier needs it."""
        return Issuer(DEVELOPMENT, AUDIENCE, self._key.public_key())

    def issue(
        self,
        actor: str,
        roles: Iterable[Role | str],
        department: str | None = None,
        ttl: timedelta = timedelta(hours=12),
    ) -> str:
        """A token for ``actor``; raises Misconfigured for what no verifier would take."""
        granted = sorted({Role(role).value for role in roles})
        if Role.SYSTEM in granted:
            raise Misconfigured("the role system is Huimin's own and is never issued")
        if not _is_actor(actor):
            raise Misconfigured(
                f"actor 须为 1 至 {LONGEST_ACTOR} 个可打印字符，且不以"
                f"{' 或 '.join(HUIMIN_ITSELF)} 开头 · an actor has 1 to {LONGEST_ACTOR} printable "
                f"characters and does not begin with {' or '.join(HUIMIN_ITSELF)}"
            )
        now = clock.now()
        claims: dict[str, Any] = {
            "iss": DEVELOPMENT,
            "aud": AUDIENCE,
            "sub": actor,
            "roles": granted,
            "iat": now,
            "exp": now + ttl,
        }
        if department is not None:
            claims["department"] = department
        return jwt.encode(claims, self._key, algorithm="EdDSA")


class Verifier:
    """From a token to the caller it speaks for."""

    def __init__(
        self, issuers: Iterable[Issuer], *, now: Callable[[], datetime] = clock.now
    ) -> None:
        self._issuers = {issuer.name: issuer for issuer in issuers}
        self._now = now
        self._known: OrderedDict[str, tuple[float, Caller]] = OrderedDict()

    def caller(self, token: str) -> Caller:
        """Who the token speaks for.

        Raises BadRequest ``unauthenticated`` (401) whatever is wrong with it, without saying what.
        """
        known = self._known.get(token)
        if known is not None:
            if known[0] > self._now().timestamp():
                return known[1]
            del self._known[token]
        try:
            until, caller = self._verified(token)
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise BadRequest("unauthenticated", 401) from error
        self._known[token] = (until, caller)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return caller

    def _verified(self, token: str) -> tuple[float, Caller]:
        if len(token) > LONGEST_TOKEN:
            raise ValueError("too long")
        claimed = jwt.decode(token, options={"verify_signature": False}).get("iss")
        issuer = self._issuers.get(claimed) if isinstance(claimed, str) else None
        if issuer is None:
            raise ValueError("issuer")
        claims = jwt.decode(
            token,
            issuer.key,
            algorithms=[issuer.algorithm],
            audience=issuer.audience,
            issuer=issuer.name,
            leeway=LEEWAY,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
        return float(claims["exp"]), _caller(claims)


def _caller(claims: Mapping[str, Any]) -> Caller:
    """The caller in verified claims; roles we do not know are passed over, ValueError for what
    no honest issuer writes."""
    actor, named, department = claims["sub"], claims.get("roles", []), claims.get("department")
    if not isinstance(actor, str) or not _is_actor(actor):
        raise ValueError("sub")
    if not isinstance(named, list) or Role.SYSTEM in named:
        raise ValueError("roles")
    if department is not None and not isinstance(department, str):
        raise ValueError("department")
    return Caller(actor, frozenset(role for role in Role if role in named), department)


def _is_actor(actor: str) -> bool:
    return (
        0 < len(actor) <= LONGEST_ACTOR
        and actor.isprintable()
        and not actor.startswith(HUIMIN_ITSELF)
    )


def verifier(settings: Settings) -> Verifier:
    """The verifier this installation's settings ask for.

    Raises Misconfigured when they name OIDC issuers, which are for the identity issue to read.
    """
    if settings.trusted_issuers:
        raise Misconfigured("HUIMIN_TOKEN_ISSUERS: only the development issuer is known so far")
    return Verifier([DevelopmentIssuer(settings.data_dir).trusted()])
