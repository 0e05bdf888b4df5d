"""Health visits (健康就诊): from a booking to a closed record, with what is kept of a person.

``HealthVisit`` is one aggregate in four parts that follow a visit: ``booking``, ``arriving``,
``consulting``, ``visit``. Beside it stand ``ClinicSession``, ``PatientBookings``, ``Referral``,
``NotifiableReport`` and ``HealthArchive``.
"""

from domain.health_visits.archive import HealthArchive
from domain.health_visits.patients import PatientBookings
from domain.health_visits.referral import Referral
from domain.health_visits.report import NotifiableReport
from domain.health_visits.session import ClinicSession
from domain.health_visits.states import (
    ArchiveState,
    ReferralState,
    ReportState,
    SessionState,
    VisitState,
)
from domain.health_visits.visit import HealthVisit

__all__ = [
    "ArchiveState",
    "ClinicSession",
    "HealthArchive",
    "HealthVisit",
    "NotifiableReport",
    "PatientBookings",
    "Referral",
    "ReferralState",
    "ReportState",
    "SessionState",
    "VisitState",
]
