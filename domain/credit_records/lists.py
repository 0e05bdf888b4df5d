"""The lists a subject may stand on, and the joint measures that follow: data with their law.

A black list is kept by one department, which alone names its grounds, gives notice and decides; a
red list is entered with a published item of the catalogue. Sources: 全国失信惩戒措施基础清单 and the
rules that each entry names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, WithJsonSchema

from domain.credit_records.periods import NO_END_OF_ITS_OWN, Period
from domain.credit_records.states import Colour
from domain.shared.checks import bad, judged_by
from domain.shared.departments import DepartmentCode


@dataclass(frozen=True, slots=True)
class JointMeasure:
    """What departments do, or grant, because of a listing: stable code, names, who applies it."""

    code: str
    zh: str
    en: str
    departments: tuple[str, ...]


class Measure(BaseModel):
    """A measure as an event keeps it: who was to apply it on that day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    departments: tuple[DepartmentCode, ...]


MEASURES: Mapping[str, JointMeasure] = MappingProxyType(
    {
        m.code: m
        for m in (
            JointMeasure(
                "no-procurement", "限制参加政府采购", "No public procurement", ("finance",)
            ),
            JointMeasure("no-tender", "限制参加招标投标", "No tenders", ("development-reform",)),
            JointMeasure(
                "no-subsidy", "限制财政性资金支持", "No subsidies", ("finance", "commerce")
            ),
            JointMeasure(
                "more-inspections",
                "提高抽查比例",
                "More inspections",
                ("market-regulation", "ecology", "emergency", "transport"),
            ),
            JointMeasure("customs-inspection", "提高查验率", "More customs checks", ("customs",)),
            JointMeasure("no-office", "限制任职", "No office in companies", ("market-regulation",)),
            JointMeasure(
                "no-luxury",
                "限制高消费",
                "No luxury consumption",
                ("court", "transport", "culture-tourism"),
            ),
            JointMeasure(
                "no-land", "限制取得政府供应土地", "No public land", ("natural-resources",)
            ),
            JointMeasure("no-honours", "限制评优评先", "No honours", ("civil-affairs",)),
            JointMeasure(
                "green-channel",
                "绿色通道",
                "Served first",
                ("market-regulation", "tax", "customs"),
            ),
            JointMeasure(
                "fewer-inspections",
                "降低抽查比例",
                "Fewer inspections",
                ("market-regulation", "ecology", "emergency"),
            ),
            JointMeasure("bonus-points", "政府采购加分", "A bonus in procurement", ("finance",)),
        )
    }
)


@dataclass(frozen=True, slots=True)
class CreditList:
    """A list: who keeps it, on what grounds, for how long, with which measures.

    ``court_decides``: the keeper sets and ends the term itself, and nobody repairs an entry.
    """

    code: str
    colour: Colour
    zh: str
    en: str
    keeper: str
    law: str
    measures: tuple[str, ...]
    grounds: tuple[str, ...] = ()
    period: Period = NO_END_OF_ITS_OWN
    court_decides: bool = False
    since: date = date(2018, 1, 1)
    until: date | None = None

    def measured(self) -> tuple[Measure, ...]:
        """Its measures as an event keeps them."""
        return tuple(Measure(code=m, departments=MEASURES[m].departments) for m in self.measures)

    def consumers(self) -> tuple[str, ...]:
        """Departments that apply one of its measures, each once, in the order of the measures."""
        return tuple(dict.fromkeys(d for m in self.measures for d in MEASURES[m].departments))

    def in_force(self, on: date) -> bool:
        """Whether there are new entries on that day."""
        return self.since <= on and (self.until is None or on < self.until)


COURT_LIST = "court-defaulters"

