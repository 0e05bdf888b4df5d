"""How one ticket goes: answered at once, handed over, declined, or given to somebody to work on.

Each way is drawn for one ticket, with the mistakes that people make on it and are refused for.
What falls behind the end of the days is left out.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from typing import Any

from domain.help_center_tickets.catalogue import CATALOGUE
from domain.help_center_tickets.states import Kind, Tier, Urgency
from domain.shared.derived_ids import derived_id
from domain.shared.districts import current
from simulation import people
from simulation.codes import uscc
from simulation.help_center_tickets import services
from simulation.help_center_tickets.centre import (
    PROGRAM,
    Centre,
    Hand,
    Standing,
    agent,
    officer,
    supervisor,
)
from simulation.help_center_tickets.telling import THEMSELVES, Telling
from simulation.help_center_tickets.work import (
    EMERGENCY_TIMES,
    MEMBER_TIMES,
    OFFICE_TIMES,
    ON_DUTY_TIMES,
    worked,
)

# --- opening -----------------------------------------------------------------------------------


def opened(t: Telling) -> None:
    """The call, sometimes after one that says nothing or lies outside the city."""
    if t.channel in THEMSELVES:
        if t.chance(0.03):
            t.open(refused="text-empty", text="  ")
        elif t.chance(0.03):
            t.open(
                refused="outside-city",
                place={"district": t.district, "point": {"lat": 31.2304, "lon": 121.4737}},
            )
        elif t.chance(0.02):
            film = {"sha256": "f1" * 32, "media_type": "video/mp4", "size_bytes": 88_000_000}
            t.open(refused="attachment-too-big", attachments=[film])
    t.open()


def classified(t: Telling) -> None:
    """By the officer on the phone, or a few minutes after it came in."""
    t.wait(1.5 if t.channel in ("phone", "counter") else 9)
    if t.chance(0.008):
        t.classify(item="H899", refused="unknown-item")
    if t.chance(0.008):
        t.classify(item=t.centre.retired_item, refused="item-retired")
    t.classify()


# --- short ways --------------------------------------------------------------------------------


def answered(t: Telling) -> None:
    """The knowledge base had it; who is on the phone says at once whether that helped."""
    opened(t)
    classified(t)
    t.wait(3)
    if t.chance(0.015):
        outdated = str(t.centre.outdated)
        t.say(
            agent(t.rng),
            "answer-from-knowledge",
            article_id=outdated,
            refused="article-not-current",
        )
    t.answer()
    if t.caller is None:
        return
    if t.channel in ("phone", "counter"):
        t.wait(0.7)
    else:
        t.until_called_back()
    if t.chance(0.04):
        t.call_back(2, solved=False)
        t.wait(12)
        worked(t, t.centre.department(t.service.department))
    else:
        t.call_back(t.rating())


def handed_over(t: Telling) -> None:
    """A danger to life goes to 110, 119 or 120, once each has acknowledged."""
    t.open()
    t.wait(1, 0.3)
    lines = t.rng.choice((["120"], ["119"], ["110"], ["119", "120"]))
    receipts = {line: f"{line}-{t.id.hex[:8]}" for line in lines}
    if len(lines) > 1:
        few = {"119": receipts["119"]}
        danger: dict[str, Any] = {"danger_to_life": True, "services": lines, "receipts": few}
        t.say(agent(t.rng), "hand-over-emergency", refused="not-acknowledged", **danger)
    danger = {"danger_to_life": True, "services": lines, "receipts": receipts}
    t.say(agent(t.rng), "hand-over-emergency", **danger)


def declined(t: Telling) -> None:
    """Not for the centre; the caller is told the right door."""
    t.open()
    if t.chance(0.2):
        none: dict[str, Any] = {
            "danger_to_life": False,
            "services": ["110"],
            "receipts": {"110": "-"},
        }
        t.say(agent(t.rng), "hand-over-emergency", refused="no-danger-to-life", **none)
    t.wait(4)
    if t.chance(0.3):
        t.classify()
        t.wait(20)
    grounds = ("court", "petition", "secret", "arbitration", "outside-city", "abuse")
    ground = t.rng.choices(grounds, (25, 25, 5, 20, 20, 5))[0]
    t.say(agent(t.rng), "decline", ground=ground)
    if t.chance(0.1):
        t.wait(2)
        t.classify(refused="not-in-state")


# --- for somebody to work on ----


def emergency(t: Telling) -> None:
    """Gas, lifts, somebody lost: minutes count, and who is on duty has it."""
    t.open()
    t.wait(1, 0.4)
    t.classify()
    hand = t.centre.department(t.service.department, on_duty=True)
    t.wait(0.8, 0.4)
    worked(t, hand, times=EMERGENCY_TIMES)


def by_department(t: Telling) -> None:
    """What a department has to do."""
    opened(t)
    classified(t)
    urgent = t.tier is Tier.URGENT
    hand = t.centre.department(t.service.department, on_duty=urgent)
    t.wait(6 if urgent else 25)
    worked(t, hand, times=ON_DUTY_TIMES if urgent else OFFICE_TIMES, turned=not urgent)


def by_member(t: Telling) -> None:
    """What a member company does for money."""
    opened(t)
    classified(t)
    t.wait(7)
    _wrong_members(t)
    urgent = t.tier is Tier.URGENT
    worked(t, holder(t), times=ON_DUTY_TIMES if urgent else MEMBER_TIMES, turned=not urgent)


def holder(t: Telling) -> Hand:
    """A member that offers the service there, else the department that owns it."""
    fit = t.centre.by_service.get((t.service.code, t.district))
    if not fit:
        return t.centre.department(t.service.department)
    return t.centre.company(t.rng.choice(fit))


def _wrong_members(t: Telling) -> None:
    """Those to whom the officer may not give it, tried first."""
    for standing, code in (
        (Standing.APPLICANT, "company-not-admitted"),
        (Standing.EXPELLED, "company-not-admitted"),
        (Standing.EXPIRED, "licence-expired"),
    ):
        if t.chance(0.012):
            member = t.rng.choice(t.centre.standing(standing))
            t.dispatch(t.centre.company(member), refused=code)
    resting = [m for m in t.centre.standing(Standing.RESTING) if _offers(t, m.items, m.districts)]
    if resting and t.chance(0.3):
        t.dispatch(t.centre.company(t.rng.choice(resting)), refused="company-full")
    elsewhere = t.centre.regular(t.rng)
    if t.chance(0.02) and not _offers(t, elsewhere.items, elsewhere.districts):
        t.dispatch(t.centre.company(elsewhere), refused="out-of-area")


def _offers(t: Telling, items: tuple[str, ...], districts: tuple[str, ...]) -> bool:
    return t.service.code in items and t.district in districts


def complaint(t: Telling) -> None:
    """Somebody is accused and is asked for a statement; he never gets it as judge."""
    side = _accused(t)
    opened(t)
    classified(t)
    department = "supervision" if t.service.code in CONDUCT else t.service.department
    urgent = t.tier is Tier.URGENT
    hand = t.centre.department(department, on_duty=urgent)
    t.wait(6 if urgent else 25)
    if t.chance(0.12):
        t.dispatch(side, refused="holder-is-accused")
    if t.kind is Kind.COMPLAINT and t.chance(0.02):
        ground: dict[str, Any] = {"ground": "需核实投诉人身份"}
        t.say(supervisor(1), "request-unsealing", refused="not-sealed", **ground)
    if not urgent and t.chance(0.3):
        t.say(agent(t.rng), "request-statement", accused=side.code, question="反映情况是否属实？")
        if t.chance(0.15):
            t.say(
                agent(t.rng),
                "request-statement",
                accused="statistics",
                question="是否属实？",
                refused="not-accused",
            )
        t.wait(40, 0.5, t.centre.department("commerce").pace)
        t.say(agent(t.rng), "record-statement", accused=side.code, text="情况已核实，正在整改")
    if t.kind is Kind.REPORT:
        _unsealed(t)
    worked(t, hand, times=ON_DUTY_TIMES if urgent else OFFICE_TIMES)


CONDUCT = ("H123", "H124")
"""Complaints about departments, which supervision looks into."""


def _accused(t: Telling) -> Hand:
    """Whom it is about: a department, a member company, or a unit outside the centre."""
    if t.service.code in CONDUCT:
        side = t.centre.department(t.rng.choice(("urban-management", "hrss", "housing-fund")))
    elif t.service.consumer and t.chance(0.4):
        side = t.centre.company(t.centre.regular(t.rng))
    else:
        unit = uscc("enterprise", t.district, f"{t.centre.world.run}:{t.name}:accused")
        side = Hand("company", unit, (), t.centre.department("commerce").pace)
    t.accused = (side.code,)
    return side


def _unsealed(t: Telling) -> None:
    """Two officers open who reported, or try to."""
    if t.caller is None or not t.chance(0.12):
        return
    first, second = supervisor(1), officer("public-security", t.rng.randint(1, 4))
    if t.chance(0.4):
        t.say(second, "approve-unsealing", refused="no-unsealing-asked")
    t.say(first, "request-unsealing", ground="涉嫌诬告陷害，需核实")
    if t.chance(0.4):
        t.say(first, "approve-unsealing", refused="four-eyes")
    t.wait(30, 0.4, t.centre.department("public-security").pace)
    t.say(second, "approve-unsealing")


# --- which way ---------------------------------------------------------------------------------

Way = tuple[Kind, services.Weights, Callable[[Telling], None]]

WAYS: Mapping[str, tuple[float, Way]] = {
    "answered": (40, (Kind.CONSULT, services.CONSULTED, answered)),
    "member": (23, (Kind.HELP, services.PAID, by_member)),
    "department": (20, (Kind.HELP, services.REQUESTED, by_department)),
    "complaint": (7, (Kind.COMPLAINT, services.COMPLAINED, complaint)),
    "report": (2.5, (Kind.REPORT, services.REPORTED, complaint)),
    "suggestion": (2, (Kind.SUGGESTION, services.SUGGESTED, by_department)),
    "emergency": (2, (Kind.HELP, services.EMERGENCIES, emergency)),
    "handed-over": (1, (Kind.HELP, services.EMERGENCIES, handed_over)),
    "declined": (2.5, (Kind.COMPLAINT, services.COMPLAINED, declined)),
}
"""Percent of the contacts, what they want, and how it goes."""

_CHANNELS: Mapping[str, float] = {"phone": 60, "wechat": 15, "app": 13, "web": 7, "counter": 5}
_SENSED = ("A114", "A115", "A118", "D120", "E120")
"""Lifts, manhole covers, water and forests that call by themselves."""


def told(centre: Centre, n: int, at: datetime, way: str | None = None) -> Telling:
    """The ``n``-th contact of the run, written to its end."""
    rng = Random(f"{centre.world.seed}:{PROGRAM}:{n}")
    way = way or rng.choices(list(WAYS), [share for share, _ in WAYS.values()])[0]
    kind, weights, write = WAYS[way][1]
    t = begun(centre, rng, f"ticket/{n}", at, kind=kind, weights=weights)
    t.path = way
    write(t)
    return t


def begun(
    centre: Centre,
    rng: Random,
    name: str,
    at: datetime,
    *,
    kind: Kind = Kind.HELP,
    weights: services.Weights = services.REQUESTED,
) -> Telling:
    """Somebody with something to ask, of whom nothing is told yet."""
    run = centre.world.run
    service = services.drawn(rng, weights)
    district = current(people.district(rng), centre.world.days[0])
    if weights is services.PAID:  # who knows that a member does it calls for that
        resting = centre.standing(Standing.RESTING)
        member = rng.choice(resting) if rng.random() < 0.03 else centre.regular(rng)
        service, district = (
            CATALOGUE[rng.choice(member.items)],
            rng.choice(member.districts),
        )
    channel = rng.choices(list(_CHANNELS), list(_CHANNELS.values()))[0]
    if service.code in _SENSED and kind is Kind.HELP and rng.random() < 0.4:
        channel = "sensor"
    unnamed = 0.3 if kind is Kind.REPORT else 0.04
    anonymous = channel == "sensor" or (channel == "phone" and rng.random() < unnamed)
    caller = people.person(Random(f"{run}:{PROGRAM}:{name}"), centre.world.days[0], oldest=84)
    return Telling(
        rng=rng,
        centre=centre,
        name=f"{PROGRAM}/{name}",
        id=derived_id("simulated-ticket", run, name),
        service=service,
        kind=kind,
        channel=channel,
        district=district,
        caller=None if anonymous else caller,
        at=at,
        urgency=Urgency.URGENT if kind is Kind.HELP and rng.random() < 0.02 else Urgency.ORDINARY,
    )
