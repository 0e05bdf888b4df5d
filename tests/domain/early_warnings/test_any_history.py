"""Whatever is seen and whoever acts in whatever order, what must always hold of warnings does.

Commands are drawn without regard to whether they are allowed. Each event goes through the form in
which it is stored, and the read model is held against the warnings.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from commands.base import Caller
from domain.early_warnings import (
    ACTS,
    REPEATS_WITHIN,
    EarlyWarning,
    State,
    Suspicion,
    WarningWatch,
)
from domain.shared.aggregate import EventBase
from domain.shared.clocks import Phase
from domain.shared.refusals import Refused
from infra.discovery import discover
from infra.log.codec import Codec
from projections.early_warnings import EarlyWarnings
from tests import early_warnings as ew
from tests.projections.rows import rows_of
from tests.scenario import MATTER, MONDAY_MORNING, Scenario, Step, folded

CODEC = Codec(discover())
SCOPES = ("HS-1", "HS-2")
KINDS = (Suspicion.CODE_FLOOD, Suspicion.TICKET_HEAT)
OFFICERS = (ew.CYBER_1, ew.CYBER_1, ew.CYBER_2, ew.EMERGENCY)


def stored_and_read(event: EventBase) -> EventBase:
    new = CODEC.encode(event)
    return CODEC.event_from(new.type, new.data, new.stream_id, new.version, event.timestamp)


class Inspection(RuleBasedStateMachine):
    """Two places, two kinds, three officers, and a clock that only goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = MONDAY_MORNING
        self.world = Scenario()
        self.sightings = 0

    def send(self, step: Step) -> None:
        try:
            self.world.run(step.but(at=self.now))
        except Refused:
            return

    def warnings(self) -> list[EarlyWarning]:
        found = [m for m in self.world.matters.values() if isinstance(m, EarlyWarning)]
        return sorted(found, key=lambda warning: warning.id)

    def some(self, data: st.DataObject) -> UUID:
        return data.draw(
            st.sampled_from([m.id for m in self.warnings()] or [MATTER]), label="which"
        )

    # --- what may be asked ---------------------------------------------------------------------

    @rule(suspicion=st.sampled_from(KINDS), scope=st.sampled_from(SCOPES))
    def see(self, suspicion: Suspicion, scope: str) -> None:
        before = len(self.world.happened)
        self.world.run(ew.raised(suspicion=suspicion, scope=scope, at=self.now))
        self.sightings += 1
        assert len(self.world.happened) > before, "no sighting is ever lost"

    @rule(
        data=st.data(),
        make=st.sampled_from([ew.acknowledged, ew.handled, ew.closed]),
        by=st.sampled_from(OFFICERS),
    )
    def act(self, data: st.DataObject, make: type, by: Caller) -> None:
        if self.warnings():
            self.send(make(self.some(data), by))

    @rule(data=st.data(), first=st.sampled_from(OFFICERS), second=st.sampled_from(OFFICERS))
    def see_through(self, data: st.DataObject, first: Caller, second: Caller) -> None:
        """The way to the end, so that it is no rare thing."""
        if self.warnings():
            which = self.some(data)
            for step in (ew.acknowledged(which), ew.handled(which), ew.closed(which)):
                self.send(step.but(by=second if step == ew.closed(which) else first))

    @rule(passed=st.timedeltas(timedelta(seconds=1), timedelta(minutes=50)))
    def time_passes(self, passed: timedelta) -> None:
        self.now += passed

    # --- what must always hold -----------------------------------------------------------------

    @invariant()
    def every_sighting_is_in_one_warning(self) -> None:
        assert sum(warning.seen for warning in self.warnings()) == self.sightings

    @invariant()
    def within_an_hour_there_is_another_only_after_the_one_before_was_closed(self) -> None:
        open_since: dict[tuple[str, str], EarlyWarning.WarningRaised] = {}
        closed: set[UUID] = set()
        for event in self.world.happened:
            if isinstance(event, EarlyWarning.WarningClosed):
                closed.add(event.id)
            if isinstance(event, EarlyWarning.WarningRaised):
                last = open_since.get((event.suspicion, event.scope))
                assert last is None or last.id in closed or event.at - last.at > REPEATS_WITHIN
                open_since[event.suspicion, event.scope] = event

    @invariant()
    def two_officers_of_the_department_see_to_it(self) -> None:
        officers: dict[UUID, list[str]] = defaultdict(list)
        for event in self.world.happened:
            if isinstance(event, EarlyWarning.WarningHandled | EarlyWarning.WarningClosed):
                officers[event.id].append(event.officer)
        for warning in self.warnings():
            who = officers[warning.id]
            assert (len(who) == 2) == (warning.state is State.CLOSED)
            assert len(set(who)) == len(who)
            assert all(name.startswith(warning.department[:5]) for name in who)

    @invariant()
    def the_clock_runs_until_somebody_acknowledges(self) -> None:
        for warning in self.warnings():
            (clock,) = warning.clocks.values()
            assert (clock.phase is Phase.RUNNING) == (warning.state is State.RAISED)

    @invariant()
    def what_is_stored_is_what_is_known_and_shown(self) -> None:
        rows = rows_of(EarlyWarnings, self.world.happened)
        assert set(rows) == {warning.id for warning in self.warnings()}
        for id, matter in self.world.matters.items():
            again = folded([e for e in self.world.happened if e.id == id], stored_and_read)
            assert vars(again) == vars(matter)
            if isinstance(matter, EarlyWarning):
                row = rows[id]
                assert (row.state, row.seen) == (matter.state, matter.seen)
                assert row.department == ACTS[row.suspicion] == matter.department
            else:
                assert isinstance(matter, WarningWatch)
                assert matter.warning in rows


TestInspection = Inspection.TestCase
TestInspection.settings = settings(
    stateful_step_count=30, max_examples=settings().max_examples, deadline=None
)
