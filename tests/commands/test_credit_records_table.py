"""The brief's tables of states: every pair of a state and a command, allowed or refused.

The tables are written out here once more, by hand and from the brief, so that a mark changed by
mistake in an aggregate is found. An item of the catalogue and a list entry share one table; where a
command is about one of the two only, the state is reached with that one.
"""

from uuid import UUID

import pytest

from domain.credit_records import (
    AuthorisationState,
    CreditRecord,
    CreditSubject,
    QueryAuthorisation,
    RecordState,
    SubjectState,
)
from domain.credit_records.refusals import ObjectionOpen
from domain.shared.refusals import NotInState
from tests import credits as c
from tests.scenario import Scenario, Step, given, shanghai

S = RecordState
LIVE = {S.PUBLISHED, S.DISPUTED, S.REPAIRING}

TABLE: dict[str, set[RecordState]] = {
    "plead": {S.NOTIFIED},
    "decide-listing": {S.NOTIFIED},
    "publish": {S.RECORDED},
    "record-duty-done": {S.RECORDED, S.NOTIFIED, S.PUBLISHED, S.DISPUTED},
    "raise-objection": {S.PUBLISHED},
    "ask-evidence": {S.DISPUTED, S.ENDED},
    "submit-evidence": {S.DISPUTED, S.ENDED},
    "uphold-objection": {S.DISPUTED, S.ENDED},
    "dismiss-objection": {S.DISPUTED, S.ENDED},
    "apply-repair": {S.PUBLISHED},
    "accept-repair": {S.REPAIRING},
    "grant-repair": {S.REPAIRING},
    "refuse-repair": {S.REPAIRING},
    "revoke-repair": {S.REPAIRED},
    "end-publicity": LIVE,
    "withdraw-basis": set(S) - {S.WITHDRAWN},
    "delist": LIVE,
    "report-measure": LIVE,
    "confirm-removal": {S.REPAIRED, S.WITHDRAWN, S.ENDED},
}

ITEM = (*c.COMPANY, c.contributed(duty_outstanding=True))
SHOWN = (*ITEM, c.published())
REPAIRABLE = (*c.COMPANY, c.contributed(), c.published())
LISTED = (*c.COMPANY, c.notified(duty_outstanding=True), c.decided(at=c.PLEA_OVER))
LISTED_DONE = (*c.COMPANY, c.notified(), c.decided(at=c.PLEA_OVER))

ITEMS: dict[RecordState, tuple[Step, ...]] = {
    S.RECORDED: ITEM,
    S.PUBLISHED: SHOWN,
    S.DISPUTED: (*SHOWN, c.objected()),
    S.REPAIRING: (*REPAIRABLE, c.applied(at=c.REPAIRABLE)),
    S.REPAIRED: (*REPAIRABLE, c.applied(at=c.REPAIRABLE), c.granted()),
    S.ENDED: (*SHOWN, c.objected(), c.publicity_ended(at=c.PENALTY_OVER)),
    S.WITHDRAWN: (*SHOWN, c.basis_withdrawn()),
}
"""How an item comes into each state; at its end an objection is still open."""

ENTRIES: dict[RecordState, tuple[Step, ...]] = {
    S.NOTIFIED: (*c.COMPANY, c.notified(duty_outstanding=True)),
    S.DROPPED: (*c.COMPANY, c.notified(), c.dropped(at=c.PLEA_OVER)),
    S.PUBLISHED: LISTED,
    S.DISPUTED: (*LISTED, c.objected(record=c.ENTRY)),
    S.REPAIRING: (*LISTED_DONE, c.applied(record=c.ENTRY, at=c.LISTING_REPAIRABLE)),
    S.REPAIRED: (
        *LISTED_DONE,
        c.applied(record=c.ENTRY, at=c.LISTING_REPAIRABLE),
        c.granted(record=c.ENTRY),
    ),
    S.ENDED: (*LISTED, c.delisted(record=c.ENTRY)),
    S.WITHDRAWN: (*LISTED, c.basis_withdrawn(record=c.ENTRY)),
}
"""How an entry on a list does."""

ABOUT_LISTS = {"plead", "decide-listing", "delist", "report-measure", "confirm-removal"}
LATE = shanghai("2030-01-02T09:00")


def command(name: str, record: UUID) -> Step:
    """Every command on a record, sound but for the state that it may meet."""
    return {
        "plead": c.pleaded(record=record),
        "decide-listing": c.decided(record=record, at=c.PLEA_OVER),
        "publish": c.published(record=record),
        "record-duty-done": c.duty_done(record=record),
        "raise-objection": c.objected(record=record),
        "ask-evidence": c.evidence_asked(record=record),
        "submit-evidence": c.evidence_submitted(record=record),
        "uphold-objection": c.corrected(record=record),
        "dismiss-objection": c.dismissed(record=record),
        "apply-repair": c.applied(record=record, at=c.REPAIRABLE),
        "accept-repair": c.accepted(record=record),
        "grant-repair": c.granted(record=record),
        "refuse-repair": c.refused(record=record),
        "revoke-repair": c.repair_revoked(record=record),
        "end-publicity": c.publicity_ended(record=record, at=LATE),
        "withdraw-basis": c.basis_withdrawn(record=record),
        "delist": c.delisted(record=record),
        "report-measure": c.measure_reported(record=record),
        "confirm-removal": c.removal_confirmed(record=record),
    }[name]


