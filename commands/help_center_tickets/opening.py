"""Open a ticket, hand an emergency over, and say what a ticket is about."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from commands.base import Command, Context, Role, command
from commands.help_center_tickets.access import (
    CENTRE_DEPARTMENT,
    is_officer_of,
    require_centre,
)
from commands.help_center_tickets.given import (
    AttachmentGiven,
    CallerGiven,
    Given,
    HolderGiven,
    PlaceGiven,
    Side,
    TicketCommand,
    TicketText,
)
from domain.help_center_tickets import (
    Cause,
    Channel,
    HelpTicket,
    Kind,
    ServiceItem,
    Urgency,
    policy_ticket_id,
    service_item_id,
)
from domain.help_center_tickets.catalogue import CATALOGUE
from domain.help_center_tickets.knowledge import versions_of
from domain.help_center_tickets.refusals import CauseWithoutItem, ItemRetired, UnknownItem
from domain.help_center_tickets.states import EmergencyService
from domain.help_center_tickets.values import ItemCode, ServiceVersion, version_on
from domain.shared.districts import District, current
from domain.shared.instants import shanghai_date
from domain.shared.personal import Personal
from domain.shared.refusals import Forbidden

BY_OFFICERS = (Channel.PHONE, Channel.COUNTER)
BY_THEMSELVES = (Channel.APP, Channel.WECHAT, Channel.WEB)

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class AboutGiven(Given):
    """What in another programme the ticket is about; one ticket for each."""

    program: Word = Field(examples=["care-orders"])
    matter_id: UUID
    what: Word = Field(
        description="Tells several tickets about one matter apart", examples=["missed-visit"]
    )


class OpenTicket(Command):
    """Ask the city for something, complain, report or suggest.

    A report (举报) is sealed: nobody who works on it learns who made it. Leave the caller out to
    stay anonymous; nobody is called back then.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "channel": "app",
                    "kind": "help",
                    "text": "楼道灯坏了三天，老人上下楼很危险",
                    "place": {"district": "330203"},
                    "caller": {"name": "王明", "phone": "13812345678"},
                }
            ]
        }
    )

    ticket_id: UUID | None = Field(
        default=None, description="An id of your own for the ticket; left out, the server chooses"
    )
    channel: Channel
    kind: Kind
    text: Personal[TicketText]
    place: Personal[PlaceGiven] | None = None
    caller: Personal[CallerGiven] | None = None
    recording_ref: Personal[Word] | None = Field(
        default=None, description="Reference of the recorded call"
    )
    attachments: Annotated[tuple[AttachmentGiven, ...], Field(max_length=9)] = ()
    accused: Annotated[tuple[Side, ...], Field(max_length=9)] = Field(
        default=(), description="Departments or companies that it is about"
    )
    about: AboutGiven | None = Field(
        default=None, description="For Huimin itself: what the ticket was opened for"
    )
    item: ItemCode | None = Field(default=None, description="For Huimin itself: the service")
    urgency: Urgency = Urgency.ORDINARY
    holder_hint: HolderGiven | None = Field(
        default=None, description="Who should get it, e.g. the operator of an access point"
    )


@command(
    roles={Role.CITIZEN, Role.AGENT, Role.OFFICER, Role.DEPARTMENT, Role.SYSTEM},
    id_field="ticket_id",
)
def open_ticket(cmd: OpenTicket, ctx: Context) -> HelpTicket:
    """Of Huimin's own, there is one ticket per cause, and it is classified at once."""
    _judge_channel(cmd.channel, ctx)
    about, service = cmd.about, None
    if cmd.channel is Channel.POLICY:
        if about is None or cmd.item is None or cmd.place is None:
            raise CauseWithoutItem()
        service = service_today(cmd.item, ctx)
    himself = cmd.channel in BY_THEMSELVES and Role.OFFICER not in ctx.caller.roles
    place = cmd.place.known(ctx) if cmd.place else None
    ticket = HelpTicket.begin(
        HelpTicket.TicketOpened,
        id=policy_ticket_id(about.program, about.matter_id, about.what) if about else ctx.new_id,
        at=ctx.now,
        channel=cmd.channel,
        kind=cmd.kind,
        text=cmd.text,
        place=place,
        district=place.district if place else None,
        caller=cmd.caller.known(ctx, himself=himself) if cmd.caller else None,
        recording_ref=cmd.recording_ref,
        attachments=tuple(attachment.known() for attachment in cmd.attachments),
        accused=tuple(sorted(set(cmd.accused))),
        identity_sealed=cmd.kind is Kind.REPORT,
        cause=Cause(**about.model_dump()) if about else None,
        holder_hint=cmd.holder_hint.known() if cmd.holder_hint else None,
    )
    if service is not None and place is not None:
        with ticket.deciding(ctx.now):
            ticket.classify(service, cmd.urgency, place.district, accused=(), calendar=ctx.calendar)
    return ticket


