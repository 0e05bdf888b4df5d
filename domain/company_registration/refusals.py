"""What company registration says no with, each with its sentence in Chinese and English.

Codes are never renamed. A clash of names or codes never shows who holds them.
"""

from datetime import date, datetime

from domain.shared.refusals import Refused


class NameTaken(Refused, code="name-taken"):
    """Someone else has this trade name in this registry and industry, or had it until lately."""


class NameLapsed(Refused, code="name-lapsed"):
    """The reservation is over; nobody need have recorded that yet."""

    expired_at: datetime


class ContributionTooLate(Refused, code="contribution-too-late"):
    """Capital has to be paid in within five years (Company Law, art. 47)."""

    latest: date


class FormMismatch(Refused, code="form-mismatch"):
    """The reserved name's organisation form is not for this kind of body."""

    organisation_form: str
    entity_type: str


class AddressOutsideRegistry(Refused, code="address-outside-registry"):
    """A company registers where its address is."""

    registry: str


class CorrectionNotOnce(Refused, code="correction-not-once"):
    """An old defect was noticed only now; all have to be told at once (art. 19)."""

    documents: tuple[str, ...]


class DefectsUnanswered(Refused, code="defects-unanswered"):
    """Every defect has to be answered."""

    documents: tuple[str, ...]


class ChecklistIncomplete(Refused, code="checklist-incomplete"):
    """The officer has not seen everything that is needed."""

    missing: tuple[str, ...]


class OfficeholderBarred(Refused, code="officeholder-barred"):
    """A director or the representative may not hold office (Company Law, art. 178)."""


class AlreadyExtended(Refused, code="already-extended"):
    """A term is extended once."""


class TermOver(Refused, code="term-over"):
    """A term that has passed cannot be extended."""

    due_at: datetime


class UsccTaken(Refused, code="uscc-taken"):
    """The code was issued before; a code is never issued again."""


class UsccKindMismatch(Refused, code="uscc-kind-mismatch"):
    """The code's type digit is for another kind of body."""

    entity_type: str


class AlreadyFiled(Refused, code="already-filed"):
    """A company is filed once with each department."""

    department: str


class NotFiled(Refused, code="not-filed"):
    """There is no filing with this department to take back."""

    department: str


class ChangeOpen(Refused, code="change-open"):
    """One change at a time."""

    field: str


class NoOpenChange(Refused, code="no-open-change"):
    """There is no change to decide."""


class NothingChanges(Refused, code="nothing-changes"):
    """The register says so already."""

    field: str


class SuspensionTooLong(Refused, code="suspension-too-long"):
    """Suspensions last three years in all (art. 30)."""

    latest: date


class SuspensionEndPassed(Refused, code="suspension-end-passed"):
    """A suspension ends on a later day than today."""


class SimpleDeregistrationBarred(Refused, code="simple-deregistration-barred"):
    """Only who has no debts and is not on the abnormal list may end the simple way."""

    grounds: tuple[str, ...]


class AnnouncementOver(Refused, code="announcement-over"):
    """The time for objections has passed."""

    ended_at: datetime


class AnnouncementRunning(Refused, code="announcement-running"):
    """Objections may still come."""

    ends_at: datetime


class DeregistrationWindowOver(Refused, code="deregistration-window-over"):
    """The time to deregister after an announcement has passed; announce again."""

    ended_at: datetime


class AlreadyAsked(Refused, code="already-asked"):
    """A department is asked once about an announcement."""

    department: str


class LiquidationIncomplete(Refused, code="liquidation-incomplete"):
    """Papers of the liquidation are missing."""

    missing: tuple[str, ...]


class NotAnOfficeholder(Refused, code="not-an-officeholder"):
    """The person holds no office in this company."""


class AlreadyFlagged(Refused, code="already-flagged"):
    """A person is flagged once for each list."""

    list: str


class NotFlagged(Refused, code="not-flagged"):
    """There is no such flag to lift."""

    list: str


class AlreadyBarred(Refused, code="already-barred"):
    """The person stands on this list already."""

    list: str


