"""Company names: their four parts, what a trade name may not be, and what a name keeps others from.

Source: Enterprise Name Regulations (Decree 734), art. 6 to 8 for the parts, 11 and 12 for what is
forbidden, 17 for clashes, 18 for how long a name is reserved. What may surprise: a clash is judged
on trade name and industry *section*, and a name that states no industry clashes with all twenty.
"""

import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, WithJsonSchema

from domain.shared.checks import bad, judged_by
from domain.shared.districts import CITY, DIVISIONS, current, district_name
from domain.shared.identifiers import IndustryCode, section
from domain.shared.industries import SECTIONS
from domain.shared.uscc import UsccKind

EntityType = UsccKind
"""What kind of body registers; the same three words as in its code."""


class OrganisationForm(StrEnum):
    """The last part of a name."""

    LIMITED_COMPANY = "limited-company"
    JOINT_STOCK_COMPANY = "joint-stock-company"
    PARTNERSHIP = "partnership"
    SOLE_PROPRIETORSHIP = "sole-proprietorship"
    COOPERATIVE = "cooperative"
    SHOP = "shop"
    STUDIO = "studio"


_FORMS: dict[OrganisationForm, tuple[str, EntityType]] = {
    OrganisationForm.LIMITED_COMPANY: ("有限公司", "enterprise"),
    OrganisationForm.JOINT_STOCK_COMPANY: ("股份有限公司", "enterprise"),
    OrganisationForm.PARTNERSHIP: ("合伙企业（有限合伙）", "enterprise"),
    OrganisationForm.SOLE_PROPRIETORSHIP: ("厂（个人独资）", "enterprise"),
    OrganisationForm.COOPERATIVE: ("专业合作社", "cooperative"),
    OrganisationForm.SHOP: ("商行", "sole-trader"),
    OrganisationForm.STUDIO: ("工作室", "sole-trader"),
}

# What a name says of its industry when the applicant gives no words of his own.
_USUAL_TERMS = {
    "A": "农业",
    "B": "矿业",
    "C": "制造",
    "D": "能源",
    "E": "建筑工程",
    "F": "商贸",
    "G": "物流",
    "H": "餐饮管理",
    "I": "信息技术",
    "J": "投资",
    "K": "房地产",
    "L": "商务服务",
    "M": "科技",
    "N": "环境工程",
    "O": "生活服务",
    "P": "教育科技",
    "Q": "健康管理",
    "R": "文化传媒",
    "S": "社会服务",
    "T": "国际服务",
}

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_TRADE_NAME = re.compile(f"[{_HAN}]{{2,20}}")
_TERM = re.compile(f"[{_HAN}]{{2,20}}")

# State, party, army and mass organisations (art. 11 (2), 12), foreign states and bodies (art. 11 (3)).
_FORBIDDEN = re.compile(
    "中国|中华|中央|全国|国家|国务院|人民政府|政府|人大|政协|纪委|党委|政党|共产党|国民党|共青团|"
    "民主党|人民法院|检察院|公安|解放军|武警|军区|军委|部队|陆军|海军|空军|火箭军|红军|八路军|民兵|"
    "总工会|妇联|联合国|北约|欧盟|美国|英国|法国|德国|俄罗斯|日本国|"
    "第?[〇零一二三四五六七八九十百]{2,}(?:军|师|旅)"
)


def _name_part(pattern: re.Pattern[str], value: str) -> str:
    # NFKC also gives one form to the characters that Unicode holds twice for compatibility.
    part = unicodedata.normalize("NFKC", value).strip()
    if not pattern.fullmatch(part):
        bad("name-malformed", "2 to 20 Han characters, no Latin letters, digits or signs")
    if _FORBIDDEN.search(part):
        bad("name-forbidden", "Words of state, party, army or foreign states are not allowed")
    return part


TradeName = Annotated[
    str,
    judged_by(lambda value: _name_part(_TRADE_NAME, value)),
    WithJsonSchema({"type": "string", "minLength": 2, "maxLength": 20, "examples": ["甬江"]}),
]
"""The part that tells a company from others, 字号; codes ``name-malformed``, ``name-forbidden``."""

IndustryTerm = Annotated[
    str,
    judged_by(lambda value: _name_part(_TERM, value)),
    WithJsonSchema({"type": "string", "minLength": 2, "maxLength": 20, "examples": ["商贸"]}),
]
"""How a name puts its industry, 行业或者经营特点; same codes."""


class CompanyName(BaseModel):
    """A name with its parts. ``division`` and ``registry`` are numbers in force when reserved.

    ``related_registration`` is the company from whose investment the right to the same trade
    name comes (art. 17): such a name claims only itself, and the relation is proved to the
    examining officer before approval.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    registry: str
    division: str
    trade_name: str
    industry_code: IndustryCode | None = None
    industry_term: str | None = None
    organisation_form: OrganisationForm
    related_registration: UUID | None = None
    text: str

    @classmethod
    def of(
        cls,
        *,
        registry: str,
        division: str,
        trade_name: str,
        industry_code: str | None,
        industry_term: str | None,
        organisation_form: OrganisationForm,
        related_registration: UUID | None,
        on: date,
    ) -> "CompanyName":
        """The name as it is kept, under the numbers in force on a day."""
        division = division if division == CITY else current(division, on)
        if industry_code and not industry_term:
            industry_term = _USUAL_TERMS[section(industry_code)]
        parts = (_shown_division(division), trade_name, industry_term or "")
        return cls(
            registry=current(registry, on),
            division=division,
            trade_name=trade_name,
            industry_code=industry_code,
            industry_term=industry_term,
            organisation_form=organisation_form,
            related_registration=related_registration,
            text="".join(parts) + _FORMS[organisation_form][0],
        )

    @property
    def entity_type(self) -> EntityType:
        """What kind of body may bear the name."""
        return _FORMS[self.organisation_form][1]

    @property
    def scope(self) -> str:
        """In which scope its values are claimed."""
        return f"company-name:{self.registry}"

    @property
    def section(self) -> str | None:
        """The industry's section letter, None when the name states no industry."""
        return section(self.industry_code) if self.industry_code else None

    def claimed_values(self) -> tuple[str, ...]:
        """What nobody else may hold: the whole name, and the trade name in its section or in all.

        The whole name begins with ``=``, so that it never equals another kind of value.
        """
        whole = f"={self.text}"
        if self.related_registration is not None:
            return (whole,)
        sections = self.section or SECTIONS
        return (whole, *(f"{self.trade_name}:{letter}" for letter in sections))


def _shown_division(division: str) -> str:
    """Art. 7: an urban district's name stands behind the city's; a county's stands alone."""
    if division == CITY:
        return "宁波"
    name = district_name(division)
    return f"宁波市{name}" if name.endswith("区") else name.rstrip("市县")


def same_territory(division: str, registry: str) -> bool:
    """Whether a name of this division may be registered there: the registry's own district, under
    any number it ever had, or the city above it (art. 7)."""
    if division == CITY:
        return True
    return division in DIVISIONS and current(division) == current(registry)
