"""Whatever is asked about a listing and its measures in whatever order, what must always hold does.

The entry and its process are moved independently of each other, so that the process may hear of the
end of a listing late, twice or never. Each event goes through the form in which it is stored.
"""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.credit_consequence import CreditConsequence, Standing, State
from domain.credit_records import CreditRecord
from domain.shared.aggregate import EventBase
from domain.shared.clocks import Phase
from infra.discovery import discover
from infra.log.codec import Codec
from projections.credit_consequence import WAITING, CreditConsequences, JointMeasures
from tests import consequences as k
from tests import credits as c
from tests.projections.rows import rows_of
from tests.scenario import Scenario, Step, folded

CODEC = Codec(discover())
SENDERS = (*k.OFFICERS.values(), c.TAX_7)
DEPARTMENTS = (*k.MEASURES.values(), "development-reform")
measures = st.sampled_from(sorted(k.MEASURES))
Pairs = set[tuple[str, str]]


def stored_and_read(event: EventBase) -> EventBase:
    new = CODEC.encode(event)
    return CODEC.event_from(new.type, new.data, new.stream_id, new.version, event.timestamp)


class JointPunishment(RuleBasedStateMachine):
    """One entry, its process, and a clock that only goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = c.PLEA_OVER
        self.world = Scenario()

    def send(self, step: Step) -> None:
        self.world.when(step.but(at=self.now))

    @initialize()
    def begin(self) -> None:
        self.world.after(*c.LISTED, k.begun())
        self.now = self.world.at

    # --- what may be asked ---------------------------------------------------------------------

    @rule(measure=measures, by=st.none() | st.sampled_from(SENDERS))
    def confirm(self, measure: str, by: Any) -> None:
        self.send(k.confirmed(measure, by=by))

    @rule()
    def everybody_confirms(self) -> None:
        for measure in k.MEASURES:
            self.send(k.confirmed(measure))

    @rule(measure=measures, by=st.none() | st.sampled_from(SENDERS))
    def confirm_lifting(self, measure: str, by: Any) -> None:
        self.send(k.lifting_confirmed(measure, by=by))

    @rule(department=st.sampled_from(DEPARTMENTS))
    def remove(self, department: str) -> None:
        self.send(k.removed(department))

    @rule()
    def the_process_hears_of_a_listing(self) -> None:
        self.send(k.begun(listed_at=self.now))

    @rule()
    def the_process_hears_of_the_end(self) -> None:
        self.send(k.lifted(delisted_at=self.now))

    @rule()
    def the_entry_is_repaired(self) -> None:
        if self.entry.listed and self.entry.minimum_end is not None:
            self.now = max(self.now, self.entry.minimum_end)
            for make in (c.applied, c.granted):
                self.send(make(record=c.ENTRY))

    @rule()
    def the_entry_stands_again(self) -> None:
        self.send(c.repair_revoked(record=c.ENTRY))

    @rule()
    def the_keeper_ends_the_entry(self) -> None:
        self.send(c.delisted(record=c.ENTRY))

    @rule(
        passed=st.one_of(
            st.timedeltas(timedelta(seconds=1), timedelta(hours=9)),
            st.timedeltas(timedelta(days=1), timedelta(days=30)),
        )
    )
    def time_passes(self, passed: timedelta) -> None:
        self.now += passed

    # --- what must always hold -----------------------------------------------------------------

    @invariant()
    def no_measure_is_confirmed_while_the_subject_is_off_the_list(self) -> None:
        listed = False
        for event in self.world.happened:
            match event:
                case CreditRecord.SubjectListed():
                    listed = True
                case CreditRecord.SubjectDelisted():
                    listed = False
                case CreditConsequence.MeasureConfirmed():
                    assert listed

    @invariant()
    def what_was_confirmed_is_lifted_and_nothing_is_confirmed_after_the_lifting(self) -> None:
        applied: Pairs = set()
        may_apply = True
        for event in self.own:
            match event:
                case CreditConsequence.ConsequenceBegunAgain():
                    applied, may_apply = set(), True
                case CreditConsequence.MeasureConfirmed(measure=measure, department=department):
                    assert may_apply
                    assert (measure, department) not in applied
                    applied.add((measure, department))
                case CreditConsequence.LiftingBegun():
                    may_apply = False
                case CreditConsequence.MeasureCalledOff(measure=measure, department=department):
                    assert (measure, department) not in applied
                case CreditConsequence.MeasureLifted(measure=measure, department=department):
                    applied.remove((measure, department))
                case CreditConsequence.LiftingCompleted():
                    assert not applied

    @invariant()
    def the_state_says_who_is_waited_for(self) -> None:
        assert set(self.process.measures) == set(k.MEASURES.items())
        possible: dict[State, set[Standing]] = {
            State.OPEN: {Standing.AWAITED, Standing.CONFIRMED},
            State.DONE: {Standing.CONFIRMED},
            State.LIFTING: {Standing.CALLED_OFF, Standing.TO_LIFT, Standing.LIFTED},
            State.LIFTED: {Standing.CALLED_OFF, Standing.LIFTED},
        }
        assert set(self.process.measures.values()) <= possible[self.process.state]
        waited_for = any(self.process.that(standing) for standing in WAITING)
        assert waited_for == (self.process.state in (State.OPEN, State.LIFTING))

    @invariant()
    def a_clock_runs_exactly_while_somebody_is_waited_for(self) -> None:
        running = {n for n, r in self.process.clocks.items() if r.phase is Phase.RUNNING}
        expected = {
            State.OPEN: {"credit-consequence"},
            State.LIFTING: {"credit-consequence-lifting"},
        }
        assert running == expected.get(self.process.state, set())

    @invariant()
    def each_level_of_a_limit_is_told_once(self) -> None:
        told = [
            (e.clock, e.due_at, type(e))
            for e in self.own
            if isinstance(e, CreditConsequence.ClockBreached | CreditConsequence.ClockEscalated)
        ]
        assert len(told) == len(set(told))

    def teardown(self) -> None:
        """The stored events give the same process again, and the read models show what stands."""
        assert folded(self.own, stored_and_read) == self.process
        row = rows_of(CreditConsequences, self.own)[k.CONSEQUENCE]
        assert row.state is self.process.state
        standing = {(m.measure, m.department): m.standing for m in row.measures}
        assert standing == self.process.measures
        in_hand = rows_of(JointMeasures, self.own)
        assert {key[1:]: line.standing for key, line in in_hand.items()} == standing
        waiting = {line.due_at for line in in_hand.values() if line.standing in WAITING}
        assert waiting == ({row.due_at} if row.due_at else set())

    @property
    def process(self) -> CreditConsequence:
        matter = self.world.matters[k.CONSEQUENCE]
        assert isinstance(matter, CreditConsequence)
        return matter

    @property
    def entry(self) -> CreditRecord:
        matter = self.world.matters[c.ENTRY]
        assert isinstance(matter, CreditRecord)
        return matter

    @property
    def own(self) -> list[Any]:
        return [e for e in self.world.happened if e.id == k.CONSEQUENCE]


TestJointPunishment = JointPunishment.TestCase
TestJointPunishment.settings = settings(
    stateful_step_count=30, max_examples=settings().max_examples, deadline=None
)