SENTENCES: dict[str, tuple[str, str]] = {
    "name-malformed": (
        "名称的写法不正确。字号和行业表述应为2至20个汉字，不含字母、数字和符号。",
        "The name is not well-formed. Trade name and industry are 2 to 20 Han characters, without "
        "letters, digits and signs.",
    ),
    "name-forbidden": (
        "名称含有不得使用的文字。不得使用国家、政党、军队、机关或者外国国家的名称。",
        "The name holds words that are not allowed. State, party, army, authorities and foreign "
        "states may not be named.",
    ),
    "division-mismatch": (
        "名称中的行政区划与登记机关不一致。请使用登记机关所在区县（市）或宁波市的区划代码。",
        "The division in the name does not fit the registry. Use the registry's own district or "
        "the city's number.",
    ),
    "name-taken": (
        "该名称已被登记、在保留期内，或者注销、变更未满一年。请更换字号或行业。",
        "The name is registered, reserved, or was given up less than a year ago. Choose another "
        "trade name or industry.",
    ),
    "name-lapsed": (
        "名称保留期已满。保留期至{expired_at}。请重新申报名称。",
        "The name's reservation is over. It lasted until {expired_at}. Reserve a name again.",
    ),
    "shareholder-count": (
        "股东人数不符合规定。公司为1至50人，个体工商户为1人。",
        "The number of shareholders is not allowed. A company has 1 to 50, a sole trader one.",
    ),
    "shares-not-whole": (
        "出资比例之和不等于1000000。每一股东的比例应大于零，合计为百万分之一百万。",
        "The shares do not make up a whole. Each is above zero and they sum to 1000000 millionths.",
    ),
    "contribution-too-late": (
        "认缴出资期限超过五年。最晚为{latest}。",
        "The contribution is due too late. The latest day is {latest}.",
    ),
    "form-mismatch": (
        "名称的组织形式与主体类型不一致。组织形式是{organisation_form}。主体类型是{entity_type}。",
        "The name's organisation form is not for this kind of body. The form is "
        "{organisation_form}. The kind is {entity_type}.",
    ),
    "address-outside-registry": (
        "住所不在登记机关辖区内。登记机关区划是{registry}。迁往其他区的，请向迁入地登记机关申请。",
        "The address lies outside the registry's district. The registry is {registry}. To move "
        "elsewhere, apply to the registry there.",
    ),
    "correction-not-once": (
        "补正要求应当一次告知。这些材料上次已有且未变更：{documents}。",
        "All defects have to be told at once. These documents were there unchanged: {documents}.",
    ),
    "defects-unanswered": (
        "尚有补正事项未答复。未答复的材料：{documents}。",
        "Some defects are not answered. Unanswered: {documents}.",
    ),
    "checklist-incomplete": (
        "审查清单不完整。尚缺：{missing}。",
        "The checklist is not complete. Missing: {missing}.",
    ),
    "officeholder-barred": (
        "法定代表人或者董事依法不得任职。请更换人选，或者待限制解除后再办理。",
        "A director or the representative may not hold office. Name someone else, or wait until "
        "the bar is lifted.",
    ),
    "already-extended": ("期限已经延长过一次。", "The term has been extended once already."),
    "term-over": (
        "期限已满，不能再延长。到期时间是{due_at}。",
        "The term has passed and cannot be extended. It fell due at {due_at}.",
    ),
    "uscc-taken": (
        "该统一社会信用代码已经赋予其他主体。代码不得重复使用，请使用新的代码。",
        "This unified social credit code has been issued. A code is never issued twice; use a "
        "new one.",
    ),
    "uscc-kind-mismatch": (
        "统一社会信用代码的机构类别与主体类型不一致。主体类型是{entity_type}。",
        "The code's type does not fit the kind of body. The kind is {entity_type}.",
    ),
    "already-filed": (
        "已向该部门备案。部门是{department}。",
        "The company is filed with this department already. It is {department}.",
    ),
    "not-filed": (
        "没有可撤回的备案。部门是{department}。",
        "There is no filing to take back. The department is {department}.",
    ),
    "change-open": (
        "尚有一项变更未办结。变更事项是{field}。",
        "Another change is not decided yet. It is about {field}.",
    ),
    "no-open-change": ("没有待决定的变更。", "There is no change to decide."),
    "nothing-changes": (
        "与登记内容相同，无需变更。事项是{field}。",
        "The register says so already. It is about {field}.",
    ),
    "suspension-too-long": (
        "歇业期限累计不得超过三年。最晚可至{latest}。",
        "Suspensions last three years in all. The latest day is {latest}.",
    ),
    "suspension-end-passed": (
        "歇业截止日应晚于今天。",
        "A suspension has to end on a later day than today.",
    ),
    "simple-deregistration-barred": (
        "不适用简易注销。原因：{grounds}。请按一般程序办理。",
        "Simple deregistration is not open to this company. Because of: {grounds}. Use the "
        "ordinary procedure.",
    ),
    "announcement-over": (
        "异议期已满。截止时间是{ended_at}。",
        "The time for objections is over. It ended at {ended_at}.",
    ),
    "announcement-running": (
        "异议期尚未届满。截止时间是{ends_at}。",
        "Objections may still come. They may until {ends_at}.",
    ),
    "deregistration-window-over": (
        "申请注销的期限已满。截止时间是{ended_at}。请重新公告。",
        "The time to deregister is over. It ended at {ended_at}. Announce again.",
    ),
    "already-asked": (
        "已就本次公告征询过该部门。部门是{department}。",
        "This department has been asked about the announcement. It is {department}.",
    ),
    "liquidation-incomplete": (
        "清算材料不完整。尚缺：{missing}。",
        "The papers of the liquidation are not complete. Missing: {missing}.",
    ),
    "not-an-officeholder": (
        "该人员未在本企业任职。",
        "This person holds no office in the company.",
    ),
    "already-flagged": (
        "该人员已按此名单标记。名单是{list}。",
        "The person is flagged for this list. It is {list}.",
    ),
    "not-flagged": (
        "该人员没有此名单的标记。名单是{list}。",
        "The person is not flagged for this list. It is {list}.",
    ),
    "already-barred": (
        "该人员已在此名单中。名单是{list}。",
        "The person stands on this list already. It is {list}.",
    ),
    "person-unclear": (
        "请填写公民身份号码或者当事人标识，二者填一项。",
        "Name the person by resident id or by subject reference, one of the two.",
    ),
}
"""Code → Chinese, English."""
