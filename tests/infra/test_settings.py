"""The environment is read once; what cannot be right is refused by name, without quoting it."""

from pathlib import Path

import pytest

from infra.errors import Misconfigured
from infra.settings import Address, Settings, TrustedIssuer, read


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HUIMIN_{name.upper()}", raising=False)


def test_an_empty_environment_is_a_whole_configuration() -> None:
    settings = read()
    assert settings == Settings(
        data_dir=Path(".huimin"),
        database_url=None,
        nats_url=None,
        http="127.0.0.1:8080",
        api_workers=1,
        requests_per_second=1000,
        log=None,
        token_issuers=None,
        master_key=None,
        namespace="huimin",
    )
    assert settings.events_stream == "HUIMIN_EVENTS"
    assert settings.nats_servers is None
    assert settings.trusted_issuers == []


def test_an_empty_value_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIMIN_DATABASE_URL", "")
    assert read().database_url is None


def test_lists_and_addresses_come_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIMIN_NATS_URL", "nats://a:4222, tls://b:4222")
    monkeypatch.setenv("HUIMIN_HTTP", "[::1]:0")
    monkeypatch.setenv(
        "HUIMIN_TOKEN_ISSUERS", "https://login.example.cn/realms/city=huimin,http://b=counter"
    )
    settings = read()
    assert settings.nats_servers == ["nats://a:4222", "tls://b:4222"]
    assert settings.http_address == Address("::1", 0)
    assert settings.trusted_issuers == [
        TrustedIssuer("https://login.example.cn/realms/city", "huimin"),
        TrustedIssuer("http://b", "counter"),
    ]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HUIMIN_DATABASE_URL", "mysql://secret@host/db"),
        ("HUIMIN_NATS_URL", "http://secret"),
        ("HUIMIN_NATS_URL", ","),
        ("HUIMIN_HTTP", "secret"),
        ("HUIMIN_HTTP", "secret:65536"),
        ("HUIMIN_HTTP", "a b:80"),
        ("HUIMIN_API_WORKERS", "0"),
        ("HUIMIN_API_WORKERS", "secret"),
        ("HUIMIN_REQUESTS_PER_SECOND", "0"),
        ("HUIMIN_LOG", "secret"),
        ("HUIMIN_TOKEN_ISSUERS", "https://secret"),
        ("HUIMIN_TOKEN_ISSUERS", "secret=huimin"),
        ("HUIMIN_MASTER_KEY", "secret"),
        ("HUIMIN_MASTER_KEY", "c2VjcmV0"),
        ("HUIMIN_MASTER_KEY", "file:"),
        ("HUIMIN_NAMESPACE", "Secret"),
        ("HUIMIN_NAMESPACE", "s" * 41),
    ],
)
def test_a_bad_value_is_refused_by_its_variables_name_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(Misconfigured) as refusal:
        read()
    assert str(refusal.value).startswith(f"{variable} 的值无效")
    assert "must be: " in str(refusal.value)
    assert "secret" not in str(refusal.value).lower()
    assert refusal.value.__suppress_context__


def test_passwords_and_keys_are_not_shown() -> None:
    shown = repr(
        Settings(
            database_url="postgresql://u:hidden@host/db",
            nats_url="nats://u:hidden@host",
            master_key="file:/hidden",
        )
    )
    assert "hidden" not in shown
