"""A parcel that goes back as one thing (退货): from the application to the platform's receipt.

A process of its own that watches one order's return against the 45 days of the law. Whether the
goods are back in time customs decides, and gives tax and limit back in that very decision; the
process knows which of it is done and whom the rest waits for, and does what nobody else does: it
tells the platform (receipt 626). Who returns an order in parts begins it again with each part.
"""

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.customs_declarations.receipts import ReceiptCode
from domain.customs_declarations.returning import RefusalGround
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.clocks import Clock, ClockedAggregate, ClockReading, Limit, Unit
from domain.shared.derived_ids import derived_id
from domain.shared.identifiers import SubjectRef, Uscc
from domain.shared.money import Fen
from domain.shared.refusals import Refused

RETURN = Clock(
    "parcel-return",
    Limit(45, Unit.CALENDAR_DAYS),
    escalate=Limit(1, Unit.WORKING_DAYS),
)
"""Counts from the release, as customs computed it when the return was applied for (Announcement
2020 No. 45). Goods that are late are refused in that instant; whatever stands open a working day
later is brought before supervision."""


def parcel_return_id(declaration_id: UUID) -> UUID:
    """The process of an order; there is one."""
    return derived_id("parcel-return", declaration_id)


class State(StrEnum):
    """``DONE`` and ``REFUSED`` are left when another part of the order comes back."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


class Step(StrEnum):
    """What a return waits for, in this order; tax and limit in either."""

    GOODS = "goods-back"
    TAX = "tax-given-back"
    LIMIT = "limit-given-back"
    PLATFORM = "platform-told"


class PlatformReceipt(BaseModel):
    """What the platform gets in answer to its application (626): 399 passed, 100 refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: int
    ebp_code: Uscc
    order_no: str
    tax_not_levied_fen: Fen
    quota_restored_fen: Fen
    ground: RefusalGround | None


class StepNotExpected(Refused, code="return-step-not-expected"):
    """It is done already, or what has to come before it is not."""

    step: str


class AmountDiffers(Refused, code="return-amount-differs"):
    """More or less was given back than the goods carry."""

    step: str
    expected_fen: int
    given_fen: int


