"""What stands beside the tickets: member companies, services, articles, credit files.

Most of it was there long before the days; on them a few members come, go, rest and renew.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from random import Random

from commands.base import Role
from domain.credit_records.identities import subject_id
from domain.help_center_tickets import service_item_id
from domain.help_center_tickets.catalogue import CATALOGUE
from simulation.help_center_tickets.centre import (
    PROGRAM,
    Centre,
    Member,
    Standing,
    agent,
    officer,
)
from simulation.help_center_tickets.scenes import suspended_at
from simulation.help_center_tickets.services import CONSULTED
from simulation.matters import Matter, Sender, Step
from simulation.office import local

BEFORE = timedelta(days=75)
"""Members and articles stand so long before the first day."""
CREDIT_OFFICE = Sender("81890-credit-office-1", Role.OFFICER, "development-reform")


def members(centre: Centre) -> Iterator[Matter]:
    """Each with what becomes of its membership."""
    begin = local(centre.world.days[0], 0)
    end = local(centre.world.today, 0)
    for number, member in enumerate(centre.members):
        at = begin - BEFORE + timedelta(seconds=15 * number)
        steps = sorted(_membership(centre, member, at), key=lambda step: step.at)
        kept = tuple(step for step in steps if step.at < end)
        about = {"uscc": member.uscc, "standing": member.standing.value}
        yield Matter(f"{PROGRAM}/member/{member.n}", PROGRAM, kept, member.id, about)


def _membership(centre: Centre, member: Member, at: datetime) -> Iterator[Step]:
    rng = Random(f"{centre.world.seed}:{PROGRAM}:membership:{member.n}")
    world, itself = centre.world, {"company_id": str(member.id)}
    company = member.staff[0]
    first, last = world.days[0], world.days[-1]
    newcomer = member.standing is Standing.NEWCOMER
    if newcomer or member.standing is Standing.APPLICANT:
        at = local(first - timedelta(days=1), 14 * 3600 + 10 * member.n % 3000)
    expired = member.standing is Standing.EXPIRED
    until = first - timedelta(days=4) if expired else first.replace(first.year + 3, day=1)
    application = {
        "uscc": member.uscc,
        "name": member.name,
        "items": list(member.items),
        "districts": list(member.districts),
        "capacity": member.capacity,
        "licence_until": until.isoformat(),
        "staff": [sender.actor for sender in member.staff],
    }
    if rng.random() < 0.5:
        lat, lon = rng.uniform(29.7, 29.95), rng.uniform(121.4, 121.7)
        application["base"] = {"lat": round(lat, 5), "lon": round(lon, 5)}
    yield Step(at, company, "apply-membership", application)
    if member.standing is Standing.APPLICANT:
        return
    deposit = {**itself, "deposit_fen": rng.choice((200_000, 500_000, 1_000_000))}
    admitted = at + timedelta(hours=1)
    if newcomer:
        day = rng.choice(world.working_days)
        admitted = local(day, 15 * 3600 + 10 * member.n % 3000)
        nothing = {**itself, "deposit_fen": 0}
        early = admitted - timedelta(minutes=40)
        yield Step(early, agent(rng), "admit-member", nothing, refused="deposit-missing")
    yield Step(admitted, agent(rng), "admit-member", deposit)
    offers = {**itself, "districts": list(member.districts)}
    day = rng.choice(world.working_days)
    in_office = local(day, rng.randint(9 * 3600, 16 * 3600))
    match member.standing:
        case Standing.REGULAR if rng.random() < 0.04:
            # the same services again, and one more
            more = list(dict.fromkeys((*member.items, rng.choice(("A105", "A133", "A101")))))
            if rng.random() < 0.3:
                none = in_office - timedelta(minutes=2)
                nothing = {**offers, "items": []}
                yield Step(none, company, "change-services", nothing, refused="nothing-offered")
            yield Step(in_office, company, "change-services", {**offers, "items": more})
        case Standing.REGULAR if rng.random() < 0.04:
            larger = {**itself, "capacity": member.capacity + 10}
            yield Step(in_office, company, "set-capacity", larger)
        case Standing.NEWCOMER:
            fewer = {**offers, "items": list(member.items[:1])}
            yield Step(admitted + timedelta(minutes=30), company, "change-services", fewer)
        case Standing.RESTING:
            rest = local(first - timedelta(days=2), 17 * 3600 + 10 * member.n % 3000)
            yield Step(rest, company, "set-capacity", {**itself, "capacity": 0})
        case Standing.EXPIRED:
            # late on the last day, when no ticket is tried with it any more
            late = local(last, 86_400 - 600)
            old = {**itself, "licence_until": (first - timedelta(days=1)).isoformat()}
            yield Step(late, agent(rng), "renew-licence", old, refused="licence-expired")
            new = {**itself, "licence_until": first.replace(first.year + 3, day=1).isoformat()}
            yield Step(late + timedelta(minutes=5), agent(rng), "renew-licence", new)
        case Standing.TO_BE_SUSPENDED:
            at = suspended_at(suspension_day(centre, member))
            bad = {**itself, "cause": "conduct"}
            yield Step(at, agent(rng), "suspend-member", {**bad, "reason": "多次被投诉且查实"})
            other = {**itself, "cause": "business-suspended"}
            back = at + timedelta(hours=6)
            yield Step(back, agent(rng), "reinstate-member", other, refused="not-suspended-for")
            yield Step(back + timedelta(minutes=5), agent(rng), "reinstate-member", bad)
        case Standing.EXPELLED:
            gone = local(first - timedelta(days=3), 10 * 3600 + 10 * member.n % 3000)
            yield Step(gone, agent(rng), "expel-member", {**itself, "reason": "弄虚作假"})


def suspension_day(centre: Centre, member: Member) -> date:
    """On which working day the member is suspended."""
    days = centre.world.working_days
    return days[member.n % len(days)]


def knowledge(centre: Centre) -> Iterator[Matter]:
    """Articles about what is asked most, and two services that are not in the catalogue."""
    begin = local(centre.world.days[0], 0)
    for number, item in enumerate(CONSULTED):
        rng = Random(f"{centre.world.seed}:{PROGRAM}:article:{item}")
        service = CATALOGUE[item]
        writer = officer(service.department, 1)
        article = {
            "article_id": str(centre.articles[item]),
            "item": item,
            "title": f"{service.zh}办理指南",
            "text": f"{service.zh}：办理条件、所需材料、时限与窗口。",
        }
        at = begin - BEFORE + timedelta(seconds=15 * number)
        steps = [Step(at, writer, "publish-article", article)]
        if rng.random() < 0.2:
            day = rng.choice(centre.world.working_days)
            revised = {k: v for k, v in article.items() if k != "item"} | {"text": "口径已更新。"}
            steps.append(
                Step(local(day, 9 * 3600 + 60 * number), writer, "revise-article", revised)
            )
        yield Matter(f"{PROGRAM}/article/{item}", PROGRAM, tuple(steps), centre.articles[item])
    yield _outdated(centre, begin)
    yield from _services(centre, begin)


def _outdated(centre: Centre, begin: datetime) -> Matter:
    writer = officer("transport", 1)
    article = {
        "article_id": str(centre.outdated),
        "item": "A126",
        "title": "旧版公交线路",
        "text": "线路调整前的班次。",
    }
    retired = {"article_id": str(centre.outdated), "reason": "线路已调整"}
    steps = (
        Step(begin - BEFORE, writer, "publish-article", article),
        Step(begin - timedelta(days=9), writer, "retire-article", retired),
    )
    return Matter(f"{PROGRAM}/article/outdated", PROGRAM, steps, centre.outdated)


def _services(centre: Centre, begin: datetime) -> Iterator[Matter]:
    rng = Random(f"{centre.world.seed}:{PROGRAM}:services")
    first = centre.world.days[0]
    for code, zh, en in (
        (centre.retired_item, "夏季防暑上门", "Summer heat visits"),
        (centre.new_item, "智能水表报修", "Smart water meters"),
    ):
        itself = {"item_id": str(service_item_id(code)), "code": code}
        version = {
            **itself,
            "group": "life",
            "zh": zh,
            "en": en,
            "department": "urban-management",
            "since": (first - timedelta(days=60)).isoformat(),
        }
        at = begin - BEFORE + timedelta(minutes=1)
        steps = [Step(at, agent(rng), "publish-service-item", version)]
        if code == centre.retired_item:
            last_day = (first - timedelta(days=40)).isoformat()
            given_up = {**itself, "last_day": last_day}
            at = begin - timedelta(days=41)
            steps.append(Step(at, agent(rng), "retire-service-item", given_up))
        yield Matter(f"{PROGRAM}/service/{code}", PROGRAM, tuple(steps), service_item_id(code))


def credit_files(centre: Centre, proven: Iterable[str]) -> Iterator[Matter]:
    """The credit office opens the file of each member whose misconduct is going to be proven, as of
    companies that were there before Huimin; the record of it waits for the file."""
    begin = local(centre.world.days[0], 0)
    for number, code in enumerate(sorted(set(proven))):
        at = begin - timedelta(days=70) + timedelta(seconds=15 * number)
        step = Step(at, CREDIT_OFFICE, "open-subject", {"uscc": code})
        yield Matter(f"{PROGRAM}/credit-file/{number}", "credit-records", (step,), subject_id(code))
