"""Tokens: what a verifier takes, and everything it must not."""

import base64
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from commands.base import Role
from infra.errors import BadRequest, Misconfigured
from infra.settings import Settings
from infra.tokens import AUDIENCE, DEVELOPMENT, DevelopmentIssuer, Issuer, Verifier, verifier

NOW = datetime.now(UTC)
KEY = Ed25519PrivateKey.generate()
STRANGER = Ed25519PrivateKey.generate()


def claims(**changes: Any) -> dict[str, Any]:
    usual = {
        "iss": DEVELOPMENT,
        "aud": AUDIENCE,
        "sub": "officer-7",
        "roles": ["officer"],
        "exp": NOW + timedelta(days=1),
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


def signed(key: Ed25519PrivateKey = KEY, **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm="EdDSA")


def unsigned() -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    body = claims(exp=int(NOW.timestamp()) + 86_400)
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(body)}."


@pytest.fixture
def trusting() -> Verifier:
    return Verifier([Issuer(DEVELOPMENT, AUDIENCE, KEY.public_key())])


def test_an_issued_token_speaks_for_its_actor_with_roles_and_department(tmp_path: Path) -> None:
    issuer = DevelopmentIssuer(tmp_path)
    token = issuer.issue("officer-7", [Role.OFFICER, "auditor"], "tax")
    caller = Verifier([issuer.trusted()]).caller(token)
    assert caller.actor == "officer-7"
    assert caller.roles == {Role.OFFICER, Role.AUDITOR}
    assert caller.department == "tax"


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    token = DevelopmentIssuer(tmp_path).issue("a", [Role.CITIZEN])
    (key,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert verifier(Settings(data_dir=tmp_path)).caller(token).actor == "a"


WRONG = {
    "nothing": "",
    "not a token": "nonsense",
    "three empty parts": "a.b.c",
    "far too long": "x" * 10_000,
    "signed by a stranger": signed(STRANGER),
    "not signed": unsigned(),
    "signed with a shared secret": jwt.encode(claims(), "x" * 32, algorithm="HS256"),
    "another issuer": signed(iss="https://elsewhere.example"),
    "no issuer": signed(iss=None),
    "another audience": signed(aud="another-service"),
    "no audience": signed(aud=None),
    "expired": signed(exp=NOW - timedelta(minutes=5)),
    "never expires": signed(exp=None),
    "not valid yet": signed(nbf=NOW + timedelta(hours=12), exp=NOW + timedelta(days=1)),
    "no actor": signed(sub=None),
    "empty actor": signed(sub=""),
    "long actor": signed(sub="a" * 129),
    "actor of two lines": signed(sub="two\nlines"),
    "a policy of Huimin": signed(sub="policy:open-credit-subject"),
    "a clock of Huimin": signed(sub="clock:one-hour"),
    "Huimin's own role": signed(roles=["system"]),
    "roles in a text": signed(roles="officer"),
    "a number for a department": signed(department=7),
}


@pytest.mark.parametrize("token", WRONG.values(), ids=WRONG.keys())
def test_a_token_that_is_not_wholly_right_is_refused(trusting: Verifier, token: str) -> None:
    for _ in range(2):
        with pytest.raises(BadRequest) as refused:
            trusting.caller(token)
        assert (refused.value.status, refused.value.code) == (401, "unauthenticated")


def test_a_few_seconds_of_clock_difference_do_no_harm(trusting: Verifier) -> None:
    assert (
        trusting.caller(signed(exp=datetime.now(UTC) - timedelta(seconds=10))).actor == "officer-7"
    )


def test_roles_nobody_knows_are_passed_over(trusting: Verifier) -> None:
    assert trusting.caller(signed(roles=["officer", "wizard"])).roles == {Role.OFFICER}


def test_a_remembered_token_ends_when_it_expires() -> None:
    at = [datetime.now(UTC)]
    remembering = Verifier([Issuer(DEVELOPMENT, AUDIENCE, KEY.public_key())], now=lambda: at[0])
    token = signed(exp=at[0] + timedelta(milliseconds=1500))
    first = remembering.caller(token)
    assert remembering.caller(token) is first
    at[0] += timedelta(seconds=2)
    assert remembering.caller(token) is not first  # asked again, and still within the leeway


@pytest.mark.parametrize("actor", ["", "policy:x", "clock:y", "a\x00", "a" * 129])
def test_the_issuer_signs_for_no_actor_that_would_be_refused(tmp_path: Path, actor: str) -> None:
    with pytest.raises(Misconfigured):
        DevelopmentIssuer(tmp_path).issue(actor, [Role.CITIZEN])


def test_the_role_of_huimin_itself_is_never_issued(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        DevelopmentIssuer(tmp_path).issue("a", [Role.SYSTEM])
