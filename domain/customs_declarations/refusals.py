"""What customs declarations say no with, each with its sentence in Chinese and English.

Codes are never renamed. What remains of a person's year is that person's alone to know.
"""

from datetime import datetime

from domain.shared.personal import Sensitive
from domain.shared.refusals import Refused


class SenderNotEntitled(Refused, code="sender-not-entitled", status=403):
    """Only the enterprise itself, registered and not suspended, sends its documents."""

    enterprise: str


class AlreadyRegistered(Refused, code="enterprise-registered"):
    """The enterprise is registered already."""


class PaymentUsed(Refused, code="payment-used"):
    """Another order's list has this payment."""


class WaybillUsed(Refused, code="waybill-used"):
    """Another order's list has this waybill."""


class InvtNoUsed(Refused, code="invt-no-used"):
    """Another list has this number."""


class InvtNoMissing(Refused, code="invt-no-missing"):
    """Goods are released under the list's number, and none was given."""


class DocumentsMissing(Refused, code="documents-missing"):
    """There are no three documents to compare yet."""

    missing: tuple[str, ...]


class DocumentsNotMatched(Refused, code="documents-not-matched"):
    """Order, payment and waybill have to agree before the list."""

    state: str


class NotOnPositiveList(Refused, code="not-on-positive-list"):
    """Goods that may not come in this way, today or by this mode."""

    hs_codes: tuple[str, ...]


class OrderOverLimit(Refused, code="order-over-limit"):
    """More than one order may be worth, and not one indivisible item."""

    value_fen: int
    limit_fen: int


class AnnualLimitExceeded(Refused, code="annual-limit-exceeded"):
    """The buyer's year is used up by this order; what remained is told to the buyer only."""

    remainder_fen: Sensitive[int]


class StockShort(Refused, code="stock-short"):
    """The ledger item has not so many pieces free."""

    book_no: str
    item_no: int
    free: int


class LedgerItemMismatch(Refused, code="ledger-item-mismatch"):
    """The lines of the order and the items of the bonded ledger do not belong together."""

    lines: tuple[int, ...]


class StockInRecorded(Refused, code="stock-in-recorded"):
    """This stock-in was recorded for the item."""


class GuaranteeShort(Refused, code="guarantee-short"):
    """The agent's guarantee does not cover its unpaid tax."""

    guarantee_fen: int
    unpaid_tax_fen: int


class CopNoUsed(Refused, code="cop-no-used"):
    """A list that customs returned is declared again under a new number."""

    cop_no: str


class CopNoUnknown(Refused, code="cop-no-unknown"):
    """No list of this order has the number that the receipt names."""

    cop_no: str


class ReturnTooLate(Refused, code="return-too-late"):
    """Returns are applied for within thirty days of the release."""

    until: datetime


class QuantityExceeds(Refused, code="quantity-exceeds"):
    """More pieces than were bought and not returned yet."""

    line: int
    left: int


class WrongSupervisedPlace(Refused, code="wrong-supervised-place"):
    """Goods return to the supervised place they left."""

    place: str


class NotInspected(Refused, code="not-inspected"):
    """Returned goods count once they are inspected."""


class TaxUnpaid(Refused, code="tax-unpaid"):
    """A list is closed when its tax is paid."""

    tax_fen: int


class NothingToPay(Refused, code="nothing-to-pay"):
    """No tax is due on this list."""


class BatchKnown(Refused, code="batch-known"):
    """The trace code is registered."""


