"""What a list holds of others: the buyer's year, bonded stock, the agent's guarantee.

All are asked for before anything changes, as a decision over several matters has to. A list that
comes to nothing gives everything back here, in one place; that it does so once follows from its
states, and for the quota also from the quota itself.
"""

from collections import Counter
from dataclasses import dataclass

from commands.base import Context
from domain.customs_declarations import BondedStock, CustomsDeclaration, Enterprise, PersonQuota
from domain.customs_declarations.collecting import CustomsList, LedgerItem, ReturnedItem
from domain.customs_declarations.documents import Item
from domain.customs_declarations.enterprise import enterprise_id
from domain.customs_declarations.quota import quota_id
from domain.customs_declarations.stock import stock_id
from domain.shared.refusals import NotFound


def pieces(ledger: tuple[LedgerItem, ...], lines: dict[int, int]) -> Counter[tuple[str, int]]:
    """How many pieces of each ledger item these pieces of lines are."""
    count: Counter[tuple[str, int]] = Counter()
    for item in ledger:
        if item.line in lines:
            count[item.book_no, item.item_no] += lines[item.line]
    return count


def ordered(items: tuple[Item, ...]) -> dict[int, int]:
    """Pieces by line of a whole order."""
    return {line: item.qty for line, item in enumerate(items, 1)}


@dataclass(frozen=True, slots=True)
class Holdings:
    """The matters that a list holds something of, at hand; the list as it was declared."""

    declaration: CustomsDeclaration
    declared: CustomsList
    quota: PersonQuota
    agent: Enterprise
    stock: dict[tuple[str, int], BondedStock]

    def confirm(self) -> None:
        """Customs passed the list: the quota is used."""
        self.quota.confirm(self.declaration.id)

    def ship(self) -> None:
        """The goods left."""
        for item, qty in self._whole().items():
            self.stock[item].ship(self.declaration.id, qty)

    def give_back(self) -> None:
        """The list came to nothing, and the goods stay where they are."""
        self._quota_and_guarantee()
        for item, qty in self._whole().items():
            self.stock[item].set_free(self.declaration.id, qty)

    def send_back_abroad(self) -> None:
        """The list came to nothing, and the goods leave the country."""
        self._quota_and_guarantee()
        for item, qty in self._whole().items():
            self.stock[item].send_back_abroad(self.declaration.id, qty)

    def return_goods(self, items: tuple[ReturnedItem, ...]) -> None:
        """Some pieces came back: their share of quota and tax, and the pieces themselves."""
        self.quota.restore(self.declaration.id, sum(item.value_fen for item in items))
        self._free_tax(sum(item.tax_fen for item in items), paid=False)
        back = {item.line: item.qty for item in items}
        for item, qty in pieces(self.declared.ledger, back).items():
            self.stock[item].take_back(self.declaration.id, qty)

    def pay(self, tax_fen: int) -> None:
        """The tax is paid."""
        self._free_tax(tax_fen, paid=True)

    def _quota_and_guarantee(self) -> None:
        self.quota.restore(self.declaration.id)
        self._free_tax(self.declared.assessment.tax_fen, paid=False)

    def _free_tax(self, tax_fen: int, *, paid: bool) -> None:
        self.agent.set_free(self.declaration.id, self.declared.day, tax_fen, paid=paid)

    def _whole(self) -> Counter[tuple[str, int]]:
        return pieces(self.declared.ledger, ordered(self.declaration.known_order().items))


def holdings(declaration: CustomsDeclaration, ctx: Context) -> Holdings:
    """What the list that is out holds. To be asked for before anything is changed."""
    declared = declaration.out()
    subject = declaration.known_order().buyer.subject
    quota = ctx.matter(PersonQuota, quota_id(subject, declared.day.year))
    agent = ctx.matter(Enterprise, enterprise_id(declared.agent_code))
    items = list(dict.fromkeys((item.book_no, item.item_no) for item in declared.ledger))
    stock = ctx.matters(BondedStock, [stock_id(*item) for item in items])
    if quota is None or agent is None:
        raise NotFound()  # cannot be: the list was declared with both
    return Holdings(
        declaration,
        declared,
        quota,
        agent,
        {item: found for item, found in zip(items, stock, strict=True) if found is not None},
    )
