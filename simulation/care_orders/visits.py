"""One visit as it is written: planned the day before, begun, ended, vouched for, and what goes wrong.

Carers come when the timetable says; a few come late, not at all, or are at the wrong door. Deadlines
of the simulated clock are acted on by ``SCHEDULER``.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from simulation.care_orders.courses import MISSED, Course
from simulation.care_orders.elders import Bundle, minutes_of
from simulation.care_orders.houses import (
    DOOR_VISITOR,
    PROGRAM,
    SCHEDULER,
    Carer,
    far,
    named,
    near,
    officer,
)
from simulation.care_orders.orders import A_DAY, Story
from simulation.matters import Matter, Sender, Step, Until, in_order
from simulation.office import local

LAST_PLANNED = 17 * 3600 + 1800
"""By then the next day's ordinary visits are planned; what was refused at first comes after."""


@dataclass(slots=True)
class Call:
    """One visit. ``start`` is on a quarter hour; ``verified_at``: when not by chance."""

    story: Story
    n: int
    start: datetime
    bundle: Bundle
    course: Course
    rng: Random
    carer: Carer = field(init=False)
    other: Carer | None = None
    busy_with: "Call | None" = None
    verified_at: datetime | None = None
    steps: list[Step] = field(default_factory=list)
    planned_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.planned_at = local(self.day - A_DAY, self.rng.randrange(15 * 3600, LAST_PLANNED))

    @property
    def day(self) -> date:
        """The city's day on which it is."""
        return self.start.date()

    @property
    def end(self) -> datetime:
        """When it is planned to be over."""
        return self.start + timedelta(minutes=minutes_of(self.bundle))

    @property
    def id(self) -> UUID:
        """The matter; the provider's system chooses its id."""
        return named(self.story.world.run, "visit", self.n)

    def label(self, what: str) -> str:
        """Of the answer to one of its steps."""
        return f"{PROGRAM}/visit/{self.n}/{what}"

    @property
    def coordinator(self) -> Sender:
        """Who plans it."""
        return self.story.provider.coordinator

    @property
    def codes(self) -> list[str]:
        """What is to be done."""
        return [code for code, _ in self.bundle]

    def matter(self) -> Matter:
        """Its steps up to the end of the days."""
        about = {"mode": self.story.mode.value, "course": self.course.value}
        steps = in_order(self.steps, self.story.end)
        return Matter(f"{PROGRAM}/visit/{self.n}", PROGRAM, steps, self.id, about)

    # --- steps ---------------------------------------------------------------------------------

    def step(
        self,
        at: datetime,
        sender: Sender,
        command: str,
        fields: dict[str, Any] | None = None,
        *,
        label: str | None = None,
        refused: str | None = None,
        after: tuple[str, ...] = (),
        until: Until | None = None,
    ) -> None:
        """One more step on the visit; ``label`` is only its last part."""
        body = {"visit_id": str(self.id), **(fields or {})}
        whole = self.label(label) if label else None
        self.steps.append(Step(at, sender, command, body, whole, refused, after=after, until=until))

    def schedule(
        self, at: datetime, *, refused: str | None = None, id: UUID | None = None, **changes: Any
    ) -> None:
        """The coordinator plans it."""
        after: tuple[str, ...] = (self.story.label("assigned"),)
        if self.busy_with is not None and refused == "carer-busy":
            after = (*after, self.busy_with.label("planned"))
        body = {
            "visit_id": str(id or self.id),
            "order_id": str(self.story.id),
            "carer": self.carer.ref,
            "starts_at": self.start.isoformat(),
            "ends_at": self.end.isoformat(),
            "items": self.codes,
            **changes,
        }
        resumed = self.story.resumes_at is not None and at > self.story.resumes_at
        until = Until("care-resumed", of=self.story.id) if resumed else None
        self.step(
            at,
            self.coordinator,
            "schedule-visit",
            body,
            label=None if refused else "planned",
            refused=refused,
            after=after,
            until=until,
        )

    def seen(
        self,
        at: datetime,
        *,
        made: datetime | None = None,
        skew: timedelta = timedelta(),
        tag: str | None = None,
        away: bool = False,
    ) -> dict[str, Any]:
        """Where the carer's phone says it is. ``made``: out of reach of the network, back then."""
        story = self.story
        at_home = story.mode == "home"
        point = story.elder.point if at_home else story.provider.point
        known_tag = tag or (story.elder.tag if at_home and not away else None)
        where: dict[str, Any] = {"tag": known_tag} if known_tag else {}
        if not where:
            where = {"point": far(point) if away else near(self.rng, point)}
        return {
            "at": (made or at).isoformat(),
            "device_time": (at + skew).isoformat(),
            "offline": made is not None,
            **where,
        }

    def check_in(
        self,
        at: datetime,
        *,
        by: Sender | None = None,
        refused: str | None = None,
        **seen: Any,
    ) -> None:
        """The carer is there."""
        body = self.seen(at, **seen)
        self.step(at, by or self.carer.sender, "check-in", body, refused=refused)

    def check_out(
        self,
        at: datetime,
        *,
        more: tuple[str, ...] = (),
        refused: str | None = None,
        **seen: Any,
    ) -> None:
        """The carer leaves."""
        body = {**self.seen(at, **seen), "items": [*self.codes, *more]}
        label = None if refused else "done"
        self.step(at, self.carer.sender, "check-out", body, label=label, refused=refused)

    # --- the course ----------------------------------------------------------------------------

    def write(self) -> None:
        """All of it; of what falls into a rest or lies behind an end, only the plan that is called
        off by itself, and nothing when it was over before anybody planned."""
        stops, resumes = self.story.stops_at, self.story.resumes_at
        late = timedelta(minutes=5)
        planned_anew = resumes is not None and self.planned_at > resumes + late
        if stops is None or self.start <= stops or planned_anew:
            self._plan()
            self._go()
        elif self.planned_at <= stops - late:
            self.course = Course.CANCELLED
            self.schedule(self.planned_at)

    def _plan(self) -> None:
        late = local(self.day - A_DAY, LAST_PLANNED + 300 + self.rng.randrange(900))
        later = late + timedelta(seconds=self.rng.randint(90, 400))
        match self.course:
            case Course.CARER_BUSY if self.busy_with is not None:
                self.schedule(late, refused="carer-busy", carer=self.busy_with.carer.ref)
                self.schedule(later)
            case Course.UNQUALIFIED if self.other is not None:
                self.schedule(late, refused="carer-not-qualified", carer=self.other.ref)
                self.schedule(later)
            case Course.UNKNOWN_CARER:
                self.schedule(late, refused="carer-unknown", carer="0" * 32)
                self.schedule(later)
            case Course.NOT_IN_PLAN:
                more = [*self.codes, "accompanying"]
                self.schedule(late, refused="outside-plan", items=more)
                self.schedule(later)
            case Course.TOO_LONG:
                ends = self.start + timedelta(hours=9)
                self.schedule(late, refused="visit-length", ends_at=ends.isoformat())
                self.schedule(later)
            case Course.ELDER_BUSY if self.other is not None:
                self.schedule(self.planned_at)
                twice = named(self.story.world.run, "visit-twice", self.n)
                self.schedule(later, refused="elder-busy", id=twice, carer=self.other.ref)
            case _:
                self.schedule(self.planned_at)

    def _go(self) -> None:
        rng, start = self.rng, self.start
        if self.course in MISSED:
            self._miss()
            return
        if self.course is Course.CANCELLED:
            reason = {"reason": "wish" if rng.random() < 0.7 else "carer-absent"}
            by = self.story.family if reason["reason"] == "wish" else self.coordinator
            self.step(start - timedelta(minutes=rng.randint(20, 110)), by, "cancel-visit", reason)
            return
        if self.course is Course.REPLACED and self.other is not None:
            body = {"carer": self.other.ref}
            before = start - timedelta(minutes=rng.randint(35, 90))
            self.step(before, self.coordinator, "reassign", body)
            self.carer = self.other
        came = self._arrive()
        self._leave(came)

    def _arrive(self) -> datetime:
        """When the carer comes, and with which word of refusal before."""
        rng, start = self.rng, self.start
        came = start + timedelta(seconds=rng.randint(-9 * 60, 9 * 60))
        before = came - timedelta(seconds=rng.randint(70, 240))
        match self.course:
            case Course.LATE:
                came = start + timedelta(seconds=rng.randint(16 * 60, 28 * 60))
            case Course.OFFLINE:
                made = came
                came = start + timedelta(minutes=rng.randint(11, 25))
                self.check_in(came, made=made)
                return came
            case Course.TOO_FAR:
                self.check_in(before, refused="too-far", away=True)
            case Course.WRONG_TAG:
                self.check_in(before, refused="wrong-tag", tag="NB-TAG-OTHER")
            case Course.TOO_EARLY:
                early = start - timedelta(minutes=rng.randint(34, 50))
                self.check_in(early, refused="check-in-too-early")
            case Course.WRONG_CARER if self.other is not None:
                self.check_in(before, refused="wrong-carer", by=self.other.sender)
            case Course.SKEWED:
                self.check_in(came, skew=timedelta(minutes=-17))
                return came
            case Course.CALLED_OFF_TOO_LATE:
                came = start + timedelta(minutes=rng.randint(7, 12))
                asked = start + timedelta(minutes=rng.randint(2, 5))
                wish = {"reason": "wish"}
                self.step(asked, self.story.family, "cancel-visit", wish, refused="visit-in-past")
        self.check_in(came)
        return came

    def _leave(self, came: datetime) -> None:
        rng = self.rng
        over = max(self.end, came + timedelta(minutes=12))
        left = over + timedelta(seconds=rng.randint(-7 * 60, 11 * 60))
        if self.course is Course.FORGOTTEN:
            noticed = max(self.end, came) + timedelta(minutes=120, seconds=rng.randint(1, 50))
            self.step(noticed, SCHEDULER, "close-forgotten")
            self._vouch(noticed)
            return
        if self.course is Course.MORE_THAN_PLANNED:
            before = left - timedelta(seconds=80)
            self.check_out(before, refused="items-not-planned", more=("wound-care",))
        if self.course is Course.ENDED_BEFORE:
            made = came - timedelta(hours=1)
            before = left - timedelta(seconds=80)
            self.check_out(before, refused="before-check-in", made=made)
        self.check_out(left)
        self._vouch(left)

    def _vouch(self, left: datetime) -> None:
        """The coordinator looks in the evening or next morning; a few families do not agree."""
        rng = self.rng
        evening = local(self.day, rng.randrange(17 * 3600, 19 * 3600))
        morning = local(self.day + A_DAY, rng.randrange(8 * 3600 + 1800, 10 * 3600))
        tonight = evening > left + timedelta(minutes=5) and rng.random() < 0.85
        at = self.verified_at or (evening if tonight else morning)
        if self.course is Course.DISPUTED:
            asked = left + timedelta(minutes=rng.randint(15, 90))
            text = {"text": rng.choice(("护理员提前离开", "服务时间不足", "未完成助餐"))}
            self.step(asked, self.story.family, "dispute-visit", text)
            upheld = {"upheld": rng.random() < 0.5}
            decided = max(at, asked + timedelta(minutes=30))
            self.step(decided, officer(rng), "resolve-dispute", upheld)
            return
        if self.course is Course.OWN_EYES:
            before = at - timedelta(minutes=2)
            self.step(before, self.carer.sender, "verify-visit", refused="four-eyes")
        self.step(at, self.coordinator, "verify-visit", label="verified")

    def _miss(self) -> None:
        """Nobody came within half an hour; somebody looks after the elder, or comes after all."""
        rng, start = self.rng, self.start
        minute = timedelta(minutes=1)
        self.step(
            start + 30 * minute + timedelta(seconds=rng.randint(1, 20)), SCHEDULER, "mark-missed"
        )
        called = start + rng.randint(36, 50) * minute
        match self.course:
            case Course.UPLOADED_LATE:
                made = start + timedelta(seconds=rng.randint(0, 300))
                sent = start + rng.randint(48, 75) * minute
                self.check_in(sent, made=made)
                self._leave(sent)
            case Course.ARRIVED_LATE:
                came = start + timedelta(seconds=rng.randint(32 * 60, 43 * 60))
                self.check_in(came)
                self._leave(came)
            case Course.REACHED:
                self.step(called, self.coordinator, "record-contact", {"reached": True})
                outcome = rng.choice(("reached", "with-family", "seen"))
                body = {"outcome": outcome, "note": "电话联系家属，老人在家平安"}
                self.step(called + 4 * minute, self.coordinator, "resolve-missed", body)
            case Course.TOO_LATE:
                late = max(self.end, start + 32 * minute) + rng.randint(4, 12) * minute
                self.check_in(late, refused="check-in-too-late")
                seen = {"outcome": "seen", "note": "护理员迟到，老人在家"}
                self.step(late + 3 * minute, self.carer.sender, "resolve-missed", seen)
            case Course.FOUND_AT_DOOR:
                self.step(called, self.coordinator, "record-contact", {"reached": False})
                again = start + rng.randint(63, 70) * minute
                self.step(again, officer(rng), "record-contact", {"reached": False})
                seen = {"outcome": rng.choice(("seen", "seen", "in-hospital"))}
                at = start + rng.randint(123, 150) * minute
                self.step(at, DOOR_VISITOR, "resolve-missed", seen)
            case _:
                self.step(called, self.coordinator, "record-contact", {"reached": False})