class ParcelReturn(ClockedAggregate, program="parcel-return"):
    """The return of one order's goods.

    Source: Customs Announcement 2020 No. 45; cross-programme brief, section 3.
    """

    CLOCKS = (RETURN,)

    class ReturnBegun(Aggregate.Created, v=1):
        """A buyer sends goods back that carry so much tax and value of the year's limit."""

        declaration_id: UUID
        ebp_code: Uscc
        order_no: str
        buyer: SubjectRef
        tax_fen: Fen
        value_fen: Fen
        clocks: tuple[ClockReading, ...]

    @event(ReturnBegun)
    def __init__(
        self,
        declaration_id: UUID,
        ebp_code: str,
        order_no: str,
        buyer: str,
        tax_fen: int,
        value_fen: int,
        clocks: tuple[ClockReading, ...],
    ) -> None:
        self.declaration_id: UUID = declaration_id
        self.ebp_code: str = ebp_code
        self.order_no: str = order_no
        self._open(tax_fen, value_fen, clocks)

    def _open(self, tax_fen: int, value_fen: int, clocks: tuple[ClockReading, ...]) -> None:
        self.state: State = State.OPEN
        self.tax_fen: int = tax_fen
        self.value_fen: int = value_fen
        self.waits_for: tuple[Step, ...] = steps(tax_fen, value_fen)
        self.read_clocks(clocks)

    class ReturnBegunAgain(Aggregate.Event, v=1):
        """Another part of the same order goes back."""

        tax_fen: Fen
        value_fen: Fen
        clocks: tuple[ClockReading, ...]

    @allowed_in(State.DONE, State.REFUSED)
    def begin_parcel_return(self, tax_fen: int, value_fen: int, clock: ClockReading) -> None:
        """Once the last one has ended."""
        self._return_begun_again(tax_fen=tax_fen, value_fen=value_fen, clocks=(clock,))

    @event(ReturnBegunAgain)
    def _return_begun_again(
        self, tax_fen: int, value_fen: int, clocks: tuple[ClockReading, ...]
    ) -> None:
        self._open(tax_fen, value_fen, clocks)

    # --- what customs did ----------------------------------------------------------------------

    class GoodsBack(Aggregate.Event, v=1):
        """The goods are in their supervised place, in time and the same."""

    class TaxGivenBack(Aggregate.Event, v=1):
        """The agent owes the goods' tax no longer."""

        tax_fen: Fen

    class LimitGivenBack(Aggregate.Event, v=1):
        """The buyer's year has the goods' value again."""

        value_fen: Fen

    @allowed_in(State.OPEN)
    def record_goods_back(self) -> None:
        """Raises StepNotExpected when they are already."""
        self._require(Step.GOODS)
        self._goods_back()
        self._tell_when_given_back()

    @allowed_in(State.OPEN)
    def record_tax_back(self, tax_fen: int) -> None:
        """Raises StepNotExpected without the goods or a second time, and AmountDiffers."""
        self._require(Step.TAX, expected_fen=self.tax_fen, given_fen=tax_fen)
        self._tax_given_back(tax_fen=tax_fen)
        self._tell_when_given_back()

    @allowed_in(State.OPEN)
    def record_limit_back(self, value_fen: int) -> None:
        """As with the tax."""
        self._require(Step.LIMIT, expected_fen=self.value_fen, given_fen=value_fen)
        self._limit_given_back(value_fen=value_fen)
        self._tell_when_given_back()

    def _require(self, step: Step, *, expected_fen: int = 0, given_fen: int = 0) -> None:
        early = step is not Step.GOODS and Step.GOODS in self.waits_for
        if early or step not in self.waits_for:
            raise StepNotExpected(step=step)
        if given_fen != expected_fen:
            raise AmountDiffers(step=step, expected_fen=expected_fen, given_fen=given_fen)

    @event(GoodsBack)
    def _goods_back(self) -> None:
        self._done(Step.GOODS)

    @event(TaxGivenBack)
    def _tax_given_back(self, tax_fen: int) -> None:
        self._done(Step.TAX)

    @event(LimitGivenBack)
    def _limit_given_back(self, value_fen: int) -> None:
        self._done(Step.LIMIT)

    def _done(self, step: Step) -> None:
        self.waits_for = tuple(s for s in self.waits_for if s is not step)

    class ReturnTurnedDown(Aggregate.Event, v=1):
        """Customs does not count the goods as returned; the buyer's page says why."""

        ground: RefusalGround

    @allowed_in(State.OPEN)
    def record_refusal(self, ground: RefusalGround) -> None:
        """Raises StepNotExpected once the goods are back: customs has taken them."""
        self._require(Step.GOODS)
        self._return_turned_down(ground=ground)
        self._tell(ReceiptCode.RETURNED, ground=ground)

    @event(ReturnTurnedDown)
    def _return_turned_down(self, ground: RefusalGround) -> None:
        self.waits_for = (Step.PLATFORM,)

    # --- what the process does -----------------------------------------------------------------

    class PlatformTold(Aggregate.Event, v=1):
        """The platform has its receipt with this event, and the return has ended."""

        receipt: PlatformReceipt
        clocks: tuple[ClockReading, ...]

    def _tell_when_given_back(self) -> None:
        if self.waits_for == (Step.PLATFORM,):
            self._tell(ReceiptCode.CLEARED, tax_fen=self.tax_fen, value_fen=self.value_fen)

    def _tell(
        self,
        code: ReceiptCode,
        *,
        tax_fen: int = 0,
        value_fen: int = 0,
        ground: RefusalGround | None = None,
    ) -> None:
        receipt = PlatformReceipt(
            code=code,
            ebp_code=self.ebp_code,
            order_no=self.order_no,
            tax_not_levied_fen=tax_fen,
            quota_restored_fen=value_fen,
            ground=ground,
        )
        self._platform_told(receipt=receipt, clocks=self._stopped(RETURN))

    @event(PlatformTold)
    def _platform_told(self, receipt: PlatformReceipt, clocks: tuple[ClockReading, ...]) -> None:
        self.state = State.REFUSED if receipt.ground else State.DONE
        self.waits_for = ()
        self.read_clocks(clocks)


def steps(tax_fen: int, value_fen: int) -> tuple[Step, ...]:
    """What the return of such goods waits for: of what they carry nothing of, nothing comes back."""
    carried = {Step.TAX: tax_fen, Step.LIMIT: value_fen}
    return tuple(step for step in Step if carried.get(step, 1))


WHY_REFUSED: dict[RefusalGround, tuple[str, str]] = {
    RefusalGround.LATE: (
        "商品未在放行之日起45日内运抵原监管场所，不能办理退货。",
        "The goods did not reach their supervised place within 45 days of the release.",
    ),
    RefusalGround.NOT_ORIGINAL: (
        "退回的商品不是原商品，不能办理退货。",
        "What came back are not the goods that were bought.",
    ),
}
"""What the buyer reads: Chinese, English."""

SENTENCES: dict[str, tuple[str, str]] = {
    "return-step-not-expected": (
        "退货现在不能记录这一步：已经记录过，或者前面的步骤还没有完成。步骤是{step}。",
        "The return does not wait for this: it is done, or what comes before it is not. It is {step}.",
    ),
    "return-amount-differs": (
        "退还的金额与商品应退的金额不符。应为{expected_fen}分，实为{given_fen}分。",
        "What was given back differs from what the goods carry. That is {expected_fen} fen, and "
        "{given_fen} were given.",
    ),
}
"""Code → Chinese, English."""
