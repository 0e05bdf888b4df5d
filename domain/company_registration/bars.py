"""Bars from office: who stands on a list may become neither director nor representative.

Each listing of a person is a matter of its own; that the person holds a place on the list only once
is a claim, which Approve can demand to be absent at its very position of the log.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from domain.company_registration.business import BarList
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.identifiers import SubjectRef

BAR_SCOPE = "officeholder-bar"
_LISTINGS = UUID("5b0c1f0e-6f0c-5c3e-9a53-2d1c6f8f3a10")


def bar_id(subject: str, list: BarList, decision_no: str) -> UUID:
    """The matter of one listing, so that who listed the person can lift it without a look-up."""
    return uuid5(_LISTINGS, f"{list}:{subject}:{decision_no}")


def bar_value(subject: str, list: BarList) -> str:
    """What is claimed for a person on a list."""
    return f"{list}:{subject}"


def bar_values(*subjects: str) -> tuple[str, ...]:
    """What nobody may hold if these people are to take office: all lists."""
    return tuple(bar_value(subject, list) for subject in subjects for list in BarList)


class BarState(StrEnum):
    """Whether the listing stands."""

    BARRED = "barred"
    LIFTED = "lifted"


class OfficeholderBar(Aggregate, program="company-registration"):
    """One listing of one person."""

    class OfficeholderBarred(Aggregate.Created, v=1):
        """A person may not hold office from now on, until ``until`` if that is known."""

        subject: SubjectRef
        list: BarList
        decision_no: str
        until: datetime | None

    @event(OfficeholderBarred)
    def __init__(
        self, subject: str, list: BarList, decision_no: str, until: datetime | None
    ) -> None:
        self.state: BarState = BarState.BARRED
        self.subject: str = subject
        self.list: BarList = list
        self.until: datetime | None = until

    class OfficeholderBarLifted(Aggregate.Event, v=1):
        """The person may hold office again, as far as this list goes."""

        subject: SubjectRef
        list: BarList

    @allowed_in(BarState.BARRED)
    def lift_officeholder_bar(self) -> None:
        """By who listed the person."""
        self._officeholder_bar_lifted(subject=self.subject, list=self.list)

    @event(OfficeholderBarLifted)
    def _officeholder_bar_lifted(self, subject: str, list: BarList) -> None:
        self.state = BarState.LIFTED
