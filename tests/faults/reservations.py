"""Names for companies that no other test of the same city has taken, and requests to reserve them."""

from uuid import uuid4

RESERVE = "/commands/company-registration/reserve-name"
_CHARACTERS = 0x4E00


def fresh_name() -> str:
    """A trade name that nobody has."""
    return "".join(chr(_CHARACTERS + int(digit, 16)) for digit in uuid4().hex[:16])


def reservation(trade_name: str) -> dict[str, str]:
    """The body of a command that reserves it, for a trading company of Haishu."""
    return {
        "registry": "330203",
        "division": "330203",
        "trade_name": trade_name,
        "industry_code": "F5199",
        "organisation_form": "limited-company",
    }
