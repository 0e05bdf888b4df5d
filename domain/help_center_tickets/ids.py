"""Ids that follow from what a matter is about, so that nobody has to look them up."""

from uuid import UUID

from domain.shared.derived_ids import derived_id


def member_company_id(uscc: str) -> UUID:
    """A company's membership; there is one."""
    return derived_id("member-company", uscc)


def service_item_id(code: str) -> UUID:
    """A service of the catalogue, by its code."""
    return derived_id("service-item", code)


def ticket_heat_id(item: str, district: str) -> UUID:
    """The counter of a service's tickets from a district."""
    return derived_id("ticket-heat", item, district)


def policy_ticket_id(program: str, matter_id: UUID, what: str) -> UUID:
    """The ticket that Huimin opened about something of another programme.

    ``what`` tells several tickets about one matter apart, e.g. ``missed-visit`` and its day.
    """
    return derived_id("ticket-about", program, matter_id, what)
