"""Values of WiFi sessions: addresses of devices, names of equipment, volumes.

A MAC address comes in four spellings and leaves in one. Whether it says who somebody is depends on
one bit: a locally administered address was made up by the device and is no identity.
"""

import re
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from domain.shared.checks import bad, judged_by

_MAC = re.compile(
    "[0-9a-f]{12}|(?:[0-9a-f]{2}-){5}[0-9a-f]{2}|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}"
    r"|(?:[0-9a-f]{4}[.-]){2}[0-9a-f]{4}"
)


def _mac(value: str) -> str:
    text = value.strip().lower()
    if not _MAC.fullmatch(text):
        bad("bad-mac", "A MAC address has twelve hexadecimal digits")
    digits = re.sub("[^0-9a-f]", "", text)
    return ":".join(digits[n : n + 2] for n in range(0, 12, 2))


Mac = Annotated[
    str,
    judged_by(_mac),
    WithJsonSchema(
        {
            "type": "string",
            "description": "MAC address, as AA-BB-…, aa:bb:…, aabb.ccdd.eeff or twelve digits",
            "examples": ["00-1A-2B-3C-4D-5E"],
        }
    ),
]
"""A MAC address as ``00:1a:2b:3c:4d:5e``; code ``bad-mac``."""


def is_made_up(mac: str) -> bool:
    """Whether the device made the address up (the locally administered bit)."""
    return bool(int(mac[:2], 16) & 2)


def _ip(value: str) -> str:
    try:
        return str(ip_address(value.strip()))
    except ValueError:
        bad("bad-ip", "Not an IP address")


Ip = Annotated[
    str,
    judged_by(_ip),
    WithJsonSchema(
        {
            "type": "string",
            "description": "IPv4 or IPv6 address",
            "examples": ["203.0.113.7", "2001:db8::7"],
        }
    ),
]
"""An IP address in its shortest form; code ``bad-ip``."""

_WORD = r"^[A-Za-z0-9][A-Za-z0-9._:-]*$"

NasId = Annotated[
    str,
    StringConstraints(pattern=_WORD, max_length=64),
    Field(description="NAS-Identifier of the access point", examples=["AP-330203-0007"]),
]
HotspotId = Annotated[
    str,
    StringConstraints(pattern=_WORD, max_length=64),
    Field(description="The hotspot", examples=["HS-0012"]),
]
AcctSessionId = Annotated[
    str,
    StringConstraints(pattern=_WORD, max_length=64),
    Field(description="Acct-Session-Id, unique until the NAS restarts", examples=["5F3A0001"]),
]
Port = Annotated[int, Field(ge=1, le=65535)]


class HotspotKind(StrEnum):
    """What kind of place a hotspot is in; stations and hospitals are repaired first."""

    STATION = "station"
    HOSPITAL = "hospital"
    GOVERNMENT = "government"
    SCENIC = "scenic"
    CULTURE = "culture"
    SQUARE = "square"
    OTHER = "other"


class RefusedBecause(StrEnum):
    """Why access was refused."""

    BLOCKED = "blocked"
    TOO_MANY_DEVICES = "too-many-devices"


DisconnectReason = Literal["limit", "block", "order"]
AuthenticationMethod = Literal["sms-code", "bound-device"]


class Volume(BaseModel):
    """Bytes in both directions, as users see them: ``received`` came to the device.

    RADIUS counts from the NAS's side: its output is what the device received.
    """

    model_config = ConfigDict(frozen=True)

    sent: int = 0
    received: int = 0

    def plus(self, other: "Volume") -> "Volume":
        """The sum."""
        return Volume(sent=self.sent + other.sent, received=self.received + other.received)

    def minus(self, other: "Volume") -> "Volume":
        """What came since ``other``."""
        return Volume(sent=self.sent - other.sent, received=self.received - other.received)

    def falls_below(self, other: "Volume") -> bool:
        """Whether one of the two is less than it was."""
        return self.sent < other.sent or self.received < other.received


def octets(low: int, gigawords: int) -> int:
    """RFC 2869, 5.1: gigawords × 2³² + octets."""
    return (gigawords << 32) + low
