"""The catalogue of what departments may contribute (公共信用信息目录): data with its law.

An item names its source: nobody else may contribute it. What the law forbids to collect is named
too, so that the answer can say so. Source: 浙江省公共信用信息管理条例 (2018), the national catalogue
(全国公共信用信息基础目录) and, for penalties, 行政处罚法.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from domain.credit_records.lists import LISTS, CreditList
from domain.credit_records.periods import Period
from domain.credit_records.states import Kind

NEGATIVE = (Kind.NEGATIVE,)
POSITIVE = (Kind.POSITIVE,)
NEUTRAL = (Kind.NEUTRAL,)


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """What may be contributed, by whom, and what becomes of it.

    ``always_published``: the law has it published even when it is minor or neutral. ``red_list``:
    with its publication the subject is on that list. ``valid_months``: how long a positive item is
    shown, None without end.
    """

    code: str
    zh: str
    en: str
    sources: tuple[str, ...]
    kinds: tuple[Kind, ...]
    law: str
    always_published: bool = False
    repairable: bool = True
    red_list: str | None = None
    valid_months: int | None = None
    since: date = date(2018, 1, 1)
    until: date | None = None

    @property
    def entered(self) -> CreditList | None:
        """The red list that it leads to."""
        return LISTS[self.red_list] if self.red_list else None

    @property
    def validity(self) -> Period:
        """How long a record without severity is shown."""
        return Period(0, self.valid_months)


NOT_COLLECTABLE = frozenset({"religion", "genes", "fingerprints", "blood-type", "illness"})
"""Never collected as credit information (Zhejiang regulations, art. 13; 征信业管理条例, art. 14)."""

_PENALTY = "行政处罚法, art. 48; 国办发〔2020〕49号"

_PENALISING: tuple[tuple[str, str, str], ...] = (
    ("market-regulation", "市场监管", "market regulation"),
    ("tax", "税务", "taxation"),
    ("hrss", "人力社保", "labour"),
    ("public-security", "公安", "public security"),
    ("statistics", "统计", "statistics"),
    ("civil-affairs", "民政", "civil affairs"),
    ("finance", "财政", "finance"),
    ("health", "卫生健康", "health"),
    ("medical-insurance", "医疗保障", "medical insurance"),
    ("customs", "海关", "customs"),
    ("natural-resources", "自然资源", "natural resources"),
    ("education", "教育", "education"),
    ("transport", "交通运输", "transport"),
    ("culture-tourism", "文广旅游", "culture and tourism"),
    ("urban-management", "综合行政执法", "urban management"),
    ("emergency", "应急管理", "emergency management"),
    ("ecology", "生态环境", "ecology"),
    ("commerce", "商务", "commerce"),
    ("cyberspace", "网信", "cyberspace"),
    ("housing-fund", "住房公积金", "housing fund"),
    ("development-reform", "发展改革", "development and reform"),
)

_OTHERS: tuple[CatalogueItem, ...] = (
    CatalogueItem(
        "licence-revoked", "吊销营业执照", "Licence revoked", ("market-regulation",), NEGATIVE,
        "市场主体登记管理条例, art. 46", repairable=False,
    ),
    CatalogueItem(
        "registration-annulled", "撤销登记", "Registration annulled", ("market-regulation",),
        NEGATIVE, "市场主体登记管理条例, art. 40", repairable=False,
    ),
    CatalogueItem(
        "service-misconduct", "服务失信行为", "Misconduct of a service member",
        ("market-regulation",), NEGATIVE, "浙江省公共信用信息管理条例, art. 12",
    ),
    CatalogueItem(
        "abnormal-operations", "经营异常名录", "Abnormal operations", ("market-regulation",),
        NEGATIVE, "企业信息公示暂行条例, art. 17", always_published=True,
    ),
    CatalogueItem(
        "honoured-contracts", "守合同重信用", "Contracts honoured", ("market-regulation",),
        POSITIVE, "浙江省公共信用信息管理条例, art. 12", red_list="honoured-contracts",
        valid_months=24,
    ),
    CatalogueItem(
        "tax-arrears", "欠税公告", "Tax arrears", ("tax",), NEGATIVE, "欠税公告办法",
        always_published=True,
    ),
    CatalogueItem(
        "tax-grade-a", "纳税信用A级", "Tax credit of grade A", ("tax",), POSITIVE,
        "纳税信用管理办法, art. 18", red_list="grade-a-taxpayers", valid_months=12,
    ),
    CatalogueItem(
        "wage-arrears", "拖欠工资", "Wage arrears", ("hrss",), NEGATIVE,
        "保障农民工工资支付条例, art. 48",
    ),
    CatalogueItem(
        "housing-fund-arrears", "欠缴住房公积金", "Housing fund arrears", ("housing-fund",),
        NEGATIVE, "住房公积金管理条例, art. 38",
    ),
    CatalogueItem(
        "goods-detained", "货物扣留", "Goods detained", ("customs",),
        (Kind.NEUTRAL, Kind.NEGATIVE), "海关行政处罚实施条例, art. 38",
    ),
    CatalogueItem(
        "advanced-aeo", "高级认证企业", "Authorised economic operator", ("customs",), POSITIVE,
        "海关注册登记和备案企业信用管理办法, art. 9", red_list="advanced-aeo",
    ),
    CatalogueItem(
        "criminal-judgment", "刑事判决", "Criminal judgment", ("court",), NEGATIVE,
        "浙江省公共信用信息管理条例, art. 12", repairable=False,
    ),
    CatalogueItem(
        "enforcement-fulfilled", "主动履行生效裁判", "Judgment performed unasked", ("court",),
        POSITIVE, "浙江省公共信用信息管理条例, art. 12", valid_months=12,
    ),
    CatalogueItem(
        "licensing", "行政许可", "Administrative licence",
        ("market-regulation", "transport", "health", "education", "ecology", "natural-resources"),
        NEUTRAL, "行政许可法, art. 40", always_published=True,
    ),
    CatalogueItem(
        "credit-commitment-kept", "信用承诺履约", "Commitment kept", ("development-reform",),
        POSITIVE, "浙江省公共信用信息管理条例, art. 12", valid_months=12,
    ),
    CatalogueItem(
        "benefit-fraud-veterans", "骗取优抚待遇", "Veterans' benefit fraud", ("veterans",),
        NEGATIVE, "退役军人保障法, art. 79",
    ),
    CatalogueItem(
        "veterans-honour", "退役军人表彰", "Honours of veterans", ("veterans",), POSITIVE,
        "退役军人保障法, art. 60",
    ),
    CatalogueItem(
        "benefit-fraud-disabled", "骗取残疾人补贴", "Disability benefit fraud",
        ("disabled-federation",), NEGATIVE, "残疾人保障法, art. 48",
    ),
    CatalogueItem(
        "volunteer-service", "志愿服务", "Volunteer service", ("civil-affairs",), POSITIVE,
        "志愿服务条例, art. 32",
    ),
)  # fmt: skip

ITEMS: Mapping[str, CatalogueItem] = MappingProxyType(
    {
        item.code: item
        for item in (
            *(
                CatalogueItem(
                    f"penalty-{code}",
                    f"行政处罚（{zh}）",
                    f"Penalty, {en}",
                    (code,),
                    NEGATIVE,
                    _PENALTY,
                )
                for code, zh, en in _PENALISING
            ),
            *_OTHERS,
        )
    }
)


def item_in_force(code: str, on: date) -> CatalogueItem | None:
    """The item if it may be contributed with a decision of that day."""
    item = ITEMS.get(code)
    if item is None or on < item.since or (item.until is not None and on >= item.until):
        return None
    return item


def sources() -> frozenset[str]:
    """Departments that contribute something."""
    return frozenset(source for item in ITEMS.values() for source in item.sources)