# What a command needs in a state besides being allowed there.
BEFORE = {"submit-evidence": c.evidence_asked(), "apply-repair": c.duty_done()}


def arrived(name: str, state: RecordState) -> tuple[Scenario, UUID]:
    """The state, by way of an item or of an entry, as the command needs it."""
    as_entry = state not in ITEMS or (name in ABOUT_LISTS and state in ENTRIES)
    scenario = given(*(ENTRIES if as_entry else ITEMS)[state])
    record = c.ENTRY if as_entry else c.RECORD
    matter = scenario.matters[record]
    assert isinstance(matter, CreditRecord)
    assert matter.state is state
    return scenario, record


def test_the_record_allows_what_the_brief_allows() -> None:
    declared = {name.replace("_", "-"): states for name, states in CreditRecord.actions.items()}
    assert declared == {name: {str(state) for state in states} for name, states in TABLE.items()}


def test_every_state_is_reached() -> None:
    assert ITEMS.keys() | ENTRIES.keys() == set(RecordState)


@pytest.mark.parametrize("state", RecordState)
@pytest.mark.parametrize("name", TABLE)
def test_a_command_is_allowed_or_refused_by_state(name: str, state: RecordState) -> None:
    scenario, record = arrived(name, state)
    step = command(name, record)
    if state in TABLE[name]:
        if name in BEFORE:
            scenario.run(BEFORE[name])
        answer = scenario.when(step)
        assert answer.refused is None
        assert answer.decision is not None
        assert answer.decision.events
    elif name == "raise-objection" and state in (S.DISPUTED, S.ENDED):
        # says more than the state: wait for the one that is open
        scenario.when(step).then_refused(ObjectionOpen())
    else:
        allowed = tuple(sorted(n for n, states in TABLE.items() if state in states))
        scenario.when(step).then_refused(NotInState(state=state, allowed=allowed))


SUBJECT_TABLE = {
    "close-subject": {SubjectState.OPEN},
    "record-proxy": set(SubjectState),
    "end-proxy": set(SubjectState),
}
SUBJECTS = {
    SubjectState.OPEN: c.COMPANY,
    SubjectState.CLOSED: (*c.COMPANY, c.subject_closed()),
}
ON_SUBJECTS = {
    "close-subject": c.subject_closed(),
    "record-proxy": c.proxy_recorded(),
    "end-proxy": c.proxy_ended(),
}


@pytest.mark.parametrize("state", SubjectState)
@pytest.mark.parametrize("name", SUBJECT_TABLE)
def test_a_subjects_file_allows_or_refuses_by_state(name: str, state: SubjectState) -> None:
    declared = {n.replace("_", "-"): states for n, states in CreditSubject.actions.items()}
    assert declared == {n: {str(s) for s in states} for n, states in SUBJECT_TABLE.items()}
    answer = given(*SUBJECTS[state]).when(ON_SUBJECTS[name])
    if state in SUBJECT_TABLE[name]:
        assert answer.refused is None
    else:
        allowed = tuple(sorted(n for n, states in SUBJECT_TABLE.items() if state in states))
        answer.then_refused(NotInState(state=state, allowed=allowed))


OVER = shanghai("2027-01-01T00:00")
AUTHORISATIONS = {
    AuthorisationState.GRANTED: (*c.COMPANY, c.authorised()),
    AuthorisationState.REVOKED: (*c.COMPANY, c.authorised(), c.authorisation_revoked()),
    AuthorisationState.EXPIRED: (*c.COMPANY, c.authorised(), c.authorisation_expired(at=OVER)),
}


@pytest.mark.parametrize("state", AuthorisationState)
@pytest.mark.parametrize("name", ["revoke-authorisation", "expire-authorisation"])
def test_an_authorisation_ends_once(name: str, state: AuthorisationState) -> None:
    granted = {str(AuthorisationState.GRANTED)}
    assert QueryAuthorisation.actions == {
        "revoke_authorisation": granted,
        "expire_authorisation": granted,
    }
    step = {
        "revoke-authorisation": c.authorisation_revoked(),
        "expire-authorisation": c.authorisation_expired(at=OVER),
    }[name]
    answer = given(*AUTHORISATIONS[state]).when(step)
    if state is AuthorisationState.GRANTED:
        assert answer.refused is None
    else:
        answer.then_refused(NotInState(state=state, allowed=()))
