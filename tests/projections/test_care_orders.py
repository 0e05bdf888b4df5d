"""What the read models of care say after a piece of an elder's care."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domain.care_orders import Mode, OrderState, SettlementState, VisitState
from domain.care_orders.refusals import NoPlace
from domain.care_orders.services import SubsidyKind
from domain.care_orders.states import EndReason
from domain.shared.personal import personal_fields
from infra.discovery import discover
from projections.base import Row
from projections.care_orders.coverage import Coverage
from projections.care_orders.elders import CareElder, CareSubsidy
from projections.care_orders.missed import MissedBoard
from projections.care_orders.orders import CareOrder
from projections.care_orders.providers import CareProvider, Vacancies
from projections.care_orders.settlements import Settlement
from projections.care_orders.visits import CarerDay, CareVisit
from tests import care as c
from tests import visits as v
from tests.projections.rows import rows_of
from tests.scenario import Scenario, Step, given, shanghai

DAY = date(2026, 3, 3)
ANOTHER = UUID(int=c.VISIT.int + 1)
INSTITUTION = Mode.INSTITUTION


def order(*steps: Step) -> CareOrder:
    return rows_of(CareOrder, given(*steps).happened)[c.ORDER]


def visit(*steps: Step) -> CareVisit:
    return rows_of(CareVisit, given(*steps).happened)[c.VISIT]


def board(scenario: Scenario) -> dict[Any, MissedBoard]:
    return rows_of(MissedBoard, scenario.happened)


# --- order -------------------------------------------------------------------------------------


def test_the_order_shows_what_the_office_owes_and_until_when() -> None:
    row = order(c.requested())
    assert (row.state, row.due_at) == (OrderState.REQUESTED, shanghai("2026-03-03T17:30"))
    assert (row.elder, row.district) == (c.subject(), "330203")
    paused = order(c.requested(), c.contacted(), c.assessment_paused())
    assert paused.due_at is None
    resumed = order(c.requested(), c.contacted(), c.assessment_paused(), c.assessment_resumed())
    assert resumed.due_at == shanghai("2026-03-16T17:30")


def test_the_order_shows_grade_plan_provider_and_who_comes_next() -> None:
    later = v.scheduled(ANOTHER, start=v.START + timedelta(days=1))
    row = order(*v.SCHEDULED, later)
    assert (row.state, row.grade, row.provider) == (OrderState.ACTIVE, 3, c.USCC)
    assert (row.week_price_fen, row.own_part_fen, row.subsidy_fen) == (30_000, 15_000, 15_000)
    assert row.next_visit == v.START
    assert order(*v.SCHEDULED, later, v.cancelled()).next_visit == v.START + timedelta(days=1)
    assert order(*v.STARTED).next_visit is None
    assert order(*v.MISSED).next_visit is None


def test_the_order_shows_that_it_waits_until_it_has_a_place() -> None:
    steps = (c.provider(beds=()), *c.planned(mode=INSTITUTION))
    waiting = order(*steps, c.waiting_joined())
    assert (waiting.waiting_at, waiting.position) == (c.USCC, 1)
    both = (*steps, c.provider(c.OTHER_USCC), c.waiting_joined())
    placed = order(*both, c.assigned(provider=c.OTHER_USCC))
    assert (placed.waiting_at, placed.position, placed.place_no) == (None, None, "1-1")
    moved = (c.provider(c.OTHER_USCC, beds=()), c.waiting_joined())
    other = order(*steps, *moved, c.waiting_joined(provider=c.OTHER_USCC))
    assert (other.waiting_at, other.position) == (c.OTHER_USCC, 1)


def test_the_order_follows_rest_transfer_and_end() -> None:
    assert order(*c.ACTIVE, c.suspended()).state is OrderState.SUSPENDED
    assert order(*c.ACTIVE, c.suspended(), c.resumed()).state is OrderState.ACTIVE
    proposed = order(*c.ACTIVE, c.transfer_proposed())
    assert proposed.transfer_proposed
    transferred = order(*c.ACTIVE, c.transfer_proposed(), c.transferred())
    assert (transferred.transfer_proposed, transferred.provider) == (False, c.OTHER_USCC)
    end = order(*v.SCHEDULED, c.reassessment(), c.ended())
    assert (end.state, end.due_at, end.next_visit) == (OrderState.ENDED, None, None)
    assert order(*c.ASSESSED, c.proposed(), c.declined()).week_price_fen is None
    assert not order(*c.ACTIVE, c.consent_withdrawn()).consent


def test_the_order_shows_the_gravest_alarm_until_it_is_assessed() -> None:
    scenario = given(c.requested())
    scenario.settled(shanghai("2026-04-20T09:00"))
    rows = rows_of(CareOrder, scenario.happened)
    assert rows[c.ORDER].alarm == "escalated"
    scenario.run(c.assessed(at=shanghai("2026-04-20T10:00")))
    assert rows_of(CareOrder, scenario.happened)[c.ORDER].alarm is None


def test_a_reassessment_and_a_rating_show() -> None:
    row = order(*v.COMPLETED, c.reassessment(), c.rated())
    assert (row.reassessing, row.stars) == (True, 5)
    again = order(*v.COMPLETED, c.reassessment(), c.assessed(20))
    assert (again.reassessing, again.grade, again.state) == (False, 4, OrderState.ACTIVE)


# --- visits ------------------------------------------------------------------------------------


def test_a_visit_shows_how_it_went() -> None:
    assert visit(*v.SCHEDULED).state is VisitState.SCHEDULED
    assert visit(*v.SCHEDULED, v.reassigned()).carer == c.carer_subject(2)
    late = visit(*v.MISSED, v.checked_in(at=v.START + 40 * v.MINUTE))
    assert (late.state, late.late) == (VisitState.STARTED, True)
    done = visit(*v.SETTLED)
    assert (done.state, done.minutes, done.settled_in) == (VisitState.SETTLED, 60, "2026-03")
    assert (done.own_fen, done.subsidy_fen) == (3_000, 3_000)
    assert visit(*v.SETTLED, v.reclaimed()).state is VisitState.RECLAIMED
    assert visit(*v.COMPLETED, v.reclaimed()).state is VisitState.REJECTED
    left = visit(*v.STARTED, v.left_open(at=v.START + 3 * v.HOUR))
    assert left.state is VisitState.NEEDS_REVIEW
    assert visit(*v.MISSED, v.resolved()).state is VisitState.RESOLVED


def test_a_carers_day_is_in_order_of_time() -> None:
    early = v.scheduled(ANOTHER, start=v.START - 2 * v.HOUR)
    days = rows_of(CarerDay, given(*v.SCHEDULED, early).happened)
    visits = days[c.carer_subject(), DAY].visits
    assert [one.visit_id for one in visits] == [ANOTHER, c.VISIT]


def test_a_visit_moves_from_one_carers_day_to_the_others() -> None:
    days = rows_of(CarerDay, given(*v.SCHEDULED, v.reassigned()).happened)
    assert days[c.carer_subject(1), DAY].visits == ()
    assert len(days[c.carer_subject(2), DAY].visits) == 1
    same = v.reassigned(carer=c.carer_subject(1))
    days = rows_of(CarerDay, given(*v.SCHEDULED, same).happened)
    assert len(days[c.carer_subject(1), DAY].visits) == 1
    assert (
        rows_of(CarerDay, given(*v.SCHEDULED, v.cancelled()).happened)[
            c.carer_subject(1), DAY
        ].visits
        == ()
    )


def test_a_carers_day_shows_how_far_it_is() -> None:
    for steps, state in (
        (v.STARTED, VisitState.STARTED),
        (v.MISSED, VisitState.MISSED),
        ((*v.MISSED, v.resolved()), VisitState.RESOLVED),
        (v.COMPLETED, VisitState.COMPLETED),
    ):
        days = rows_of(CarerDay, given(*steps).happened)
        assert [one.state for one in days[c.carer_subject(), DAY].visits] == [state]


# --- missed ------------------------------------------------------------------------------------


def test_the_board_has_a_missed_visit_until_someone_saw_the_elder() -> None:
    scenario = given(*v.MISSED)
    row = board(scenario)[c.VISIT]
    assert (row.due_at, row.name, row.address) == (v.START, "王明", c.ADDRESS)
    assert (row.contacted, row.level) == (False, "contact")
    scenario.run(v.contact_tried(reached=True))
    assert (board(scenario)[c.VISIT].contacted, board(scenario)[c.VISIT].reached) == (True, True)
    scenario.run(v.resolved())
    assert board(scenario) == {}
    late = v.checked_in(at=v.START + 40 * v.MINUTE)
    assert board(given(*v.MISSED, late)) == {}


def test_the_board_shows_who_has_been_told() -> None:
    scenario = given(*v.MISSED)
    scenario.matter = v.visit_in(scenario)
    scenario.settled(v.START + 61 * v.MINUTE)
    assert board(scenario)[c.VISIT].level == "ticket"
    scenario.settled(v.START + 121 * v.MINUTE)
    assert board(scenario)[c.VISIT].level == "door"


def test_a_late_scheduler_leaves_the_board_right() -> None:
    scenario = given(*v.SCHEDULED, v.missed(at=v.START + 90 * v.MINUTE))
    assert v.names(scenario.happened)[-2:] == ["visit-clock-breached", "visit-missed"]
    assert board(scenario)[c.VISIT].level == "ticket"


def test_names_are_marked_where_they_stand() -> None:
    assert personal_fields(MissedBoard) == {"name", "address"}
    nameless: tuple[type[Row], ...] = (
        CareVisit,
        CarerDay,
        CareProvider,
        Vacancies,
        Settlement,
        Coverage,
    )
    for row in nameless:
        assert personal_fields(row) == frozenset()
    assert personal_fields(CareOrder) == {"grade"}


# --- providers ---------------------------------------------------------------------------------


def vacancies(scenario: Scenario, mode: Mode = INSTITUTION) -> tuple[int, int, int, int]:
    row = rows_of(Vacancies, scenario.happened)[c.USCC, mode]
    return row.licensed, row.used, row.free, row.waiting


def test_vacancies_follow_who_comes_and_goes() -> None:
    two = (*c.planned(mode=INSTITUTION), *c.planned(c.order_number(2), INSTITUTION, who=2))
    scenario = given(c.provider(beds=("1-1",)), *two)
    assert vacancies(scenario) == (1, 0, 1, 0)
    scenario.run(c.assigned())
    assert vacancies(scenario) == (1, 1, 0, 0)
    turned_down = scenario.when(c.assigned(c.order_number(2))).decision
    assert turned_down is not None
    assert turned_down.events[0].refusal() == NoPlace(position=1)
    assert vacancies(scenario) == (1, 1, 0, 1)
    scenario.run(c.capacity_changed(beds=("1-1", "1-2")))
    assert vacancies(scenario) == (2, 1, 1, 1)
    scenario.run(c.assigned(c.order_number(2)))
    assert vacancies(scenario) == (2, 2, 0, 0)
    scenario.run(c.ended())
    assert vacancies(scenario) == (2, 1, 1, 0)
    assert vacancies(scenario, Mode.HOME) == (100, 0, 100, 0)


def test_a_stopped_provider_has_nothing_free() -> None:
    scenario = given(c.provider(), c.stopped())
    assert vacancies(scenario)[2] == 0
    scenario.run(c.allowed())
    assert vacancies(scenario)[2] == 2


def test_who_waits_and_goes_counts_no_longer() -> None:
    scenario = given(c.provider(beds=()), *c.planned(mode=INSTITUTION), c.waiting_joined())
    scenario.run(c.ended())
    assert vacancies(scenario) == (0, 0, 0, 0)


def test_a_provider_shows_its_carers_and_why_it_is_stopped() -> None:
    rows = rows_of(CareProvider, given(*c.PROVIDERS, c.carer_removed(1), c.stopped()).happened)
    row = rows[c.PROVIDER]
    assert (row.carers, row.stopped) == ((c.carer_subject(2),), ("licence-revoked",))
    assert row.capacity.home_places == 100


# --- money and numbers -------------------------------------------------------------------------


def settlement(scenario: Scenario, month: str = "2026-03") -> Settlement:
    return rows_of(Settlement, scenario.happened)[c.USCC, month]


def test_a_settlement_sums_its_lines_and_counter_entries() -> None:
    row = settlement(given(*v.SETTLED))
    assert (row.visits, row.minutes, row.subsidy_fen, row.own_fen) == (1, 60, 3_000, 3_000)
    assert (row.state, row.settlement_id) == (SettlementState.DRAFTED, c.MARCH)
    assert row.due_at == shanghai("2026-04-15T17:30")
    back = settlement(given(*v.SETTLED, v.reclaimed()))
    assert (back.subsidy_fen, back.counter_fen, back.own_fen) == (0, -3_000, 0)
    assert settlement(given(*v.SETTLED, v.confirmed(), v.paid())).state is SettlementState.PAID


def test_a_settlement_shows_disputes_before_it_has_a_line() -> None:
    disputed = (*v.COMPLETED, v.disputed())
    row = settlement(given(*disputed))
    assert (row.disputes, row.state) == (1, None)
    for step in (v.dispute_resolved(), v.reclaimed()):
        assert settlement(given(*disputed, step)).disputes == 0
    assert settlement(given(*v.SETTLED)).disputes == 0


def test_a_settlement_is_late_once_its_limit_is_passed() -> None:
    scenario = given(*v.SETTLED)
    scenario.matter = scenario.matters[c.MARCH]
    scenario.settled(shanghai("2026-04-16T09:00"))
    assert settlement(scenario).late


def test_coverage_counts_those_with_a_provider() -> None:
    steps: tuple[Step, ...] = c.PROVIDERS
    for n in range(1, 6):
        steps += (*c.planned(c.order_number(n), who=n), c.assigned(c.order_number(n)))
    scenario = given(*steps)

    def row() -> Coverage:
        return rows_of(Coverage, scenario.happened)["330203", Mode.HOME]

    assert (row().served, row().shown, row().city_target) == (5, "5", 100_000)
    scenario.run(c.suspended())
    assert (row().served, row().resting) == (5, 1)
    scenario.run(c.ended(reason=EndReason.RECOVERY))
    assert (row().served, row().resting, row().shown) == (4, 0, "<5")
    scenario.after(c.suspended(c.order_number(2)), c.resumed(c.order_number(2)))
    assert (row().served, row().resting) == (4, 0)
    only_asked = rows_of(Coverage, given(c.requested(), c.ended()).happened)
    assert only_asked == {}


def elder(*steps: Step) -> CareElder:
    return rows_of(CareElder, given(*steps).happened)[c.ELDER]


def test_an_elders_line_shows_orders_and_whereabouts() -> None:
    second = c.order_number(2)
    resident = (c.provider(), *c.planned(mode=INSTITUTION), c.assigned())
    row = elder(*resident, c.requested(second), v.admitted())
    assert row.orders == {"institution": c.ORDER, "home": second}
    assert (row.resident_since, row.in_hospital) == (date(2026, 3, 2), True)
    left = elder(*resident, c.requested(second), c.ended(), v.admitted(), v.discharged())
    assert (left.orders, left.resident_since, left.in_hospital) == ({"home": second}, None, False)
    assert elder(c.requested(), v.died(date(2026, 3, 1))).died_on == date(2026, 3, 1)
    assert personal_fields(CareElder) == {"in_hospital"}


def test_subsidies_are_summed_by_month_and_kind() -> None:
    key = (c.subject(), "2026-03", SubsidyKind.HOME)
    row = rows_of(CareSubsidy, given(*v.SETTLED).happened)[key]
    assert (row.visits, row.subsidy_fen, row.order_id) == (1, 3_000, c.ORDER)
    back = rows_of(CareSubsidy, given(*v.SETTLED, v.reclaimed()).happened)[key]
    assert (back.visits, back.subsidy_fen) == (0, 0)


def test_every_read_model_of_the_brief_is_there() -> None:
    names = {"care_order", "carer_day", "missed_board", "vacancies", "settlement", "coverage"}
    assert names <= set(discover().rows)
