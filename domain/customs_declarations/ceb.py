"""The outward form of an order: CEB messages as the national single window takes them.

Pure functions from what the domain keeps to XML in UTF-8; who sends them is nobody's matter here.
Field names are the schema's own, with its spelling ``acturalPaid``. Amounts are in yuan with two
digits, times are Shanghai's. What may surprise: these documents carry identities in the clear, as
the law wants them, so they are made at the moment of sending and never kept.

Source: 海关跨境统一版系统企业对接报文规范 (CEB message specification), messages 311, 621, 623, 625.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID
from xml.etree import ElementTree

from domain.customs_declarations.collecting import ReturnedItem
from domain.customs_declarations.documents import Item, Order
from domain.customs_declarations.returning import CustomsDeclaration
from domain.customs_declarations.tax import TaxedItem
from domain.shared.instants import SHANGHAI

NAMESPACE = "http://www.chinaport.gov.cn/ceb"
YUAN = "142"
"""Customs' code of the currency."""
RESIDENT_ID = "1"
"""Customs' code of the kind of identity document."""
IMPORT = "I"

Fields = Mapping[str, str | int | None]


def order_message(declaration: CustomsDeclaration, *, guid: UUID, at: datetime) -> bytes:
    """Message 311. Raises LookupError while the order is not in."""
    order = declaration.known_order()
    goods = sum(item.total_fen for item in order.items)
    head: Fields = {
        **_sent(guid, at),
        "orderType": IMPORT,
        "orderNo": declaration.order_no,
        "ebpCode": declaration.ebp_code,
        "goodsValue": yuan(goods),
        "freight": yuan(order.freight_fen),
        "discount": yuan(order.discount_fen),
        "taxTotal": yuan(order.tax_fen),
        "acturalPaid": yuan(order.actual_paid_fen),
        "currency": YUAN,
        **_buyer(order),
    }
    lines: list[Fields] = [
        {
            "gnum": n,
            "itemNo": item.sku,
            "itemName": item.name,
            "currency": YUAN,
            "qty": item.qty,
            "price": yuan(item.price_fen),
            "totalPrice": yuan(item.total_fen),
            "country": item.country,
        }
        for n, item in enumerate(order.items, 1)
    ]
    return _message(311, "Order", head, lines, guid)


def list_message(declaration: CustomsDeclaration, *, guid: UUID, at: datetime) -> bytes:
    """Message 621. Raises LookupError while no list is out."""
    order, out = declaration.known_order(), declaration.out()
    waybill = declaration.waybill
    head: Fields = {
        **_sent(guid, at),
        "orderNo": declaration.order_no,
        "ebpCode": declaration.ebp_code,
        "logisticsNo": waybill.logistics_no if waybill else None,
        "logisticsCode": waybill.logistics_code if waybill else None,
        "copNo": out.cop_no,
        "emsNo": out.ledger[0].book_no if out.ledger else None,
        "invtNo": declaration.invt_no,
        "ieFlag": IMPORT,
        "declTime": at.astimezone(SHANGHAI).strftime("%Y%m%d"),
        "customsCode": out.port,
        "portCode": out.port,
        **_buyer(order),
        "agentCode": out.agent_code,
        "tradeMode": out.mode.value,
        "freight": yuan(order.freight_fen),
        "insuredFee": yuan(order.insurance_fen),
        "currency": YUAN,
        "grossWeight": kilograms(waybill.weight_g) if waybill else None,
    }
    records = {item.line: item.item_no for item in out.ledger}
    lines: list[Fields] = [
        _line(item, taxed, records.get(taxed.line))
        for item, taxed in zip(order.items, out.assessment.items, strict=True)
    ]
    return _message(621, "Inventory", head, lines, guid)


def cancellation_message(
    declaration: CustomsDeclaration, reason: str, *, guid: UUID, at: datetime
) -> bytes:
    """Message 623. Raises LookupError while no list is out."""
    head: Fields = {**_sent(guid, at), **_of_list(declaration), "reason": reason}
    return _message(623, "InvtCancel", head, (), guid)


def return_message(
    declaration: CustomsDeclaration,
    items: Iterable[ReturnedItem],
    reason: str,
    *,
    guid: UUID,
    at: datetime,
) -> bytes:
    """Message 625. Raises LookupError while no list is out."""
    head: Fields = {**_sent(guid, at), **_of_list(declaration), "reason": reason}
    bought = declaration.known_order().items
    lines: list[Fields] = [
        {
            "gnum": item.line,
            "gcode": bought[item.line - 1].hs_code,
            "gname": bought[item.line - 1].name,
            "qty": item.qty,
        }
        for item in items
    ]
    return _message(625, "InvtRefund", head, lines, guid)


def yuan(fen: int) -> str:
    """``1234.05`` of 123405 fen."""
    return f"{fen // 100}.{fen % 100:02d}"


def kilograms(grams: int) -> str:
    """``0.5`` of 500 grams."""
    return f"{grams // 1000}.{grams % 1000:03d}".rstrip("0").rstrip(".")


def _sent(guid: UUID, at: datetime) -> Fields:
    """New (1), declared (2), at a time of Shanghai."""
    time = at.astimezone(SHANGHAI).strftime("%Y%m%d%H%M%S")
    return {"guid": str(guid).upper(), "appType": 1, "appTime": time, "appStatus": 2}


def _buyer(order: Order) -> Fields:
    return {
        "buyerIdType": RESIDENT_ID,
        "buyerIdNumber": order.buyer.resident_id,
        "buyerName": order.buyer.name,
        "buyerTelephone": order.phone,
        "consigneeAddress": order.address,
    }


def _of_list(declaration: CustomsDeclaration) -> Fields:
    out, waybill = declaration.out(), declaration.waybill
    return {
        "customsCode": out.port,
        "orderNo": declaration.order_no,
        "ebpCode": declaration.ebp_code,
        "logisticsNo": waybill.logistics_no if waybill else None,
        "logisticsCode": waybill.logistics_code if waybill else None,
        "copNo": out.cop_no,
        "invtNo": declaration.invt_no,
        "agentCode": out.agent_code,
    }


def _line(item: Item, taxed: TaxedItem, record_no: int | None) -> Fields:
    return {
        "gnum": taxed.line,
        "itemRecordNo": record_no,
        "itemNo": item.sku,
        "gcode": item.hs_code,
        "gname": item.name,
        "country": item.country,
        "currency": YUAN,
        "qty": item.qty,
        "price": yuan(item.price_fen),
        "totalPrice": yuan(item.total_fen),
    }


def _message(number: int, subject: str, head: Fields, lines: Iterable[Fields], guid: UUID) -> bytes:
    ElementTree.register_namespace("ceb", NAMESPACE)
    root = ElementTree.Element(
        _name(f"CEB{number}Message"), {"guid": str(guid).upper(), "version": "1.0"}
    )
    body = ElementTree.SubElement(root, _name(subject))
    _put(ElementTree.SubElement(body, _name(f"{subject}Head")), head)
    for line in lines:
        _put(ElementTree.SubElement(body, _name(f"{subject}List")), line)
    whole: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return whole


def _put(parent: ElementTree.Element, fields: Fields) -> None:
    """What nobody told is left out; characters that XML has no place for are, too."""
    for name, value in fields.items():
        if value is not None:
            text = "".join(c for c in str(value) if unicodedata.category(c) not in ("Cc", "Cs"))
            ElementTree.SubElement(parent, _name(name)).text = text


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"