def _judge_channel(channel: Channel, ctx: Context) -> None:
    """Raises Forbidden when who asks does not sit at that channel."""
    if channel is Channel.POLICY:
        may = ctx.by_huimin
    elif channel in BY_OFFICERS:
        may = is_officer_of(ctx, CENTRE_DEPARTMENT)
    elif channel is Channel.SENSOR:
        may = bool(ctx.caller.roles & {Role.OFFICER, Role.DEPARTMENT, Role.SYSTEM})
    else:
        may = not ctx.by_huimin
    if not may:
        raise Forbidden()


def service_today(item: str, ctx: Context) -> ServiceVersion:
    """The service's version that is valid today. Raises UnknownItem and ItemRetired."""
    known = ctx.matter(ServiceItem, service_item_id(item))
    versions = versions_of(known, CATALOGUE.get(item))
    if not versions:
        raise UnknownItem(item=item)
    today = shanghai_date(ctx.now)
    service = version_on(versions, today)
    if service is None:
        raise ItemRetired(item=item, on=today)
    return service


class HandOverEmergency(TicketCommand):
    """Hand a danger to life to 110, 119 or 120, which have acknowledged it."""

    danger_to_life: bool
    services: Annotated[tuple[EmergencyService, ...], Field(min_length=1, max_length=3)]
    receipts: dict[EmergencyService, Word] = Field(
        description="Number under which each line acknowledged", examples=[{"120": "2026-001"}]
    )


@command(key="ticket_id", roles={Role.OFFICER})
def hand_over_emergency(cmd: HandOverEmergency, ticket: HelpTicket, ctx: Context) -> None:
    """By the centre."""
    require_centre(ctx)
    ticket.hand_over_emergency(cmd.services, cmd.receipts, danger_to_life=cmd.danger_to_life)


class Classify(TicketCommand):
    """Say which service a ticket needs, how urgent it is and where. Its clocks run from now on,
    counted from the opening."""

    item: ItemCode
    urgency: Urgency = Urgency.ORDINARY
    district: District
    accused: Annotated[tuple[Side, ...], Field(max_length=9)] = Field(
        default=(), description="Departments or companies that it is about"
    )


@command(key="ticket_id", roles={Role.OFFICER})
def classify(cmd: Classify, ticket: HelpTicket, ctx: Context) -> None:
    """By the centre, with a service that is given today."""
    require_centre(ctx)
    service = service_today(cmd.item, ctx)
    ticket.classify(
        service,
        cmd.urgency,
        current(cmd.district, shanghai_date(ctx.now)),
        accused=cmd.accused,
        calendar=ctx.calendar,
    )


class Reclassify(TicketCommand):
    """Say that a ticket needs another service or is more urgent than was thought."""

    item: ItemCode
    urgency: Urgency = Urgency.ORDINARY


@command(key="ticket_id", roles={Role.OFFICER})
def reclassify(cmd: Reclassify, ticket: HelpTicket, ctx: Context) -> None:
    """By the centre. Limits that grow shorter count from the opening."""
    require_centre(ctx)
    service = service_today(cmd.item, ctx)
    ticket.reclassify(service, cmd.urgency, calendar=ctx.calendar)
