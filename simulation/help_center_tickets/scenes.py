"""What concerns several tickets at once: an outage that many call about, a member that is suspended,
orders against users of the city's WiFi.

Whoever needs another ticket to be somewhere comes minutes later, which is enough: no step is sent
more than a minute of simulated time ahead of another.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from domain.help_center_tickets.catalogue import CATALOGUE
from domain.help_center_tickets.states import Kind, Urgency
from simulation import people
from simulation.help_center_tickets import services
from simulation.help_center_tickets.centre import (
    POLICE,
    PROGRAM,
    Centre,
    Hand,
    Member,
    agent,
    officer,
)
from simulation.help_center_tickets.telling import Telling
from simulation.help_center_tickets.tickets import begun
from simulation.help_center_tickets.work import MEMBER_TIMES, ON_DUTY_TIMES, called_back, worked
from simulation.matters import Matter, Ref, Step, Until
from simulation.office import local

SHARED, ALONE, TAKEN_BACK = (
    Until("result-shared"),
    Until("merge-undone"),
    Until("ticket-taken-back"),
)
EARLY = 3
"""Which of those that call about an outage had told of it before the first call."""
BIG_CITY = 0.005
"""The scale from which on an outage has callers enough for a sudden heat."""


# --- an outage ---------------------------------------------------------------------------------


def outage(
    centre: Centre, name: str, at: datetime, *, big: bool = False, lost: bool = False
) -> Iterator[Telling]:
    """Power or water fails: the first call is worked on, the others wait for its result.

    ``big``: enough call within the hour for a sudden heat. ``lost``: the first caller takes it back,
    and the others go on alone.
    """
    rng = Random(f"{centre.world.seed}:{PROGRAM}:{name}")
    weights = {services.POWER_CUT: 1.0} if big else services.OUTAGES
    first = _one(centre, rng, f"{name}/1", at, weights)
    if big and centre.world.scale >= BIG_CITY:
        count = rng.randint(13, 17)
        yield _earlier(centre, first, name, at)
    else:
        count = rng.randint(2, 5)
    hand = centre.department(first.service.department, on_duty=True)
    others = [_follower(first, rng, f"{name}/{n}", n, big=big) for n in range(2, count + 2)]
    first.path = "outage"
    first.dispatch(hand)
    if not lost:
        first.wait(6, 0.4)
        first.accept(hand)
        first.contact(hand)
    first.not_before(max(other.at for other in others) + timedelta(minutes=2))
    if lost:
        first.say(first.by_caller, "withdraw")
    else:
        first.wait(90, 0.5)
        first.report_done(hand)
    ended = first.at + timedelta(minutes=2)
    for other in others:
        other.not_before(ended)
        _ended(other, hand, lost=lost)
    if not lost:
        called_back(first, lambda: worked(first, hand, times=ON_DUTY_TIMES))
    yield first
    yield from others


def _one(
    centre: Centre, rng: Random, name: str, at: datetime, weights: services.Weights
) -> Telling:
    t = begun(centre, rng, f"outage/{name}", at, weights=weights)
    t.urgency = Urgency.URGENT
    t.named()
    t.open()
    t.wait(1.5, 0.4)
    t.classify()
    t.wait(2, 0.3)
    return t


def _earlier(centre: Centre, first: Telling, name: str, at: datetime) -> Telling:
    """The last one who called about the same from there, some days ago: what is usual."""
    t = begun(centre, first.rng, f"outage/{name}/0", at - timedelta(days=3, hours=2))
    t.service, t.district = first.service, first.district
    t.open()
    t.wait(2, 0.3)
    t.classify()
    t.wait(5)
    worked(t, centre.department(t.service.department, on_duty=True), times=ON_DUTY_TIMES)
    return t


def _follower(first: Telling, rng: Random, name: str, n: int, *, big: bool) -> Telling:
    """Calls within the next minutes; the officer sees that it is the same matter."""
    at = first.at + timedelta(minutes=2, seconds=rng.randint(0, 1500))
    early = n == EARLY and not big
    if early:  # written in the app before the first call; the earliest clock counts
        at = first.steps[0].at - timedelta(minutes=rng.randint(6, 25))
    t = begun(first.centre, rng, f"outage/{name}", at)
    t.service, t.district, t.kind = first.service, first.district, first.kind
    t.channel = rng.choice(("phone", "phone", "wechat", "app")) if t.caller else "phone"
    t.urgency, t.path = Urgency.URGENT, "merged"
    known = big or rng.random() < 0.5
    t.open()
    if early:
        t.not_before(first.at + timedelta(minutes=12))
    t.wait(2, 0.4)
    if known:
        t.classify()
    if n == 2 and rng.random() < 0.5:
        # a ticket is none of its own
        t.say(agent(rng), "merge-into", lead=str(t.id), refused="not-same-matter")
    t.say(agent(rng), "merge-into", lead=str(first.id))
    return t


def _ended(t: Telling, hand: Hand, *, lost: bool) -> None:
    """Every caller is called back; of a first call that was withdrawn, the others go on alone."""
    if lost:
        t.wait(6)
        steps = len(t.steps)
        if not t.classified:
            t.classify()
        worked(t, hand, times=ON_DUTY_TIMES)
        _until(t, steps, ALONE)
        return
    if t.caller is None:
        return
    t.until_called_back()
    steps = len(t.steps)
    if t.chance(0.12):
        t.call_back(1, solved=False)
        t.wait(8)
        if not t.classified:
            t.classify()
        worked(t, hand, times=ON_DUTY_TIMES)
    else:
        t.call_back(t.rating())
    _until(t, steps, SHARED)


def _until(t: Telling, number: int, until: Until) -> None:
    """Lets a step wait for what Huimin does by itself."""
    step = t.steps[number]
    t.steps[number] = Step(
        step.at, step.sender, step.command, step.body, refused=step.refused, until=until
    )


def too_late(centre: Centre, name: str, at: datetime) -> Iterator[Telling]:
    """A leak that takes a week; who calls about it on the fifth day has a ticket of his own."""
    rng = Random(f"{centre.world.seed}:{PROGRAM}:{name}")
    first = _one(centre, rng, f"{name}/1", at - timedelta(days=5), services.OUTAGES)
    hand = centre.department(first.service.department, on_duty=True)
    first.dispatch(hand)
    first.wait(15)
    first.accept(hand)
    first.contact(hand)
    late = begun(centre, rng, f"outage/{name}/2", at)
    late.service, late.district, late.kind = first.service, first.district, first.kind
    late.open()
    late.wait(2, 0.3)
    late.classify()
    late.say(agent(rng), "merge-into", lead=str(first.id), refused="merge-too-late")
    first.not_before(late.at + timedelta(minutes=5))
    worked(late, hand, times=ON_DUTY_TIMES)
    first.wait(60)
    first.report_done(hand)
    called_back(first, lambda: worked(first, hand, times=ON_DUTY_TIMES))
    yield first
    yield late


# --- a member is suspended ---------------------------------------------------------------------


def suspension(centre: Centre, member: Member, day: date) -> Iterator[Telling]:
    """Its tickets go back to the centre by themselves, and from there to others.

    Dispatched between 8:30 and 9:30; the member is suspended at half past ten.
    """
    for n in range(1, 4):
        rng = Random(f"{centre.world.seed}:{PROGRAM}:suspension:{member.n}:{n}")
        name = f"suspension/{member.n}/{n}"
        t = begun(centre, rng, name, local(day, 8 * 3600 + 900 * n), weights=services.PAID)
        t.service = CATALOGUE[rng.choice(member.items)]
        t.district, t.path = rng.choice(member.districts), "taken-back"
        hand = centre.company(member)
        t.open()
        t.wait(3, 0.4)
        t.classify()
        t.wait(3, 0.4)
        t.dispatch(hand)
        if n > 1:
            t.wait(4, 0.3)
            t.accept(hand)
        if n == 3:
            t.pause(hand, local(day + timedelta(days=1), 9 * 3600))
        t.not_before(suspended_at(day) + timedelta(minutes=3 + n))
        steps = len(t.steps)
        if n == 1:
            t.dispatch(hand, refused="company-not-admitted")
        fit = centre.by_service.get((t.service.code, t.district))
        other = centre.company(fit[0]) if fit else centre.department(t.service.department)
        worked(t, other, times=MEMBER_TIMES)
        _until(t, steps, TAKEN_BACK)
        yield t


def last_place(centre: Centre, member: Member, day: date) -> Iterator[Telling]:
    """A man alone carries one ticket: the next one is refused until he has done the first."""
    first, second = (
        begun(
            centre,
            Random(f"{centre.world.seed}:{PROGRAM}:last-place:{member.n}:{n}"),
            f"last-place/{member.n}/{n}",
            local(day, 8 * 3600 + 1500 * n + 7 * member.n % 600),
            weights=services.PAID,
        )
        for n in (1, 2)
    )
    hand = centre.company(member)
    for t in (first, second):
        t.service, t.district = CATALOGUE[member.items[0]], member.districts[0]
        t.path = "last-place"
        t.open()
        t.wait(2, 0.3)
        t.classify()
        t.wait(2, 0.3)
        if t is first:
            t.dispatch(hand)
            t.wait(5, 0.3)
            t.accept(hand)
    second.not_before(first.at + timedelta(minutes=3))
    second.dispatch(hand, refused="company-full")
    first.not_before(second.at + timedelta(minutes=10))
    first.wait(60, 0.4)
    first.report_done(hand)
    second.not_before(first.at + timedelta(minutes=3))
    for t in (first, second):
        if t is second:
            t.dispatch(hand)
            t.wait(10, 0.4)
            t.accept(hand)
            t.wait(60, 0.4)
            t.report_done(hand)
        if t.caller is not None:
            t.until_called_back()
            t.call_back(t.rating())
        yield t


def suspended_at(day: date) -> datetime:
    """When a member is suspended on a day."""
    return local(day, 10 * 3600 + 1800)


# --- WiFi orders -------------------------------------------------------------------------------


def fraud_lead(centre: Centre, n: int, at: datetime) -> tuple[Telling, Matter]:
    """A report of fraud over the city's WiFi, and the order that the police ask for."""
    rng = Random(f"{centre.world.seed}:{PROGRAM}:fraud:{n}")
    t = begun(centre, rng, f"fraud/{n}", at, kind=Kind.REPORT)
    t.service, t.path = CATALOGUE[services.FRAUD_LEADS], "report"
    t.open()
    t.wait(3, 0.4)
    t.classify()
    t.wait(5)
    worked(t, centre.department(POLICE, on_duty=True), times=ON_DUTY_TIMES)
    return t, _order(centre, rng, n, t, at + timedelta(minutes=40))


