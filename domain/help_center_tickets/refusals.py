"""What the help centre says no with. Codes are never renamed; sentences stand in ``sentences``.

Nothing personal is a fact: a caller's words and numbers never stand in a refusal.
"""

from datetime import date, datetime

from domain.shared.refusals import Refused


class NoDanger(Refused, code="no-danger-to-life"):
    """Only a danger to life is handed to the emergency lines."""


class NotAcknowledged(Refused, code="not-acknowledged"):
    """A line that does not acknowledge has not taken the emergency over."""

    services: tuple[str, ...]


class UnknownItem(Refused, code="unknown-item"):
    """The catalogue has no such service."""

    item: str


class ItemRetired(Refused, code="item-retired"):
    """The service is not given on this day: no longer, or not yet."""

    item: str
    on: date


class NotSameMatter(Refused, code="not-same-matter"):
    """The tickets differ in service or district, or one of them cannot be merged."""


class MergeTooLate(Refused, code="merge-too-late"):
    """The tickets came more than 72 hours apart."""


class ArticleNotCurrent(Refused, code="article-not-current"):
    """The article is retired, outdated, or about another service."""


class CompanyNotAdmitted(Refused, code="company-not-admitted"):
    """The company is no member in good standing."""

    state: str


class LicenceExpired(Refused, code="licence-expired"):
    """The company's licence for the trade has run out."""

    expired_on: date


class OutOfArea(Refused, code="out-of-area"):
    """The company does not offer the service in this district."""

    item: str
    district: str


class CompanyFull(Refused, code="company-full"):
    """The company has as many tickets as it can carry."""

    capacity: int


class HolderIsAccused(Refused, code="holder-is-accused"):
    """Nobody judges a complaint about himself; he is asked for a statement."""


class HolderHasIt(Refused, code="holder-has-it"):
    """The ticket is with this holder already."""


class ReturnTooLate(Refused, code="return-too-late"):
    """A ticket may be given back within one working day."""

    until: datetime


class ReturnSpent(Refused, code="return-spent"):
    """After the decision on the holder there are no more returns."""


class ArbitrationNeeded(Refused, code="arbitration-needed"):
    """Returned twice: a supervisor decides whose it is."""


class NothingToArbitrate(Refused, code="nothing-to-arbitrate"):
    """Only a ticket that was returned twice needs a decision."""


class NotPaidService(Refused, code="not-paid-service"):
    """The service costs nothing, so there is nothing to quote."""


class NoQuote(Refused, code="no-quote"):
    """There is no quote that waits for an answer."""


class PauseNotAgreed(Refused, code="pause-not-agreed"):
    """The caller has to agree to a pause."""


class PauseSpent(Refused, code="pause-spent"):
    """The pauses of a ticket last ten working days in all."""

    days_left: int


class PauseEndPassed(Refused, code="pause-end-passed"):
    """A pause ends in the future."""


class AlreadyOverdue(Refused, code="already-overdue"):
    """A deadline is extended before it has passed."""

    due_at: datetime


class AlreadyExtended(Refused, code="already-extended"):
    """A deadline is extended once."""


class ExtensionOutOfRange(Refused, code="extension-out-of-range"):
    """The new deadline lies after the old one, and not further than the limit once more."""

    after: datetime
    latest: datetime


class UrgedToday(Refused, code="urged-today"):
    """The caller may urge once a day."""


class TransferNotAgreed(Refused, code="transfer-not-agreed"):
    """The receiver has not agreed, and no supervisor ordered it."""


class AlreadyContacted(Refused, code="already-contacted"):
    """The first contact is recorded already."""


class TooSoonToClose(Refused, code="too-soon-to-close"):
    """Nobody is given up as unreachable before three tries on two days."""

    tries: int
    days: int


class AnswerIncomplete(Refused, code="answer-incomplete"):
    """Whoever was reached said whether it is solved and how satisfied he is."""


class ReopenTooLate(Refused, code="reopen-too-late"):
    """A closed ticket may be reopened for fifteen days."""

    until: datetime


class ReopenSpent(Refused, code="reopen-spent"):
    """A ticket is reopened twice at most."""


class HolderNotCompany(Refused, code="holder-not-company"):
    """Misconduct is proven against a member company."""


class AlreadyProven(Refused, code="already-proven"):
    """The misconduct in this ticket is proven already."""


class LevelRaised(Refused, code="level-raised"):
    """Each level of escalation is raised once."""

    level: int


class NotHolder(Refused, code="not-holder"):
    """The ticket is not with this company, or no longer."""


class NotMergedHere(Refused, code="not-merged-here"):
    """The ticket waits for another one."""


class NotSealed(Refused, code="not-sealed"):
    """There is no sealed identity to open."""


class NoUnsealing(Refused, code="no-unsealing-asked"):
    """Nobody has asked for the identity to be opened."""


class NotAccused(Refused, code="not-accused"):
    """A statement is asked of someone the ticket is about."""


class CauseWithoutItem(Refused, code="cause-without-item"):
    """A ticket that Huimin opens says what it is about and which service it needs."""


class DepositMissing(Refused, code="deposit-missing"):
    """A member that works for money pays a deposit before it is admitted."""


class NothingOffered(Refused, code="nothing-offered"):
    """A member offers at least one service of the catalogue."""


class NotSuspendedFor(Refused, code="not-suspended-for"):
    """The member is not suspended for this cause."""

    cause: str


class OrderEndPassed(Refused, code="order-end-passed"):
    """An order ends after it is given."""

    until: datetime