SENTENCES: dict[str, tuple[str, str]] = {
    "sender-not-entitled": (
        "单证应由企业本身发送。企业是{enterprise}，须已登记且未暂停。",
        "Only the enterprise itself may send this. It is {enterprise}; it has to be registered "
        "in this role and not suspended.",
    ),
    "enterprise-registered": ("该企业已经登记。", "The enterprise is registered already."),
    "sum-mismatch": (
        "订单金额不平衡。货款、运费、保费、税款之和减去优惠应等于实际支付金额。",
        "The order's amounts do not add up. Goods, freight, insurance and tax less the discount "
        "make what was paid.",
    ),
    "unknown-hs": (
        "商品编号不正确。应为税则中的十位编号。",
        "There is no such commodity code. It has ten digits, as in the customs tariff.",
    ),
    "currency-not-cny": (
        "币制不正确。支付单须以人民币（CNY）结算。",
        "The currency is not right. Payments are in CNY.",
    ),
    "port-unknown": (
        "口岸代码不正确。应为宁波关区的四位代码，以31开头。",
        "There is no such port. It has the four digits of a place of Ningbo Customs, from 31.",
    ),
    "ledger-items-for-bonded-only": (
        "账册项只用于网购保税进口（1210）。1210应逐项填写，9610不填写。",
        "Ledger items belong to bonded import. Mode 1210 needs one for each line, 9610 has none.",
    ),
    "repeated-line": (
        "同一商品项出现两次。每项只填写一次。",
        "A line is named twice. Name each once.",
    ),
    "receipt-code-unknown": (
        "没有该回执状态码。",
        "Customs has no such code for a list.",
    ),
    "payment-used": (
        "该支付单已用于其他清单。请核对支付交易编号。",
        "Another list has this payment. Please check its transaction number.",
    ),
    "waybill-used": (
        "该运单已用于其他清单。请核对运单编号。",
        "Another list has this waybill. Please check its number.",
    ),
    "invt-no-used": ("该清单编号已被使用。", "Another list has this number."),
    "invt-no-missing": (
        "缺少海关清单编号。放行回执须有18位清单编号。",
        "The list's number is missing. A receipt of release comes with its 18 digits.",
    ),
    "documents-missing": (
        "三单不齐，不能比对。尚缺：{missing}。",
        "The documents cannot be compared yet. Missing: {missing}.",
    ),
    "documents-not-matched": (
        "三单尚未比对一致。现在的状态是{state}。",
        "Order, payment and waybill do not agree yet. The state is {state}.",
    ),
    "not-on-positive-list": (
        "商品不在正面清单内，或者不能以该方式进口。商品编号：{hs_codes}。",
        "Goods are not on the positive list, or not for this mode. Codes: {hs_codes}.",
    ),
    "order-over-limit": (
        "订单超过单次交易限值。完税价格{value_fen}分，限值{limit_fen}分；仅一件不可分割商品除外。",
        "The order is above the limit for one. It is worth {value_fen} fen of {limit_fen}; only "
        "a single indivisible item may be more.",
    ),
    "annual-limit-exceeded": (
        "订购人的个人年度交易限值不足。余额只告知订购人本人。",
        "The buyer's yearly limit does not suffice. What remains is told to the buyer only.",
    ),
    "stock-short": (
        "账册库存不足。账册{book_no}第{item_no}项可用{free}件。",
        "The bonded stock does not suffice. Item {item_no} of {book_no} has {free} free.",
    ),
    "ledger-item-mismatch": (
        "账册项与订单商品不符。订单商品项：{lines}。",
        "Ledger items do not fit the order's goods. Lines: {lines}.",
    ),
    "stock-in-recorded": ("该入库单已登记。", "This stock-in is recorded already."),
    "guarantee-short": (
        "代理企业的税款担保不足。担保{guarantee_fen}分，未缴税款将达{unpaid_tax_fen}分。",
        "The agent's guarantee does not suffice. It is {guarantee_fen} fen, and unpaid tax would "
        "be {unpaid_tax_fen}.",
    ),
    "cop-no-used": (
        "该企业内部编号已用于前一份清单。重新申报请用新编号。",
        "This number was that of an earlier list. Declare again under a new one.",
    ),
    "cop-no-unknown": (
        "没有该企业内部编号的清单。编号是{cop_no}。",
        "No list of this order has this number. It is {cop_no}.",
    ),
    # Help-centre tickets say this code too, and one catalogue serves both.
    "return-too-late": (
        "已超过退回的期限。期限至{until}。",
        "It is too late to return this. It could be returned until {until}.",
    ),
    "quantity-exceeds": (
        "退货数量超过可退数量。第{line}项可退{left}件。",
        "More is returned than there is. Line {line} has {left} left.",
    ),
    "wrong-supervised-place": (
        "退货应运回原海关监管作业场所。原场所是{place}。",
        "Goods return to the supervised place they left. It is {place}.",
    ),
    "not-inspected": (
        "退货商品尚未查验。查验后再登记。",
        "The returned goods are not inspected. Record their arrival after that.",
    ),
    "tax-unpaid": (
        "税款尚未缴纳，不能结关。应缴{tax_fen}分。",
        "The tax is not paid, so the list stays open. {tax_fen} fen are due.",
    ),
    "nothing-to-pay": ("该清单没有应缴税款。", "No tax is due on this list."),
    "batch-known": ("该追溯码已登记。", "This trace code is registered already."),
}
"""Code → Chinese, English."""
