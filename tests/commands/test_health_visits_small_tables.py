"""The states of sessions, referrals and reports: every pair of a state and a command."""

from datetime import datetime
from uuid import UUID

import pytest

from commands.health_visits.referring import AcceptReferral, DeclineReferral, LapseReferral
from commands.health_visits.reporting import CorrectReport, ReportNotifiable
from domain.health_visits import (
    ClinicSession,
    NotifiableReport,
    Referral,
    ReferralState,
    ReportState,
    SessionState,
)
from domain.health_visits.values import referral_id, report_id
from domain.shared.aggregate import Aggregate
from domain.shared.refusals import NotInState
from tests import clinics as c
from tests.commands.test_health_visits_ending import referring, with_consent
from tests.scenario import HUIMIN, MATTER, Scenario, Step, given, shanghai

R, P, S = ReferralState, ReportState, SessionState
REFERRAL = referral_id(MATTER, 1)
REPORT = report_id(MATTER, "pertussis")
LAPSES_AT = shanghai("2026-03-17T00:00")
ENOUGH = shanghai("2026-03-18T09:00")

SESSION_STEPS = {
    "add-slots": c.slots_added(),
    "delay-session": c.session_delayed(),
    "close-session": c.session_closed(),
}
REFERRAL_STEPS = {
    "accept-referral": Step(AcceptReferral(referral_id=REFERRAL), c.DOCTOR_2),
    "decline-referral": Step(DeclineReferral(referral_id=REFERRAL, reason="无床"), c.DOCTOR_2),
    "lapse-referral": Step(LapseReferral(referral_id=REFERRAL), HUIMIN),
}
REPORT_STEPS = {
    "report-notifiable": Step(ReportNotifiable(report_id=REPORT), HUIMIN),
    "correct-report": Step(CorrectReport(report_id=REPORT, reason="复检结果"), c.NURSE),
}
TABLES: dict[type[Aggregate], dict[str, set[str]]] = {
    ClinicSession: {name: {S.OPEN} for name in SESSION_STEPS},
    Referral: {name: {R.OFFERED} for name in REFERRAL_STEPS},
    NotifiableReport: {
        "report-notifiable": {P.DUE},
        "correct-report": {P.REPORTED, P.CORRECTED},
    },
}
STEPS = {**SESSION_STEPS, **REFERRAL_STEPS, **REPORT_STEPS}


def arrived(state: str) -> Scenario:
    match state:
        case S.OPEN:
            return given(c.session_opened())
        case S.CLOSED:
            return given(c.session_opened(), c.session_closed())
        case R.OFFERED:
            return with_consent(referring())
        case R.ACCEPTED:
            return with_consent(referring(), REFERRAL_STEPS["accept-referral"])
        case R.DECLINED:
            return with_consent(referring(), REFERRAL_STEPS["decline-referral"])
        case R.LAPSED:
            lapse = REFERRAL_STEPS["lapse-referral"].but(at=LAPSES_AT)
            return with_consent(referring(), lapse)
    scenario = given(*c.TO_CONSULTING, c.diagnosed(icd10="A37.0"))
    if state != P.DUE:
        scenario.run(REPORT_STEPS["report-notifiable"])
    if state == P.CORRECTED:
        scenario.run(REPORT_STEPS["correct-report"])
    return scenario


STATES: dict[type[Aggregate], tuple[UUID, list[str]]] = {
    ClinicSession: (c.SESSION, list(S)),
    Referral: (REFERRAL, list(R)),
    NotifiableReport: (REPORT, list(P)),
}
PAIRS = [
    (kind, state, name)
    for kind, (_, states) in STATES.items()
    for state in states
    for name in TABLES[kind]
]


@pytest.mark.parametrize("kind", TABLES)
def test_the_aggregate_allows_what_the_brief_allows(kind: type[Aggregate]) -> None:
    declared = {name.replace("_", "-"): set(states) for name, states in kind.actions.items()}
    assert declared == {name: {str(s) for s in states} for name, states in TABLES[kind].items()}


@pytest.mark.parametrize(
    ("kind", "state", "name"), PAIRS, ids=lambda value: getattr(value, "__name__", str(value))
)
def test_a_command_is_allowed_or_refused_by_state(
    kind: type[Aggregate], state: str, name: str
) -> None:
    scenario = arrived(state)
    id, _ = STATES[kind]
    assert scenario.matters[id].state == state  # type: ignore[attr-defined]  # each has a state
    at: datetime | None = ENOUGH if name == "lapse-referral" else None
    answer = scenario.when(STEPS[name], at=at)
    if state in TABLES[kind][name]:
        assert answer.refused is None
    else:
        allowed = tuple(sorted(n for n, states in TABLES[kind].items() if state in states))
        answer.then_refused(NotInState(state=state, allowed=allowed))
