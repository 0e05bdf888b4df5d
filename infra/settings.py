"""What the environment says, read once at the edge by `read()` and handed on as plain values.

Each variable has a default that works, so an empty environment is a whole configuration. A value
that cannot be right is refused with the variable's name and what it may be, in Chinese and English;
the value itself is never repeated, because it may hold a password.
"""

import base64
import binascii
import re
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from infra.errors import Misconfigured

PREFIX = "HUIMIN_"
MASTER_KEY_BYTES = 32


class Address(NamedTuple):
    """Where a server listens. Port 0 lets the system pick a free one."""

    host: str
    port: int


class TrustedIssuer(NamedTuple):
    """An OIDC issuer whose tokens are accepted when they are meant for `audience`."""

    issuer: str
    audience: str


def address(text: str) -> Address:
    """`host:port` or `[ipv6]:port` as an address.

    Raises ValueError when it is neither.
    """
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/\[\]]+)):(\d{1,5})", text)
    if not found or int(found[3]) > 65535:
        raise ValueError(text)
    return Address(found[1] or found[2], int(found[3]))


def _an_address(text: str) -> str:
    address(text)
    return text


def _a_database(url: str) -> str:
    if urlsplit(url).scheme not in {"postgresql", "postgres"}:
        raise ValueError("scheme")
    return url


def _nats_servers(urls: str) -> str:
    servers = _listed(urls)
    if not servers or any(urlsplit(s).scheme not in {"nats", "tls", "ws", "wss"} for s in servers):
        raise ValueError("scheme")
    return urls


def _issuers(text: str) -> str:
    for pair in _listed(text):
        issuer, _, audience = pair.rpartition("=")
        if urlsplit(issuer).scheme not in {"http", "https"} or not audience:
            raise ValueError("issuer")
    return text


def _a_master_key(text: str) -> str:
    if text.startswith("file:"):
        if len(text) == len("file:"):
            raise ValueError("path")
        return text
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("base64") from error
    if len(key) != MASTER_KEY_BYTES:
        raise ValueError("length")
    return text


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


class Settings(BaseSettings):
    """Every `HUIMIN_` variable. `None` means: the embedded engine, or what the first start made."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Field(Path(".huimin"), description="一个目录的路径 · the path of a directory")
    database_url: Annotated[str, AfterValidator(_a_database)] | None = Field(
        None,
        repr=False,
        description="postgresql:// 地址 · a postgresql:// address of PostgreSQL 15 or newer",
    )
    nats_url: Annotated[str, AfterValidator(_nats_servers)] | None = Field(
        None,
        repr=False,
        description="一个或多个以逗号分隔的 nats:// 地址 · one or more nats:// addresses, comma-separated",
    )
    http: Annotated[str, AfterValidator(_an_address)] = Field(
        "127.0.0.1:8080",
        description="主机:端口，端口 0 表示任选 · host:port, port 0 picks a free one",
    )
    api_workers: int = Field(
        1, ge=1, le=256, description="1 到 256 的整数 · a whole number from 1 to 256"
    )
    requests_per_second: int = Field(
        1_000,
        ge=1,
        le=1_000_000,
        description="1 到 1000000 的整数 · a whole number from 1 to 1000000",
    )
    log: Literal["json", "console"] | None = Field(
        None, description="json 或 console · json or console"
    )
    token_issuers: Annotated[str, AfterValidator(_issuers)] | None = Field(
        None,
        description="以逗号分隔的 签发者=受众 · issuer=audience pairs, comma-separated, "
        "e.g. https://login.example.cn=huimin",
    )
    master_key: Annotated[str, AfterValidator(_a_master_key)] | None = Field(
        None,
        repr=False,
        description="32 字节的 base64，或 file:路径 · 32 bytes as base64, or file:path",
    )
    namespace: str = Field(
        "huimin",
        pattern=r"^[a-z][a-z0-9_]{0,39}$",
        description="小写标识符，至多 40 个字符 · a lower-case identifier of at most 40 characters",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Values given by a caller, then the environment, and nothing else: no `.env` file."""
        return init_settings, env_settings

    @property
    def http_address(self) -> Address:
        """Where the API listens."""
        return address(self.http)

    @property
    def nats_servers(self) -> list[str] | None:
        """The external NATS servers, or None when the embedded one is meant."""
        return _listed(self.nats_url) if self.nats_url else None

    @property
    def trusted_issuers(self) -> list[TrustedIssuer]:
        """The issuers named in the environment; empty when only the development issuer is."""
        pairs = (pair.rpartition("=") for pair in _listed(self.token_issuers or ""))
        return [TrustedIssuer(issuer, audience) for issuer, _, audience in pairs]

    @property
    def events_stream(self) -> str:
        """The JetStream stream whose sequence is the position, e.g. `HUIMIN_EVENTS`.

        The PostgreSQL schema and the prefix of subjects are the namespace as it is.
        """
        return f"{self.namespace.upper()}_EVENTS"


def read() -> Settings:
    """The settings of this process's environment.

    Raises Misconfigured, which names every variable at fault and what it may be.
    """
    try:
        return Settings()
    except ValidationError as error:
        # from None: pydantic's own text would repeat the value, password and all
        raise Misconfigured("\n".join(_complaints(error))) from None


def _complaints(error: ValidationError) -> list[str]:
    lines = []
    for fault in error.errors(include_input=False, include_context=False, include_url=False):
        name = str(fault["loc"][0])
        allowed = Settings.model_fields[name].description
        variable = f"{PREFIX}{name.upper()}"
        lines.append(f"{variable} 的值无效，应为 · is not valid, it must be: {allowed}")
    return lines
