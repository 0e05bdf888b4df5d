"""What health visits say no with, each with its sentence in Chinese and English.

Codes are never renamed. No refusal tells who else holds a seat, a bed or a place in a queue.
"""

from datetime import date, datetime
from uuid import UUID

from domain.shared.refusals import Refused


class SlotTaken(Refused, code="slot-taken"):
    """All seats of the slot are taken."""


class SlotUnknown(Refused, code="slot-unknown"):
    """The session has no slot at this instant, or it has begun."""


class SessionClosed(Refused, code="session-closed"):
    """The session takes nobody any more."""


class SessionExists(Refused, code="session-exists"):
    """The doctor has a session in this half-day already."""


class SessionOccupied(Refused, code="session-occupied"):
    """People are waiting or being treated; they come first."""


class OtherClinic(Refused, code="other-clinic"):
    """A booking moves within its field of medicine and its institution only."""


class BookingLimit(Refused, code="booking-limit"):
    """One live booking in a field of medicine and a day."""


class BookingBanned(Refused, code="booking-banned"):
    """Somebody did not come too often."""

    until: datetime


class PatientDeceased(Refused, code="patient-deceased"):
    """Nothing is booked for who died."""


class TooEarly(Refused, code="too-early"):
    """Bookings open a fortnight ahead."""

    earliest: date


class TooLate(Refused, code="too-late"):
    """A patient moves or cancels a booking in good time, or lets the clinic do it."""

    latest: datetime


class WrongDay(Refused, code="wrong-day"):
    """The appointment is on another day, or for a late one in another half-day."""

    day: date


class AlreadyWaiting(Refused, code="already-waiting"):
    """The patient waits in this clinic already."""


class NotNext(Refused, code="not-next"):
    """Somebody else is next."""

    next: UUID | None


class RoomOccupied(Refused, code="room-occupied"):
    """Somebody was called, or is being treated."""


class DoctorBusy(Refused, code="doctor-busy"):
    """The doctor has another consultation."""


class UnknownCode(Refused, code="unknown-code", status=422):
    """No code of ICD-10 that is valid on the day."""

    nearest: tuple[str, ...]


class PrincipalExists(Refused, code="principal-exists"):
    """A visit has one principal diagnosis."""


class CodeNotForSexOrAge(Refused, code="code-not-for-sex-or-age"):
    """Nobody of this sex and age has this diagnosis."""


class DiagnosisMissing(Refused, code="diagnosis-missing"):
    """A consultation ends with a diagnosis, or with the finding that there is none."""


class OrderUnknown(Refused, code="order-unknown"):
    """No examination was ordered under this number."""


class NothingCritical(Refused, code="nothing-critical"):
    """The result waits for nobody's acknowledgement."""


class ArchiveMoved(Refused, code="archive-moved"):
    """Something was recorded in the archive since the doctor looked."""

    archive_version: int


class AllergyConflict(Refused, code="allergy-conflict"):
    """A drug holds what the patient is allergic to. ``substance`` is one of the drug's own."""

    substance: str


class Interaction(Refused, code="interaction"):
    """Two drugs must not be taken together."""

    pair: tuple[str, str]


class DaysTooLong(Refused, code="days-too-long"):
    """Longer than the Prescription Rules allow."""

    most: int


class BedTaken(Refused, code="bed-taken"):
    """Another patient has the bed."""


class SpecialtyMissing(Refused, code="specialty-missing"):
    """The institution has no such clinic, or refers to itself."""

    specialty: str


class BillOpen(Refused, code="bill-open"):
    """A visit is closed when its bill is settled or waived."""


class ArchiveExists(Refused, code="archive-exists"):
    """A resident has one archive."""


class AlreadyRecorded(Refused, code="already-recorded"):
    """It stands in the archive as it is."""


class NothingSuch(Refused, code="nothing-such"):
    """The archive does not have it, or no longer."""


class SelfMerge(Refused, code="self-merge"):
    """Two archives are merged, not one with itself."""


