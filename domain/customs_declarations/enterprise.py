"""Enterprises that send documents or answer for the tax: platforms, payment firms, carriers, agents.

One matter per enterprise, found by its unified social credit code, which customs takes for its own
number since 2018; so whoever hears of a company by that code (a credit list) finds it here. The
agent's guarantee covers the tax of its lists from the declaration until it is paid.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from domain.customs_declarations.documents import Kind
from domain.customs_declarations.refusals import GuaranteeShort
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.derived_ids import derived_id
from domain.shared.identifiers import OfficerId, Uscc
from domain.shared.money import Fen, SharePpm


def enterprise_id(code: str) -> UUID:
    """The matter of an enterprise."""
    return derived_id("customs-enterprise", code)


class EnterpriseKind(StrEnum):
    """What an enterprise may be to customs; it may be several."""

    PLATFORM = "platform"
    PAYMENT = "payment"
    CARRIER = "carrier"
    AGENT = "agent"
    WAREHOUSE = "warehouse"


class EnterpriseState(StrEnum):
    """A suspended enterprise sends nothing; what it sent goes on."""

    REGISTERED = "registered"
    SUSPENDED = "suspended"


class RateReason(StrEnum):
    """Why the share of inspected lists is another one."""

    RISK = "risk-analysis"
    LISTED = "credit-listed"
    DELISTED = "credit-delisted"


DEFAULT_INSPECTION_PPM = 20_000
"""One list in fifty, until customs says otherwise."""

LISTED_INSPECTION_PPM = 800_000
"""Four lists in five, the least for an enterprise that is dishonest at customs (GACC Order 251)."""

LISTED_MEASURE = "customs-inspection"
"""The joint measure of credit lists by which customs inspects more; a list has it by its law."""


class Enterprise(Aggregate, program="customs-declarations"):
    """One enterprise. Source: Customs Announcement 2018 No. 194, art. 2 and 3, 17."""

    class EnterpriseRegistered(Aggregate.Created, v=1):
        """Customs knows the enterprise; ``sender`` is the subject of its system's token."""

        code: Uscc
        name: str
        kinds: tuple[EnterpriseKind, ...]
        sender: OfficerId
        guarantee_fen: Fen
        inspection_rate_ppm: SharePpm

    @event(EnterpriseRegistered)
    def __init__(
        self,
        code: str,
        name: str,
        kinds: tuple[EnterpriseKind, ...],
        sender: str,
        guarantee_fen: int,
        inspection_rate_ppm: int,
    ) -> None:
        self.state: EnterpriseState = EnterpriseState.REGISTERED
        self.code: str = code
        self.kinds: tuple[EnterpriseKind, ...] = kinds
        self.sender: str = sender
        self.guarantee_fen: int = guarantee_fen
        self.unpaid_tax_fen: int = 0
        self.inspection_rate_ppm: int = inspection_rate_ppm
        self.own_rate_ppm: int = inspection_rate_ppm
        self.raised: bool = False
        self.false_documents: int = 0

    @classmethod
    def registered(
        cls,
        code: str,
        *,
        name: str,
        kinds: tuple[EnterpriseKind, ...],
        sender: str,
        guarantee_fen: int,
        at: datetime,
    ) -> "Enterprise":
        """Begins an enterprise, with the usual share of inspections."""
        return cls.begin(
            cls.EnterpriseRegistered,
            id=enterprise_id(code),
            at=at,
            code=code,
            name=name,
            kinds=kinds,
            sender=sender,
            guarantee_fen=guarantee_fen,
            inspection_rate_ppm=DEFAULT_INSPECTION_PPM,
        )

    def may_send(self, kind: EnterpriseKind, actor: str) -> bool:
        """Whether documents of this kind from this sender are the enterprise's own."""
        registered = self.state is EnterpriseState.REGISTERED
        return registered and kind in self.kinds and actor == self.sender

    # --- guarantee -----------------------------------------------------------------------------

    class GuaranteeSet(Aggregate.Event, v=1):
        """The guarantee is another one from now on."""

        code: Uscc
        guarantee_fen: Fen

    @allowed_in(EnterpriseState.REGISTERED, EnterpriseState.SUSPENDED)
    def set_guarantee(self, guarantee_fen: int) -> None:
        """Raises GuaranteeShort below what is unpaid."""
        if guarantee_fen < self.unpaid_tax_fen:
            raise GuaranteeShort(guarantee_fen=guarantee_fen, unpaid_tax_fen=self.unpaid_tax_fen)
        self._guarantee_set(code=self.code, guarantee_fen=guarantee_fen)

    @event(GuaranteeSet)
    def _guarantee_set(self, code: str, guarantee_fen: int) -> None:
        self.guarantee_fen = guarantee_fen

    class GuaranteeHeld(Aggregate.Event, v=1):
        """A list's tax is covered from its declaration on (``day``, the city's)."""

        code: Uscc
        day: date
        declaration_id: UUID
        tax_fen: Fen
        guarantee_fen: Fen

    def hold(self, declaration_id: UUID, day: date, tax_fen: int) -> None:
        """Raises GuaranteeShort."""
        unpaid = self.unpaid_tax_fen + tax_fen
        if unpaid > self.guarantee_fen:
            raise GuaranteeShort(guarantee_fen=self.guarantee_fen, unpaid_tax_fen=unpaid)
        self._guarantee_held(
            code=self.code,
            day=day,
            declaration_id=declaration_id,
            tax_fen=tax_fen,
            guarantee_fen=self.guarantee_fen,
        )

    @event(GuaranteeHeld)
    def _guarantee_held(
        self, code: str, day: date, declaration_id: UUID, tax_fen: int, guarantee_fen: int
    ) -> None:
        self.unpaid_tax_fen += tax_fen

    class GuaranteeFreed(Aggregate.Event, v=1):
        """Tax of a list declared on ``day`` is owed no more: ``paid``, or never levied."""

        code: Uscc
        day: date
        declaration_id: UUID
        tax_fen: Fen
        paid: bool

    def set_free(self, declaration_id: UUID, day: date, tax_fen: int, *, paid: bool) -> None:
        """Nothing to do for no tax. That it happens once is the declaration's to see."""
        if tax_fen:
            self._guarantee_freed(
                code=self.code, day=day, declaration_id=declaration_id, tax_fen=tax_fen, paid=paid
            )

    @event(GuaranteeFreed)
    def _guarantee_freed(
        self, code: str, day: date, declaration_id: UUID, tax_fen: int, paid: bool
    ) -> None:
        self.unpaid_tax_fen -= tax_fen

    # --- supervision ---------------------------------------------------------------------------

    class InspectionRateSet(Aggregate.Event, v=1):
        """Another share of its lists is inspected."""

        inspection_rate_ppm: SharePpm
        reason: RateReason

    @allowed_in(EnterpriseState.REGISTERED, EnterpriseState.SUSPENDED)
    def set_inspection_rate(self, rate_ppm: int, reason: RateReason) -> None:
        """A listed enterprise is inspected more, and not refused for being listed."""
        self._inspection_rate_set(inspection_rate_ppm=rate_ppm, reason=reason)

    def follow_lists(self, rate_ppm: int, *, listed: bool) -> None:
        """Up to ``rate_ppm`` while a list asks for it, back to customs' own share once none does.

        A higher share stays, and so does what customs sets meanwhile: its own word goes before.
        """
        if listed and not self.raised and rate_ppm > self.inspection_rate_ppm:
            self.set_inspection_rate(rate_ppm, RateReason.LISTED)
        elif not listed and self.raised:
            self.set_inspection_rate(self.own_rate_ppm, RateReason.DELISTED)

    @event(InspectionRateSet)
    def _inspection_rate_set(self, inspection_rate_ppm: int, reason: RateReason) -> None:
        self.inspection_rate_ppm = inspection_rate_ppm
        self.raised = reason is RateReason.LISTED
        if reason is RateReason.RISK:
            self.own_rate_ppm = inspection_rate_ppm

    class FalseDocumentsFound(Aggregate.Event, v=1):
        """Customs found a document of the enterprise to be false, for a credit record."""

        code: Uscc
        document: Kind
        declaration_id: UUID
        decision_no: str

    @allowed_in(EnterpriseState.REGISTERED, EnterpriseState.SUSPENDED)
    def report_false_documents(
        self, document: Kind, declaration_id: UUID, decision_no: str
    ) -> None:
        """By a decision of customs."""
        self._false_documents_found(
            code=self.code,
            document=document,
            declaration_id=declaration_id,
            decision_no=decision_no,
        )

    @event(FalseDocumentsFound)
    def _false_documents_found(
        self, code: str, document: Kind, declaration_id: UUID, decision_no: str
    ) -> None:
        self.false_documents += 1

    class EnterpriseSuspended(Aggregate.Event, v=1):
        """It sends nothing until resumed."""

        decision_no: str

    @allowed_in(EnterpriseState.REGISTERED)
    def suspend_enterprise(self, decision_no: str) -> None:
        """By a decision of customs."""
        self._enterprise_suspended(decision_no=decision_no)

    @event(EnterpriseSuspended)
    def _enterprise_suspended(self, decision_no: str) -> None:
        self.state = EnterpriseState.SUSPENDED

    class EnterpriseResumed(Aggregate.Event, v=1):
        """It may send again."""

        decision_no: str

    @allowed_in(EnterpriseState.SUSPENDED)
    def resume_enterprise(self, decision_no: str) -> None:
        """By a decision of customs."""
        self._enterprise_resumed(decision_no=decision_no)

    @event(EnterpriseResumed)
    def _enterprise_resumed(self, decision_no: str) -> None:
        self.state = EnterpriseState.REGISTERED
