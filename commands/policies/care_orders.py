"""What care orders ask of themselves, and how they follow the company register, the credit
lists and the hospitals.

The order of the commands is part of what is stored for ever: each one's id derives from the
policy, the event's position and its place in the list.
"""

from commands.base import policy
from commands.care_orders.assigning import AssignProvider, ProposeTransfer
from commands.care_orders.elders import NoteAdmission, NoteDeath, NoteDischarge
from commands.care_orders.providing import AllowNewAssignments, StopNewAssignments
from commands.care_orders.scheduling import CancelVisit
from commands.care_orders.serving import (
    EndCare,
    RecallCare,
    RequestReassessment,
    Resume,
    Suspend,
)
from commands.care_orders.settling import IncludeInSettlement, ReclaimVisit
from domain.care_orders import CareOrder, Elder, ProviderCapacity, Visit
from domain.care_orders.people import elder_id, provider_id
from domain.care_orders.states import (
    CancelReason,
    EndReason,
    ReassessmentReason,
    ReclaimReason,
    StopGround,
    SuspensionReason,
)
from domain.company_registration import CompanyRegistration
from domain.credit_records import Colour, CreditRecord
from domain.credit_records.identities import company_of
from domain.discharge_home import DischargeHome
from domain.health_visits import HealthVisit


@policy("stop-provider", fails="wait")
def when_a_company_is_barred(
    e: CompanyRegistration.LicenceRevoked | CreditRecord.SubjectListed,
) -> StopNewAssignments | None:
    """A provider without a licence, or on a black list of whatever department, gets no new elders."""
    if isinstance(e, CompanyRegistration.LicenceRevoked):
        ground = StopGround.LICENCE_REVOKED
        return StopNewAssignments(provider_id=provider_id(e.uscc), ground=ground)
    uscc = company_of(e.subject)
    if uscc is None or e.colour is not Colour.BLACK:
        return None
    ground = StopGround.CREDIT_LISTED
    return StopNewAssignments(provider_id=provider_id(uscc), ground=ground, source=e.id)


@policy("allow-provider", fails="wait")
def when_a_company_is_delisted(e: CreditRecord.SubjectDelisted) -> AllowNewAssignments | None:
    """Off this list; the provider may still stand on another."""
    uscc = company_of(e.subject)
    if uscc is None or e.colour is not Colour.BLACK:
        return None
    ground = StopGround.CREDIT_LISTED
    return AllowNewAssignments(provider_id=provider_id(uscc), ground=ground, source=e.id)


@policy("propose-transfers", fails="note")
def when_a_provider_is_stopped(e: ProviderCapacity.AssignmentsStopped) -> list[ProposeTransfer]:
    """Every family whose elder is there hears of it; who rests does not need to."""
    return [ProposeTransfer(order_id=order, ground=e.ground) for order in e.orders]


@policy("offer-free-places", fails="note")
def when_a_place_is_free(
    e: ProviderCapacity.PlaceReleased
    | ProviderCapacity.CapacityChanged
    | ProviderCapacity.AssignmentsAllowed,
) -> list[AssignProvider]:
    """Who waits gets it, in their order."""
    return [AssignProvider(order_id=order, provider=e.uscc) for order in e.offered]


@policy("call-off-visits", fails="note")
def when_nobody_is_to_come(
    e: CareOrder.CareSuspended
    | CareOrder.ProviderChanged
    | CareOrder.CareEnded
    | CareOrder.CareRecalled,
) -> list[CancelVisit]:
    """Visits that the old arrangement still holds."""
    reason = {
        CareOrder.CareSuspended: CancelReason.SUSPENDED,
        CareOrder.ProviderChanged: CancelReason.TRANSFERRED,
        CareOrder.CareEnded: CancelReason.ENDED,
        CareOrder.CareRecalled: CancelReason.ENDED,
    }[type(e)]
    return [CancelVisit(visit_id=visit, reason=reason) for visit in e.later_visits]


@policy("reclaim-visits", fails="wait")
def when_a_visit_is_not_owed(
    e: CareOrder.CareEnded | Elder.StayBegan,
) -> list[ReclaimVisit]:
    """After a death nothing is owed; on a day in an institution no subsidy for care at home."""
    if isinstance(e, Elder.StayBegan):
        return [ReclaimVisit(visit_id=v, reason=ReclaimReason.ADMISSION) for v in e.double]
    return [ReclaimVisit(visit_id=v, reason=ReclaimReason.DEATH) for v in e.unpayable_visits]


@policy("settle-visits", fails="note")
def when_a_visit_is_verified(
    e: Visit.VisitVerified | Visit.DisputeResolved,
) -> IncludeInSettlement | None:
    """Each at once, into the month that is open."""
    if isinstance(e, Visit.DisputeResolved) and e.upheld:
        return None
    return IncludeInSettlement(visit_id=e.id)


@policy("hospital-suspends-care", fails="note")
def when_a_patient_is_admitted(e: HealthVisit.PatientAdmitted) -> NoteAdmission:
    """A person has one pseudonym in the whole city; who never asked for care is not concerned."""
    return NoteAdmission(elder_id=elder_id(e.subject))


@policy("discharge-to-care", fails="wait")
def when_a_patient_is_discharged(e: HealthVisit.PatientDischarged) -> NoteDischarge:
    """Of the findings only whether abilities were lost."""
    return NoteDischarge(elder_id=elder_id(e.subject), functional_loss=e.functional_loss)


@policy("death-ends-care", fails="wait")
def when_a_patient_died(e: HealthVisit.DeathRecorded) -> NoteDeath:
    """The half of ``death-ends`` that lies in care: all care ends on the day of the death."""
    return NoteDeath(elder_id=elder_id(e.subject), on=e.died_on)


@policy("elder-in-hospital", fails="note")
def when_an_elder_is_admitted(e: Elder.ElderAdmitted) -> list[Suspend]:
    """Each live order rests; one that is not served yet has nothing to rest."""
    return [Suspend(order_id=order, reason=SuspensionReason.HOSPITAL) for order in e.orders]


@policy("elder-back-home", fails="wait")
def when_an_elder_is_discharged(
    e: Elder.ElderDischarged,
) -> list[Resume | RequestReassessment]:
    """Care goes on where it rested for the hospital, and is measured anew after a loss of
    abilities."""
    commands: list[Resume | RequestReassessment] = []
    for order in e.orders:
        commands.append(Resume(order_id=order))
        if e.functional_loss:
            reason = ReassessmentReason.HOSPITAL_DISCHARGE
            commands.append(RequestReassessment(order_id=order, reason=reason))
    return commands


@policy("elder-died", fails="wait")
def when_an_elder_died(e: Elder.DeathNoted) -> list[EndCare]:
    """Every live order ends on the day of the death, whenever that became known."""
    return [EndCare(order_id=order, reason=EndReason.DEATH, on=e.on) for order in e.orders]


@policy("recall-discharge", fails="wait")
def when_a_discharge_is_recalled(e: DischargeHome.DischargeRecalled) -> list[RecallCare]:
    """What the hospital's desk asked for goes, with all that the provider saw by it."""
    return [RecallCare(order_id=order, consent_id=str(e.consent)) for order in e.orders]
