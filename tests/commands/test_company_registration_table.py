"""The brief's table of states: every pair of a state and a command, allowed or refused.

The table is written out here once more, by hand and from the brief, so that a mark changed by
mistake in the aggregate is found.
"""

import pytest

from commands.company_registration.changing import AddressChangeGiven
from domain.company_registration import CompanyRegistration, State
from domain.shared.refusals import NotInState
from tests import registrations as r
from tests.scenario import Scenario, Step, given, shanghai

S = State

TABLE: dict[str, set[State]] = {
    "expire-name": {S.NAME_RESERVED},
    "submit-application": {S.NAME_RESERVED},
    "request-correction": {S.SUBMITTED},
    "resubmit": {S.CORRECTING},
    "lapse": {S.CORRECTING},
    "extend-legal-term": {S.SUBMITTED},
    "approve": {S.SUBMITTED},
    "reject": {S.SUBMITTED},
    "withdraw": {S.SUBMITTED, S.CORRECTING},
    "issue-licence": {S.APPROVED},
    "file-with-department": {S.REGISTERED, S.SUSPENDED},
    "take-back-filing": {S.ANNULLED},
    "apply-change": {S.REGISTERED},
    "approve-change": {S.REGISTERED},
    "reject-change": {S.REGISTERED},
    "suspend": {S.REGISTERED},
    "resume": {S.SUSPENDED},
    "announce-simple-deregistration": {S.REGISTERED},
    "request-objection": {S.ANNOUNCING},
    "object": {S.ANNOUNCING},
    "extend-deregistration": {S.ANNOUNCING},
    "end-announcement": {S.ANNOUNCING},
    "deregister": {S.ANNOUNCING, S.REGISTERED, S.SUSPENDED, S.REVOKED},
    "revoke-licence": {S.REGISTERED, S.SUSPENDED},
    "annul-registration": {S.REGISTERED},
    "flag-officeholder": {S.REGISTERED, S.SUSPENDED, S.ANNOUNCING},
    "lift-flag": {S.REGISTERED, S.SUSPENDED, S.ANNOUNCING},
}

# How to come into each state.
PATHS: dict[State, tuple[Step, ...]] = {
    S.NAME_RESERVED: (r.name_reserved(),),
    S.SUBMITTED: (r.name_reserved(), r.submitted()),
    S.CORRECTING: (r.name_reserved(), r.submitted(), r.correction_requested()),
    S.APPROVED: (r.name_reserved(), r.submitted(), r.approved()),
    S.REGISTERED: (*r.REGISTERED, r.filed()),
    S.SUSPENDED: (*r.REGISTERED, r.filed(), r.suspended()),
    S.ANNOUNCING: (*r.REGISTERED, r.announced()),
    S.LAPSED: (r.name_reserved(), r.name_expired(at=shanghai("2026-05-03T00:00"))),
    S.REJECTED: (r.name_reserved(), r.submitted(), r.rejected()),
    S.WITHDRAWN: (r.name_reserved(), r.submitted(), r.withdrawn()),
    S.REVOKED: (*r.REGISTERED, r.revoked()),
    S.DEREGISTERED: (*r.REGISTERED, r.deregistered()),
    S.ANNULLED: (*r.REGISTERED, r.filed(), r.annulled()),
}

# What a command needs in a state besides being allowed there.
BEFORE: dict[str, tuple[Step, ...]] = {
    "approve-change": (r.change_applied(),),
    "reject-change": (r.change_applied(),),
    "lift-flag": (r.flagged(),),
}
AFTER_A_WHILE = {("deregister", S.ANNOUNCING): shanghai("2026-03-25T09:00")}


def arrived(state: State) -> Scenario:
    scenario = given(*PATHS[state])
    assert isinstance(scenario.matter, CompanyRegistration)
    assert scenario.matter.state is state
    return scenario


def test_the_aggregate_allows_what_the_brief_allows() -> None:
    declared = {
        name.replace("_", "-"): states for name, states in CompanyRegistration.actions.items()
    }
    assert declared == {name: {str(state) for state in states} for name, states in TABLE.items()}


def test_every_state_and_every_command_is_tried() -> None:
    assert set(PATHS) == set(State)
    assert set(r.ONE_OF_EACH) == set(TABLE)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", TABLE)
def test_a_command_is_allowed_or_refused_by_state(name: str, state: State) -> None:
    scenario = arrived(state)
    if state in TABLE[name]:
        for step in BEFORE.get(name, ()):
            scenario.run(step)
        answer = scenario.when(r.ONE_OF_EACH[name], at=AFTER_A_WHILE.get((name, state)))
        assert answer.refused is None
        assert answer.decision is not None
        assert answer.decision.events
    else:
        allowed = tuple(sorted(command for command, states in TABLE.items() if state in states))
        scenario.when(r.ONE_OF_EACH[name]).then_refused(NotInState(state=state, allowed=allowed))


@pytest.mark.parametrize("state", [S.LAPSED, S.REJECTED, S.WITHDRAWN, S.DEREGISTERED])
def test_nothing_more_is_possible_at_an_end(state: State) -> None:
    matter = arrived(state).matter
    assert matter is not None
    assert matter.allowed() == ()


def test_a_refused_command_changes_nothing() -> None:
    scenario = given(*r.REGISTERED)
    assert scenario.matter is not None
    version = scenario.matter.version
    scenario.when(r.change_applied(AddressChangeGiven(field="address", address=r.ADDRESS)))
    assert scenario.matter.version == version