def _order(centre: Centre, rng: Random, n: int, t: Telling, at: datetime) -> Matter:
    label = f"{PROGRAM}/wifi-order/{n}"
    user = people.person(Random(f"{centre.world.run}:{label}"), centre.world.days[0])
    asked, decides = officer(POLICE, 1), officer(POLICE, 2)
    request = {
        "ticket_id": str(t.id),
        "mobile": user.mobile,
        "order_no": f"甬公网限字〔{at.year}〕{rng.randint(1, 999)}号",
        "ground": "通过公共无线网络实施诈骗",
        "until": (at + timedelta(days=30)).isoformat(),
    }
    steps = []
    if rng.random() < 0.3:
        over = {**request, "until": (at - timedelta(days=1)).isoformat()}
        steps.append(Step(at, asked, "request-wifi-block", over, refused="order-end-passed"))
    steps.append(Step(at + timedelta(minutes=2), asked, "request-wifi-block", request, label))
    order = {"order_id": Ref(label)}
    if rng.random() < 0.4:
        early = at + timedelta(minutes=6)
        steps.append(Step(early, asked, "order-wifi-block", order, refused="four-eyes"))
    reason = {**order, "reason": "线索核实后不予限制"}
    decided = at + timedelta(minutes=25)
    if rng.random() < 0.25:
        steps.append(Step(decided, decides, "turn-down-wifi-block", reason))
    else:
        steps.append(Step(decided, decides, "order-wifi-block", order))
        if rng.random() < 0.4:
            lifted = at + timedelta(hours=rng.randint(2, 6))
            steps.append(Step(lifted, decides, "lift-wifi-block", reason))
    return Matter(label, PROGRAM, tuple(steps))


def cut(matter: Matter, end: datetime) -> Matter | None:
    """The matter as far as the days go; None when nothing of it comes about."""
    steps = tuple(step for step in matter.steps if step.at < end)
    if not any(step.refused is None for step in steps):
        return None
    return Matter(matter.name, matter.program, steps, matter.id, matter.about)
