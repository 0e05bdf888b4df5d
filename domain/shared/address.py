"""Where something is: postal addresses of the city, and points on the map.

Points are WGS-84, as satellites and most of the world count. Chinese maps and phones speak GCJ-02
(AMap, Tencent) or BD-09 (Baidu), which lie some hundred metres beside it: those are converted at
the door by ``Point.from_gcj02`` and ``Point.from_bd09`` and never kept. The formulas are the ones
everybody knows; nobody publishes the official ones.
"""

import unicodedata
from datetime import date
from math import asin, atan2, cos, hypot, pi, radians, sin, sqrt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from domain.shared.checks import bad, is_stored, judged_by
from domain.shared.districts import District, current, in_force

# --- addresses ---------------------------------------------------------------------------------


def _one_line(value: str) -> str:
    text = unicodedata.normalize("NFC", value).strip()
    if not text or len(text) > 200:
        bad("address-malformed", "A line of an address has 1 to 200 characters")
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in text):
        bad("address-malformed", "A line of an address has no control characters")
    return text


AddressLine = Annotated[
    str, judged_by(_one_line), Field(json_schema_extra={"minLength": 1, "maxLength": 200})
]
"""One line of an address, trimmed and in NFC; code ``address-malformed``."""


class Address(BaseModel):
    """An address in the city, from the district down to the door."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    division: District
    street: AddressLine = Field(description="Street or town, 街道、镇、乡", examples=["鼓楼街道"])
    community: AddressLine = Field(description="Community or village", examples=["秀水社区"])
    detail: AddressLine = Field(description="Road, number, flat", examples=["中山西路100号"])

    def is_in_force(self, on: date) -> bool:
        """Whether the division's number is in force on a day."""
        return in_force(self.division, on)

    def under_current_division(self, on: date) -> "Address":
        """The same address under the number in force on a day, for a new matter."""
        return self.model_copy(update={"division": current(self.division, on)})

    def masked(self) -> str:
        """Street and community, with ``***`` for what is finer."""
        return mask_address(self)


def mask_address(address: Address) -> str:
    """``鼓楼街道秀水社区***``: cut after the community."""
    return f"{address.street}{address.community}***"


# --- points ------------------------------------------------------------------------------------

SOUTH, NORTH = 28.85, 30.56
WEST, EAST = 120.91, 122.28
"""The city's box in WGS-84 degrees, its sea and islands included (28°51′–30°33′ N,
120°55′–122°16′ E, a hundredth of a degree wider)."""

EARTH_RADIUS_M = 6_371_008.8


class Point(BaseModel):
    """A point in the city, WGS-84 degrees; code ``outside-city``."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    lat: float = Field(description="Latitude, WGS-84 degrees", examples=[29.8683])
    lon: float = Field(description="Longitude, WGS-84 degrees", examples=[121.544])

    @model_validator(mode="after")
    def _in_the_city(self, info: ValidationInfo) -> "Point":
        if not is_stored(info) and not (SOUTH <= self.lat <= NORTH and WEST <= self.lon <= EAST):
            bad("outside-city", "The point lies outside the city's box in WGS-84")
        return self

    @classmethod
    def from_gcj02(cls, lat: float, lon: float) -> "Point":
        """The point that AMap or Tencent call so. Raises Pydantic's ValidationError outside."""
        lat, lon = gcj02_to_wgs84(lat, lon)
        return cls(lat=lat, lon=lon)

    @classmethod
    def from_bd09(cls, lat: float, lon: float) -> "Point":
        """The point that Baidu calls so. Raises Pydantic's ValidationError outside."""
        lat, lon = gcj02_to_wgs84(*bd09_to_gcj02(lat, lon))
        return cls(lat=lat, lon=lon)

    def distance_m(self, other: "Point") -> float:
        """Metres along the great circle; within the city right to half a percent."""
        north, east = radians(other.lat - self.lat), radians(other.lon - self.lon)
        chord = (
            sin(north / 2) ** 2
            + cos(radians(self.lat)) * cos(radians(other.lat)) * sin(east / 2) ** 2
        )
        return 2 * EARTH_RADIUS_M * asin(sqrt(chord))

    def masked(self) -> tuple[float, float]:
        """Latitude and longitude to 0.01°, about a kilometre."""
        return mask_point(self)


def mask_point(point: Point) -> tuple[float, float]:
    """Latitude and longitude rounded to 0.01°."""
    return round(point.lat, 2), round(point.lon, 2)


# --- coordinates of Chinese maps ---------------------------------------------------------------

# Krasovsky 1940, as in the published re-implementations.
_AXIS = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU_TURN = pi * 3000 / 180


def _shift(lat: float, lon: float) -> tuple[float, float]:
    """How far GCJ-02 moves a WGS-84 point, in degrees."""
    x, y = lon - 105.0, lat - 35.0
    wave = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + wave
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + wave
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    magic = 1 - _ECCENTRICITY_SQUARED * sin(radians(lat)) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY_SQUARED) / (magic * sqrt(magic))
    parallel = _AXIS / sqrt(magic) * cos(radians(lat))
    return north * 180 / (meridian * pi), east * 180 / (parallel * pi)


def wgs84_to_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """Latitude and longitude as AMap and Tencent draw them."""
    north, east = _shift(lat, lon)
    return lat + north, lon + east


def gcj02_to_wgs84(lat: float, lon: float) -> tuple[float, float]:
    """The inverse, by iteration; in the city exact to well under a millimetre."""
    there_lat, there_lon = lat, lon
    for _ in range(6):
        now_lat, now_lon = wgs84_to_gcj02(there_lat, there_lon)
        there_lat, there_lon = there_lat + lat - now_lat, there_lon + lon - now_lon
    return there_lat, there_lon


def gcj02_to_bd09(lat: float, lon: float) -> tuple[float, float]:
    """Latitude and longitude as Baidu draws them."""
    radius = hypot(lon, lat) + 0.00002 * sin(lat * _BAIDU_TURN)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BAIDU_TURN)
    return radius * sin(angle) + 0.006, radius * cos(angle) + 0.0065


def bd09_to_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """The inverse, by iteration; in the city exact to well under a millimetre."""
    there_lat, there_lon = lat - 0.006, lon - 0.0065
    for _ in range(6):
        now_lat, now_lon = gcj02_to_bd09(there_lat, there_lon)
        there_lat, there_lon = there_lat + lat - now_lat, there_lon + lon - now_lon
    return there_lat, there_lon
