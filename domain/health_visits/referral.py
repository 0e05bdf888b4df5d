"""A referral: one institution asks another to go on treating somebody.

Source: tiered diagnosis and treatment (国办发〔2015〕70号). It is begun in the decision that refers
the patient; who takes it may name a session and a slot, which are then booked.
"""

from datetime import datetime
from uuid import UUID

from domain.health_visits import limits
from domain.health_visits.booking import Readings
from domain.health_visits.institutions import InstitutionCode, Specialty
from domain.health_visits.states import ReferralState
from domain.health_visits.values import Patient
from domain.health_visits.visit import Direction
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.clocks import ClockedAggregate
from domain.shared.identifiers import OfficerId
from domain.shared.personal import Sensitive
from domain.shared.refusals import NotDue


class Referral(ClockedAggregate, program="health-visits", clock_events="referral"):
    """One patient, offered to one institution."""

    CLOCKS = limits.REFERRAL_CLOCKS

    class ReferralOffered(Aggregate.Created, v=1):
        """The target's desk has to answer."""

        visit: UUID
        patient: Sensitive[Patient]
        source: InstitutionCode
        target: InstitutionCode
        direction: Direction
        specialty: Specialty
        reason: Sensitive[str]
        urgent: bool
        clocks: Readings

    @staticmethod
    def offer_clocks(at: datetime, calendar: Calendar, *, urgent: bool) -> Readings:
        """Three working days, urgent two hours; it lapses after a fortnight."""
        limit = limits.REFERRAL_URGENT if urgent else None
        return (
            limits.REFERRAL.start(at, calendar, limit=limit),
            limits.REFERRAL_LAPSE.start(at, calendar),
        )

    @event(ReferralOffered)
    def __init__(
        self,
        visit: UUID,
        patient: Patient,
        source: str,
        target: str,
        direction: Direction,
        specialty: Specialty,
        reason: str,
        urgent: bool,
        clocks: Readings,
    ) -> None:
        self.state: ReferralState = ReferralState.OFFERED
        self.visit: UUID = visit
        self.patient: Patient = patient
        self.target: str = target
        self.specialty: Specialty = specialty
        self.read_clocks(clocks)

    def _answered(self) -> Readings:
        return tuple(reading.stop(self.now) for reading in self.clocks.values())

    class ReferralAccepted(Aggregate.Event, v=1):
        """The target takes the patient; with ``session`` and ``slot`` an appointment follows."""

        visit: UUID
        patient: Sensitive[Patient]
        target: InstitutionCode
        specialty: Specialty
        session: UUID | None
        slot: datetime | None
        officer: OfficerId
        clocks: Readings

    @allowed_in(ReferralState.OFFERED)
    def accept_referral(self, session: UUID | None, slot: datetime | None, *, officer: str) -> None:
        """By the target's desk."""
        self._referral_accepted(
            visit=self.visit,
            patient=self.patient,
            target=self.target,
            specialty=self.specialty,
            session=session,
            slot=slot,
            officer=officer,
            clocks=self._answered(),
        )

    @event(ReferralAccepted)
    def _referral_accepted(
        self,
        visit: UUID,
        patient: Patient,
        target: str,
        specialty: Specialty,
        session: UUID | None,
        slot: datetime | None,
        officer: str,
        clocks: Readings,
    ) -> None:
        self.state = ReferralState.ACCEPTED
        self.read_clocks(clocks)

    class ReferralDeclined(Aggregate.Event, v=1):
        """The target does not take the patient."""

        visit: UUID
        target: InstitutionCode
        reason: Sensitive[str]
        officer: OfficerId
        clocks: Readings

    @allowed_in(ReferralState.OFFERED)
    def decline_referral(self, reason: str, *, officer: str) -> None:
        """The referring doctor looks for another one."""
        self._referral_declined(
            visit=self.visit,
            target=self.target,
            reason=reason,
            officer=officer,
            clocks=self._answered(),
        )

    @event(ReferralDeclined)
    def _referral_declined(
        self, visit: UUID, target: str, reason: str, officer: str, clocks: Readings
    ) -> None:
        self.state = ReferralState.DECLINED
        self.read_clocks(clocks)

    class ReferralLapsed(Aggregate.Event, v=1):
        """Nobody answered for a fortnight."""

        visit: UUID
        target: InstitutionCode
        clocks: Readings

    @allowed_in(ReferralState.OFFERED)
    def lapse_referral(self) -> None:
        """Raises NotDue."""
        due_at = self.clocks[limits.REFERRAL_LAPSE.name].due_at
        if due_at is not None and self.now < due_at:
            raise NotDue(due_at=due_at)
        self._referral_lapsed(visit=self.visit, target=self.target, clocks=self._answered())

    @event(ReferralLapsed)
    def _referral_lapsed(self, visit: UUID, target: str, clocks: Readings) -> None:
        self.state = ReferralState.LAPSED
        self.read_clocks(clocks)
