"""Industries of GB/T 4754-2017: a section letter, and down to four digits below it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated

from pydantic import WithJsonSchema

from domain.shared.checks import bad, judged_by

# Section: first and last division (two digits), Chinese name, English name.
_SECTIONS: dict[str, tuple[int, int, str, str]] = {
    "A": (1, 5, "农、林、牧、渔业", "Agriculture, forestry, animal husbandry, fishery"),
    "B": (6, 12, "采矿业", "Mining"),
    "C": (13, 43, "制造业", "Manufacturing"),
    "D": (44, 46, "电力、热力、燃气及水生产和供应业", "Electricity, heat, gas and water"),
    "E": (47, 50, "建筑业", "Construction"),
    "F": (51, 52, "批发和零售业", "Wholesale and retail"),
    "G": (53, 60, "交通运输、仓储和邮政业", "Transport, storage and post"),
    "H": (61, 62, "住宿和餐饮业", "Hotels and catering"),
    "I": (63, 65, "信息传输、软件和信息技术服务业", "Information transmission and software"),
    "J": (66, 69, "金融业", "Finance"),
    "K": (70, 70, "房地产业", "Real estate"),
    "L": (71, 72, "租赁和商务服务业", "Leasing and business services"),
    "M": (73, 75, "科学研究和技术服务业", "Research and technical services"),
    "N": (76, 79, "水利、环境和公共设施管理业", "Water, environment and public facilities"),
    "O": (80, 82, "居民服务、修理和其他服务业", "Household services, repair and others"),
    "P": (83, 83, "教育", "Education"),
    "Q": (84, 85, "卫生和社会工作", "Health and social work"),
    "R": (86, 90, "文化、体育和娱乐业", "Culture, sport and entertainment"),
    "S": (91, 96, "公共管理、社会保障和社会组织", "Public administration and social organisations"),
    "T": (97, 97, "国际组织", "International organisations"),
}

SECTIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {letter: (zh, en) for letter, (_, _, zh, en) in _SECTIONS.items()}
)
"""The twenty sections A to T with their names in Chinese and English."""

_SHAPE = re.compile("([A-T])([0-9]{2,4})?")


def section(code: str) -> str:
    """The section letter of an industry code: ``I`` of ``I6510``."""
    return code[0]


@lru_cache(maxsize=4096)
def _industry(value: str) -> str:
    code = value.strip().upper()
    match = _SHAPE.fullmatch(code)
    if not match:
        bad("industry-code-unknown", "An industry is a letter A to T and up to four digits")
    letter, digits = match.groups()
    first, last, _, _ = _SECTIONS[letter]
    if digits and not first <= int(digits[:2]) <= last:
        bad("industry-code-unknown", "This section has no such division")
    return code


IndustryCode = Annotated[
    str,
    judged_by(_industry),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{_SHAPE.pattern}$",
            "description": "Industry of GB/T 4754-2017: section letter, then up to four digits",
            "examples": ["I6510", "F"],
        }
    ),
]
"""An industry, ``F`` or ``I6510``; code ``industry-code-unknown``. The section's divisions are
checked, the groups and classes below them are not."""