LISTS: Mapping[str, CreditList] = MappingProxyType(
    {
        entry.code: entry
        for entry in (
            CreditList(
                COURT_LIST,
                Colour.BLACK,
                "失信被执行人",
                "Judgment defaulters",
                keeper="court",
                law="法释〔2017〕7号",
                grounds=(
                    "art-1-1-able-but-refuses",
                    "art-1-2-obstructs-enforcement",
                    "art-1-3-evades-enforcement",
                    "art-1-4-hides-property",
                    "art-1-5-breaks-consumption-order",
                    "art-1-6-breaks-settlement",
                ),
                measures=("no-office", "no-luxury", "no-procurement", "no-tender", "no-subsidy"),
                court_decides=True,
            ),
            CreditList(
                "serious-market-violations",
                Colour.BLACK,
                "严重违法失信名单",
                "Serious market violations",
                keeper="market-regulation",
                law="市场监督管理严重违法失信名单管理办法 (SAMR Order 44)",
                grounds=(
                    "art-5-food-safety",
                    "art-6-drugs-and-devices",
                    "art-7-product-quality",
                    "art-8-consumer-rights",
                    "art-9-fair-competition",
                    "art-10-registration-fraud",
                ),
                measures=("more-inspections", "no-procurement", "no-subsidy", "no-honours"),
                period=Period(12, 36),
                since=date(2021, 9, 1),
            ),
            CreditList(
                "major-tax-violations",
                Colour.BLACK,
                "重大税收违法失信主体",
                "Major tax violations",
                keeper="tax",
                law="重大税收违法失信主体信息公布管理办法 (STA Order 54)",
                grounds=(
                    "art-6-1-evasion",
                    "art-6-4-export-refund-fraud",
                    "art-6-6-false-invoices",
                ),
                measures=("no-procurement", "no-land", "customs-inspection", "no-honours"),
                period=Period(12, 36),
                since=date(2022, 2, 1),
            ),
            CreditList(
                "wage-arrears",
                Colour.BLACK,
                "拖欠农民工工资失信联合惩戒对象",
                "Wage arrears",
                keeper="hrss",
                law="拖欠农民工工资失信联合惩戒对象名单管理暂行办法 (MOHRSS Order 45)",
                grounds=("art-5-1-refuses-to-pay", "art-5-2-grave-consequences"),
                measures=("no-subsidy", "no-tender", "more-inspections"),
                period=Period(6, 36),
                since=date(2022, 1, 1),
            ),
            CreditList(
                "customs-dishonest",
                Colour.BLACK,
                "海关严重失信主体",
                "Dishonest at customs",
                keeper="customs",
                law="海关注册登记和备案企业信用管理办法 (GACC Order 251)",
                grounds=("smuggling", "resisting-inspection", "false-filing"),
                measures=("customs-inspection", "no-subsidy"),
                period=Period(12, 24),
                since=date(2021, 11, 1),
            ),
            CreditList(
                "procurement-violations",
                Colour.BLACK,
                "政府采购严重违法失信行为记录名单",
                "Procurement violations",
                keeper="finance",
                law="政府采购法, art. 77",
                grounds=("art-77-false-materials", "art-77-collusion", "art-77-bribery"),
                measures=("no-procurement", "no-tender"),
                period=Period(12, 36),
            ),
            CreditList(
                "work-safety",
                Colour.BLACK,
                "安全生产严重失信主体",
                "Work safety",
                keeper="emergency",
                law="安全生产严重失信主体名单管理办法 (MEM Order 11)",
                grounds=("grave-accident", "concealed-accident", "false-report"),
                measures=("more-inspections", "no-tender", "no-land"),
                period=Period(12, 36),
                since=date(2023, 10, 1),
            ),
            CreditList(
                "statistics-dishonest",
                Colour.BLACK,
                "统计严重失信企业",
                "Dishonest statistics",
                keeper="statistics",
                law="企业统计信用管理办法",
                grounds=("false-data", "refuses-survey"),
                measures=("no-honours", "no-subsidy"),
                period=Period(6, 12),
            ),
            CreditList(
                "grade-a-taxpayers",
                Colour.RED,
                "纳税信用A级纳税人",
                "Taxpayers of grade A",
                keeper="tax",
                law="纳税信用管理办法",
                measures=("green-channel", "bonus-points"),
            ),
            CreditList(
                "advanced-aeo",
                Colour.RED,
                "海关高级认证企业",
                "Authorised economic operators",
                keeper="customs",
                law="海关注册登记和备案企业信用管理办法 (GACC Order 251)",
                measures=("green-channel", "fewer-inspections"),
            ),
            CreditList(
                "honoured-contracts",
                Colour.RED,
                "守合同重信用企业",
                "Contracts honoured",
                keeper="market-regulation",
                law="浙江省公共信用信息管理条例",
                measures=("fewer-inspections", "bonus-points"),
            ),
        )
    }
)


def _list_code(value: str) -> str:
    if value not in LISTS:
        bad("credit-list-unknown", "There is no such list")
    return value


ListCode = Annotated[
    str,
    judged_by(_list_code),
    WithJsonSchema({"type": "string", "enum": sorted(LISTS), "examples": [COURT_LIST]}),
]
"""Code of a list; code ``credit-list-unknown``."""