SENTENCES: dict[str, tuple[str, str]] = {
    "slot-taken": (
        "该时段的号源已被约满。请选择其他时段。",
        "All seats of this slot are taken. Please choose another slot.",
    ),
    "slot-unknown": (
        "该门诊没有这个时段，或时段已开始。请从号源表中选择。",
        "The session has no such slot, or it has begun. Please choose one that is shown as free.",
    ),
    "session-closed": (
        "该门诊已停诊。请改约其他门诊。",
        "The session is closed. Please book another one.",
    ),
    "session-exists": (
        "该医生在这个半天已有门诊。可以为其增加号源。",
        "The doctor has a session in this half-day already. Slots may be added to it.",
    ),
    "session-occupied": (
        "仍有患者在候诊或就诊，不能停诊。请先安排他们。",
        "People are waiting or being treated in this session. Please see to them first.",
    ),
    "other-clinic": (
        "改期只能在同一机构的同一科室内进行。请取消后重新预约。",
        "A booking moves within its institution and department only. Cancel it and book anew.",
    ),
    "booking-limit": (
        "同一就诊人同一天在同一科室只能有一个有效预约。请先取消原预约。",
        "A patient has one live booking a day in a department. Please cancel that one first.",
    ),
    "booking-banned": (
        "因多次爽约，暂停预约。恢复时间是{until}。急诊和现场挂号不受影响。",
        "Booking is suspended after several missed appointments. It opens again at {until}. "
        "Emergency care and the counter remain open.",
    ),
    "patient-deceased": (
        "该就诊人已登记死亡，不能预约。如有误，请联系卫生健康委。",
        "The patient is recorded as deceased. If that is wrong, please tell the Health Commission.",
    ),
    "too-early": (
        "现在办理还太早。最早的日期是{earliest}。",
        "It is too early for this. The earliest day is {earliest}.",
    ),
    "too-late": (
        "已过本人改期或取消的时限。最晚时间是{latest}。请联系门诊办理。",
        "It is too late to move or cancel this yourself. The latest time was {latest}. "
        "Please ask the clinic.",
    ),
    "wrong-day": (
        "预约不在今天的这个半天。预约日期是{day}。",
        "The appointment is not in this half-day. Its day is {day}.",
    ),
    "already-waiting": (
        "该就诊人已在本门诊候诊。请留意叫号。",
        "The patient waits in this clinic already. Please listen for the call.",
    ),
    "not-next": (
        "按排队规则，下一位不是该就诊人。下一位的编号是{next}。",
        "By the rule of the queue somebody else is next. The next visit is {next}.",
    ),
    "room-occupied": (
        "诊室中已有就诊人。请先完成这次就诊。",
        "The room is not free. Please finish with the present patient first.",
    ),
    "doctor-busy": (
        "该医生正在接诊另一位就诊人。请先结束那次就诊。",
        "The doctor has another consultation. Please finish that one first.",
    ),
    "unknown-code": (
        "该诊断编码无效。相近的编码有：{nearest}。",
        "This is no valid diagnosis code. The nearest are {nearest}.",
    ),
    "principal-exists": (
        "本次就诊已有主要诊断。请作为其他诊断记录。",
        "The visit has its principal diagnosis. Please record this one as a further diagnosis.",
    ),
    "code-not-for-sex-or-age": (
        "该诊断与就诊人的性别或年龄不符。请核对编码。",
        "This diagnosis does not fit the patient's sex or age. Please check the code.",
    ),
    "diagnosis-missing": (
        "尚未记录诊断。请记录诊断，或说明未发现疾病。",
        "No diagnosis is recorded. Please record one, or say that none was found.",
    ),
    "order-unknown": (
        "没有这个检查单号。请核对单号。",
        "No examination was ordered under this number. Please check it.",
    ),
    "nothing-critical": (
        "该结果不需要确认，或已经确认。",
        "This result needs no acknowledgement, or has it.",
    ),
    "archive-moved": (
        "健康档案在您查看之后有更新。现在的版本是{archive_version}。请重新查看后再开方。",
        "Something was recorded in the archive since you looked. Its version is "
        "{archive_version}. Please look again before you prescribe.",
    ),
    "allergy-conflict": (
        "药品含有患者过敏的成分。该成分是{substance}。如仍需使用，请写明理由。",
        "A drug holds what the patient is allergic to. It is {substance}. "
        "If it is needed all the same, give the reason.",
    ),
    "interaction": (
        "两种药品不宜同时使用。它们是{pair}。如仍需使用，请写明理由。",
        "Two drugs must not be taken together. They are {pair}. "
        "If it is needed all the same, give the reason.",
    ),
    "days-too-long": (
        "处方天数超过规定。最多{most}天。",
        "The prescription is for more days than the rules allow. At most {most} days are allowed.",
    ),
    "bed-taken": (
        "该床位已有患者。请选择其他床位。",
        "Another patient has this bed. Please choose another one.",
    ),
    "specialty-missing": (
        "目标机构不能接收该转诊。所需科室是{specialty}。请选择其他机构。",
        "The institution cannot take this referral. The specialty is {specialty}. "
        "Please choose another institution.",
    ),
    "bill-open": (
        "费用尚未结清或减免，不能结案。",
        "The bill is neither settled nor waived, so the visit stays open.",
    ),
    "archive-exists": (
        "该居民已有健康档案。一人一档，请使用原有档案。",
        "The resident has a health archive. There is one for each; please use that.",
    ),
    "already-recorded": (
        "档案中已有这一项。无需重复记录。",
        "This stands in the archive already. Nothing needs to be recorded.",
    ),
    "nothing-such": (
        "档案中没有这一项，或已失效。请核对。",
        "The archive does not have this, or no longer. Please check.",
    ),
    "self-merge": (
        "档案不能与自身合并。请填写另一份档案。",
        "An archive is not merged with itself. Please name the other one.",
    ),
    "reason-missing": (
        "必须写明理由。理由会被保存并受审查。",
        "The reason is missing. It is kept and reviewed.",
    ),
    "visit-unclear": (
        "请填写就诊编号或者现场挂号信息，二者填一项。",
        "Name the visit or give the walk-in, one of the two.",
    ),
    "institution-unknown": (
        "没有这个机构代码。请使用机构名录中的代码。",
        "No institution has this code. Please use one from the city's list.",
    ),
    "drug-unknown": (
        "药品目录中没有这个代码。请使用ATC代码。",
        "The formulary has no drug of this code. Please use its ATC code.",
    ),
    "unit-unknown": (
        "剂量单位无效。请使用UCUM单位，例如mg。",
        "This is no unit that doses are written in. Please use one of UCUM, such as mg.",
    ),
    "substance-unknown": (
        "没有这种过敏原。请从目录中选择。",
        "No substance has this name. Please choose one from the list.",
    ),
    "slots-malformed": (
        "号源时段有误。各时段须不重复并在该半天之内。",
        "The slots are not in order. Each is named once and lies in the session's half-day.",
    ),
}
"""Code → Chinese, English."""
