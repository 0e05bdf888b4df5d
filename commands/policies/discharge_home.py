"""How the way home from a hospital follows the patient's health record and the elder's care.

One policy for all events, so that what they tell reaches a way home in the order of the log: of a
discharge and a withdrawn consent above all.
"""

from uuid import UUID

from commands.base import Command, policy
from commands.discharge_home import (
    BeginDischargeHome,
    EndDischargeHome,
    NoteCareEnd,
    NoteCareRequest,
    NoteCareVisit,
    NoteProvider,
    NoteVerifiedVisit,
    NoteWaitingList,
    RecallDischarge,
)
from domain.care_orders import CareOrder, Visit
from domain.care_orders.states import EndReason as CareEndReason
from domain.discharge_home import EndReason, discharge_id
from domain.health_visits import HealthArchive, HealthVisit


@policy("discharge-home", fails="wait")
def follow_the_way_home(
    e: HealthVisit.PatientDischarged
    | HealthVisit.PatientAdmitted
    | HealthVisit.DeathRecorded
    | HealthArchive.ConsentWithdrawn
    | CareOrder.CareRequested
    | CareOrder.WaitingListed
    | CareOrder.ProviderAssigned
    | CareOrder.ProviderChanged
    | CareOrder.CareResumed
    | CareOrder.CareEnded
    | CareOrder.ConsentWithdrawn
    | Visit.VisitCompleted
    | Visit.VisitVerified,
) -> Command | None:
    """Begins with a loss of abilities and a consent; ends with the first visit of a carer."""
    match e:
        case HealthVisit.PatientDischarged():
            return _begins(e)
        case HealthVisit.PatientAdmitted():
            home = discharge_id(e.subject)
            return EndDischargeHome(discharge_id=home, reason=EndReason.READMITTED)
        case HealthVisit.DeathRecorded():
            home = discharge_id(e.subject)
            return EndDischargeHome(discharge_id=home, reason=EndReason.DEATH)
        case HealthArchive.ConsentWithdrawn():
            return _withdrawn(e)
        case CareOrder.CareRequested():
            home = discharge_id(e.elder.subject)
            return NoteCareRequest(discharge_id=home, order_id=e.id, mode=e.mode)
        case CareOrder.WaitingListed():
            return NoteWaitingList(order_id=e.id, waiting_at=e.provider)
        case CareOrder.ProviderAssigned() | CareOrder.ProviderChanged() | CareOrder.CareResumed():
            home = discharge_id(e.elder)
            return NoteProvider(discharge_id=home, order_id=e.id, mode=e.mode, provider=e.provider)
        case CareOrder.CareEnded():
            died = e.reason is CareEndReason.DEATH
            return NoteCareEnd(discharge_id=discharge_id(e.elder), order_id=e.id, died=died)
        case CareOrder.ConsentWithdrawn():
            return _withdrawn_at_care(e)
        case Visit.VisitCompleted():
            return NoteCareVisit(
                discharge_id=discharge_id(e.elder),
                order_id=e.order_id,
                care_visit=e.id,
                starts_at=e.starts_at,
            )
        case Visit.VisitVerified():
            return NoteVerifiedVisit(care_visit=e.id)


def _begins(e: HealthVisit.PatientDischarged) -> BeginDischargeHome | None:
    if not e.functional_loss or e.care_consent is None:
        return None
    return BeginDischargeHome(
        discharge_id=discharge_id(e.subject),
        elder=e.subject,
        visit_id=e.id,
        consent_id=e.care_consent,
        institution=e.clinic.institution,
        discharged_at=e.at,
    )


def _withdrawn(e: HealthArchive.ConsentWithdrawn) -> RecallDischarge | None:
    if e.purpose != "care":
        return None
    return RecallDischarge(
        discharge_id=discharge_id(e.subject), consent_id=e.consent, archive_id=e.id
    )


def _withdrawn_at_care(e: CareOrder.ConsentWithdrawn) -> RecallDischarge | None:
    """Care names consents by any text; that of a discharge is the one that health gave it."""
    try:
        consent = UUID(e.consent_id)
    except ValueError:
        return None
    return RecallDischarge(discharge_id=discharge_id(e.elder), consent_id=consent)
