"""The city's departments that give or get data: 26 codes with their names, as plain data.

A district's own office is a department together with a district, not a code of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

from pydantic import WithJsonSchema

from domain.shared.checks import bad, judged_by


@dataclass(frozen=True, slots=True)
class Department:
    """A department: stable code, and its names in Chinese and English."""

    code: str
    zh: str
    en: str


DEPARTMENTS: Mapping[str, Department] = MappingProxyType(
    {
        department.code: department
        for department in (
            Department("market-regulation", "市场监管局", "Market Regulation"),
            Department("tax", "税务局", "Taxation"),
            Department("hrss", "人力社保局", "Human Resources and Social Security"),
            Department("housing-fund", "公积金中心", "Housing Fund Centre"),
            Department("public-security", "公安局", "Public Security"),
            Department("statistics", "统计局", "Statistics"),
            Department("development-reform", "发改委", "Development and Reform, credit office"),
            Department("court", "中级人民法院", "Intermediate People's Court"),
            Department("civil-affairs", "民政局", "Civil Affairs"),
            Department("finance", "财政局", "Finance"),
            Department("health", "卫健委", "Health Commission"),
            Department("medical-insurance", "医保局", "Medical Insurance"),
            Department("customs", "海关", "Customs"),
            Department("natural-resources", "自然资源和规划局", "Natural Resources and Planning"),
            Department("education", "教育局", "Education"),
            Department("transport", "交通运输局", "Transport"),
            Department("culture-tourism", "文广旅游局", "Culture, Broadcasting and Tourism"),
            Department("urban-management", "综合行政执法局", "Urban Management"),
            Department("emergency", "应急管理局", "Emergency Management"),
            Department("ecology", "生态环境局", "Ecology and Environment"),
            Department("commerce", "商务局", "Commerce"),
            Department("cyberspace", "网信办", "Cyberspace Administration"),
            Department("supervision", "效能监督", "Supervision of Performance"),
            Department("veterans", "退役军人事务局", "Veterans Affairs"),
            Department("disabled-federation", "残联", "Disabled Persons' Federation"),
            Department("data-bureau", "数据局", "Data Bureau, which runs Huimin"),
        )
    }
)


def department_name(code: str, language: str = "zh-CN") -> str:
    """Its name, ``税务局`` or ``Taxation``. Raises KeyError for a code that is not on the list."""
    department = DEPARTMENTS[code]
    return department.zh if language.startswith("zh") else department.en


def _department(value: str) -> str:
    if value not in DEPARTMENTS:
        bad("department-unknown", "No department has this code")
    return value


DepartmentCode = Annotated[
    str,
    judged_by(_department),
    WithJsonSchema(
        {
            "type": "string",
            "enum": sorted(DEPARTMENTS),
            "description": "Code of a department of the city",
            "examples": ["market-regulation"],
        }
    ),
]
"""Code of a department; code ``department-unknown``."""
