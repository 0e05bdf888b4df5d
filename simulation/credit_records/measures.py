"""What departments do because of a list: apply its measures, say so, take everything away again."""

from datetime import timedelta

from domain.credit_consequence import consequence_id
from domain.credit_records.lists import CreditList
from simulation.credit_records.sources import CREDIT_OFFICE, officer
from simulation.credit_records.story import Story
from simulation.matters import Ref, Until

CONSEQUENCE = "credit-consequence"
"""The programme of the process that follows a listing."""


def applying(entered: CreditList) -> list[tuple[str, str]]:
    """Each measure of a list at each department that applies it."""
    return [(measure.code, d) for measure in entered.measured() for d in measure.departments]


def confirmed(story: Story, entered: CreditList, days: float, decided: str) -> Story:
    """The departments confirm within some hours, once Huimin has ordered the measures.

    A matter of its own, whose last step is labelled :attr:`Story.label`; ``decided`` labels the
    decision to list.
    """
    name = f"{CONSEQUENCE}/{story.name.rpartition('/')[2]}"
    following = Story(
        story.world, story.rng, name, story.subject, story.source, story.zero, program=CONSEQUENCE
    )
    process = Ref(story.label, derived=consequence_id)
    all_of_them = applying(entered)
    for n, (measure, department) in enumerate(all_of_them, 1):
        following.step(
            story.at(days + 0.08 * n),
            officer(story.rng, department),
            "confirm-measure",
            {"consequence_id": process, "measure": measure},
            label=following.label if n == len(all_of_them) else None,
            after=(decided,),
            until=Until("measure-ordered", len(all_of_them), of=process),
        )
    return following


def taken_away(story: Story, entered: CreditList, days: float) -> None:
    """Everybody who showed or applied it confirms that it is gone, within a working day."""
    consumers = dict.fromkeys((CREDIT_OFFICE, *entered.consumers()))
    for n, department in enumerate(consumers):
        by = officer(story.rng, department)
        at = story.at(days + 0.1 * n) + timedelta(seconds=story.rng.randint(0, 600))
        story.step(at, by, "confirm-removal", story.own)


def reported(story: Story, entered: CreditList, days: float, *, wrong_first: bool) -> None:
    """A department reports what it did in a matter of its own, first by a measure that the list
    does not have if ``wrong_first``."""
    measure, department = story.rng.choice(applying(entered))
    by = officer(story.rng, department)
    matter_no = f"甬办{story.zero:%m%d}-{story.rng.randint(1, 99)}"
    if wrong_first:
        wrong = {"measure_code": "green-channel", "matter_no": matter_no, "result": "未实施"}
        story.on_it(days - 0.1, by, "report-measure", **wrong, refused="measure-not-listed")
    done = {"measure_code": measure, "matter_no": matter_no, "result": "已实施限制措施"}
    story.on_it(days, by, "report-measure", **done)
