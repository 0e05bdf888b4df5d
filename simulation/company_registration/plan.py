"""Makes matters of the timeline: who sends which command with which body, step by step.

The seed decides who applies for what and how it ends; the run decides ids, names and codes, so
that the same seed can be played again on one instance without meeting itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid5

from commands.base import Role
from domain.shared.districts import current
from domain.shared.instants import shanghai_date
from simulation.codes import uscc
from simulation.company_registration import applications
from simulation.company_registration.applications import Application, application
from simulation.company_registration.lives import Company, life
from simulation.company_registration.naming import Names, Wish
from simulation.company_registration.timeline import Act, Case, Fate, Timeline, timeline
from simulation.matters import Matter, Sender, Step
from simulation.programme import World

PROGRAM = "company-registration"
_SPACE = UUID("5b0d7d0e-7d8e-5c5e-9d0b-6f2f0c1f6a11")

A_WORKING_DAY = 480
"""Market entities that the whole city licensed on a working day around 2014, roughly."""
LEAST = 20

BY_AGENT = 0.3
AGENTS = 120
MISADDED = 0.015
"""Applicants whose shares do not sum to the whole at the first try."""
MISTYPED = 0.01
"""Officers who swap two characters of a code."""

_REJECTIONS = {
    "false-materials": "提交的住所使用证明经核查不真实",
    "forbidden-by-law": "经营项目属于法律、行政法规禁止经营的项目",
    "approval-missing": "未取得前置审批文件",
    "not-in-legal-form": "章程内容不符合法律规定的形式",
}


def plan(world: World, applications: int | None = None) -> list[Matter]:
    """The matters by the time of their first step; equal arguments give equal matters.

    As many apply as the city has at the world's scale, but never so few that nothing is to be seen;
    or a number that is given.
    """
    count = applications or world.scaled(A_WORKING_DAY * len(world.working_days), least=LEAST)
    drawn = timeline(world.seed, count, world.working_days, world.calendar)
    names = Names(world.run)
    return [_matter(world, names, drawn, case) for case in drawn.cases]


def matter_id(run: str, n: int) -> UUID:
    """The id of the ``n``-th application of a run."""
    return uuid5(_SPACE, f"{run}:{n}")


def label_of_name(n: int) -> str:
    """Of the step by which the ``n``-th applicant gets the name that they keep."""
    return f"{PROGRAM}/{n}/name"


def _matter(world: World, names: Names, drawn: Timeline, case: Case) -> Matter:
    rng = Random(f"{world.seed}:{case.n}:application")
    wanted = application(
        rng, case.kind, case.district, world.today, submitted_on=shanghai_date(case.submit_at)
    )
    applicant = _applicant(rng)
    matter = matter_id(world.run, case.n)
    keeps = case.fate not in (Fate.REJECTED, Fate.WITHDRAWN)
    wish = names.wish(case.n, case.district, wanted, case.moments[0].at, keeps=keeps)
    script = _Script(rng, case, wanted, applicant, matter, world, names, wish)
    script.write()
    script.live(drawn)
    return Matter(
        f"{PROGRAM}/{case.n}",
        PROGRAM,
        _one_after_another(script.steps),
        matter,
        about={
            "district": case.district,
            "kind": case.kind,
            "asked_for_taken_name": wish.taken is not None,
        },
    )


def _applicant(rng: Random) -> Sender:
    if rng.random() < BY_AGENT:
        return Sender(f"agent-{rng.randint(1, AGENTS):03d}", Role.AGENT)
    return Sender(f"citizen-{rng.getrandbits(40):010x}", Role.CITIZEN)


def _officer(name: str | None) -> Sender:
    return Sender(str(name), Role.OFFICER, "market-regulation")


class _Script:
    """Writes one matter's steps, moment by moment."""

    def __init__(
        self,
        rng: Random,
        case: Case,
        wanted: Application,
        applicant: Sender,
        matter: UUID,
        world: World,
        names: Names,
        wish: Wish,
    ) -> None:
        self.steps: list[Step] = []
        self._rng = rng
        self._case = case
        self._wanted = wanted
        self._applicant = applicant
        self._matter = matter
        self._world = world
        self._names = names
        self._wish = wish
        self._id = {"registration_id": str(matter)}
        self._defects: list[dict[str, str]] = []

    def write(self) -> None:
        """The way to the decision."""
        for moment in self._case.moments:
            who = _officer(moment.officer) if moment.officer else self._applicant
            match moment.act:
                case Act.RESERVE:
                    self._reserve(moment.at)
                case Act.SUBMIT:
                    self._submit(moment.at)
                case Act.CORRECT:
                    self._correct(moment.at, who)
                case Act.RESUBMIT:
                    answers = applications.answers(self._rng, self._defects)
                    self._step(moment.at, who, "resubmit", answers=answers)
                case Act.APPROVE:
                    seen = list(self._wanted.documents)
                    self._step(moment.at, who, "approve", checklist=seen)
                case Act.REJECT:
                    ground = self._rng.choice(list(_REJECTIONS))
                    self._step(moment.at, who, "reject", ground=ground, reason=_REJECTIONS[ground])
                case Act.WITHDRAW:
                    self._step(moment.at, who, "withdraw")
                case Act.FOUR_EYES:
                    self._step(
                        moment.at, who, "issue-licence", refused="four-eyes", uscc=self._code(0)
                    )
                case Act.ISSUE:
                    self._issue(moment.at, who)

    def live(self, drawn: Timeline) -> None:
        """What follows the licence, if there is one."""
        licensed_at = self._case.at(Act.ISSUE)
        if licensed_at is None:
            return
        district = self._case.district
        company = Company(
            kind=self._case.kind,
            district=district,
            application=self._wanted,
            applicant=self._applicant,
            officers=tuple(_officer(f"officer-{district}-{n:02d}") for n in range(1, 4)),
            licensed_at=licensed_at,
            end=drawn.end,
            calendar=self._world.calendar,
        )
        for deed in life(self._rng, company):
            body = {**self._id, **deed.body}
            self.steps.append(Step(deed.at, deed.sender, deed.command, body, until=deed.until))

    def _reserve(self, at: datetime) -> None:
        if self._wish.taken is not None and self._wish.owner is not None:
            self.steps.append(
                Step(
                    self._wish.asked_at,
                    self._applicant,
                    "reserve-name",
                    {**self._id, **self._wish.taken},
                    refused="name-taken",
                    after=(label_of_name(self._wish.owner),),
                )
            )
        self.steps.append(
            Step(
                at,
                self._applicant,
                "reserve-name",
                {**self._id, **self._wish.body},
                label=label_of_name(self._case.n),
                instead={"name-taken": self._another_name},
            )
        )

    def _another_name(self, attempt: int) -> dict[str, object]:
        body = self._names.another(self._case.n, attempt, self._wish, self._wanted)
        return {**self._id, **body}

    def _submit(self, at: datetime) -> None:
        if self._rng.random() < MISADDED:
            wrong = self._wanted.misadded()
            before = at - timedelta(seconds=self._rng.randint(30, 200))
            self._step(
                before, self._applicant, "submit-application", refused="shares-not-whole", **wrong
            )
        self._step(at, self._applicant, "submit-application", **self._wanted.body)

    def _correct(self, at: datetime, officer: Sender) -> None:
        # What passed the first time may not be found wanting the second time.
        open_to = [d["document"] for d in self._defects] or list(self._wanted.documents)
        self._defects = applications.defects(self._rng, list(dict.fromkeys(open_to)))
        self._step(at, officer, "request-correction", defects=self._defects)

    def _issue(self, at: datetime, officer: Sender) -> None:
        if self._rng.random() < MISTYPED:
            wrong = applications.mistyped(self._code(0))
            before = at - timedelta(seconds=1)
            self._step(before, officer, "issue-licence", refused="uscc-bad-check", uscc=wrong)
        self.steps.append(
            Step(
                at,
                officer,
                "issue-licence",
                {**self._id, "uscc": self._code(0)},
                instead={"uscc-taken": lambda attempt: {**self._id, "uscc": self._code(attempt)}},
            )
        )

    def _code(self, attempt: int) -> str:
        registry = current(self._case.district, shanghai_date(self._case.submit_at))
        key = f"{self._matter}:{attempt}"
        return uscc(self._case.kind, registry, key)

    def _step(
        self,
        at: datetime,
        sender: Sender,
        command: str,
        /,
        *,
        refused: str | None = None,
        **fields: object,
    ) -> None:
        self.steps.append(Step(at, sender, command, {**self._id, **fields}, refused=refused))


def _one_after_another(steps: Sequence[Step]) -> tuple[Step, ...]:
    """By time. A slip that would fall into the same second as another step does not happen."""
    ordered: list[Step] = []
    for step in sorted(steps, key=lambda s: (s.at, s.refused is not None)):
        if step.refused is None or not ordered or step.at > ordered[-1].at:
            ordered.append(step)
    return tuple(ordered)
