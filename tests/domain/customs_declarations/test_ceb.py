"""The messages that leave the city say what the domain keeps, in the schema's own words."""

from uuid import UUID
from xml.etree import ElementTree

import pytest

from domain.customs_declarations.ceb import (
    NAMESPACE,
    cancellation_message,
    kilograms,
    list_message,
    order_message,
    return_message,
    yuan,
)
from tests import customs as c
from tests.scenario import shanghai

GUID = UUID("01970000-0000-7000-8000-00000000000a")
AT = shanghai("2026-03-02T09:30")


def told(message: bytes, part: str) -> list[dict[str, str | None]]:
    """The fields of each part of a message, without the namespace."""
    root = ElementTree.fromstring(message)
    found = root.iter(f"{{{NAMESPACE}}}{part}")
    return [{field.tag.partition("}")[2]: field.text for field in one} for one in found]


def test_an_order_is_spelt_as_the_schema_spells_it() -> None:
    declaration = c.harbour(c.order(freight_fen=150, discount_fen=50)).declaration()
    message = order_message(declaration, guid=GUID, at=AT)
    assert message.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<ceb:CEB311Message ")
    (head,) = told(message, "OrderHead")
    assert head["acturalPaid"] == "1231.59"
    assert (head["goodsValue"], head["taxTotal"], head["freight"]) == ("1000.00", "230.59", "1.50")
    assert (head["appTime"], head["currency"]) == ("20260302093000", "142")
    assert head["guid"] == str(GUID).upper()
    assert "buyerTelephone" not in head


def test_a_list_names_its_ledger_items_its_mode_and_its_goods() -> None:
    steps = (c.stocked(3), *c.documents(c.item(qty=2)), c.declared(ledger=((1, 1),)))
    message = list_message(c.harbour(*steps).declaration(), guid=GUID, at=AT)
    (head,) = told(message, "InventoryHead")
    assert (head["tradeMode"], head["emsNo"], head["copNo"]) == ("1210", c.BOOK, "cop-1")
    assert (head["customsCode"], head["grossWeight"]) == (c.PORT, "0.5")
    (line,) = told(message, "InventoryList")
    assert (line["itemRecordNo"], line["gcode"], line["qty"]) == ("1", c.CREAM, "2")
    assert (line["price"], line["totalPrice"]) == ("1000.00", "2000.00")


def test_a_cancellation_and_a_return_name_the_list() -> None:
    harbour = c.harbour(*c.RELEASED).play(c.return_applied())
    declaration = harbour.declaration()
    (head,) = told(
        cancellation_message(declaration, "买家<取消>", guid=GUID, at=AT), "InvtCancelHead"
    )
    assert (head["copNo"], head["invtNo"]) == ("cop-1", declaration.invt_no)
    assert head["reason"] == "买家<取消>"
    back = return_message(declaration, declaration.open_return, "退货", guid=GUID, at=AT)
    (line,) = told(back, "InvtRefundList")
    assert (line["gnum"], line["qty"], line["gcode"]) == ("1", "1", c.CREAM)


def test_what_xml_has_no_place_for_is_left_out() -> None:
    declaration = c.harbour(c.order(c.item(name="面\x01霜 & <b>"))).declaration()
    (line,) = told(order_message(declaration, guid=GUID, at=AT), "OrderList")
    assert line["itemName"] == "面霜 & <b>"


def test_there_is_no_list_before_one_is_out() -> None:
    declaration = c.harbour(*c.documents()).declaration()
    with pytest.raises(LookupError):
        list_message(declaration, guid=GUID, at=AT)


def test_amounts_and_weights_are_whole_units_with_their_parts() -> None:
    assert [yuan(fen) for fen in (0, 5, 100, 123_405)] == ["0.00", "0.05", "1.00", "1234.05"]
    assert [kilograms(g) for g in (1, 500, 1000, 10_250)] == ["0.001", "0.5", "1", "10.25"]
