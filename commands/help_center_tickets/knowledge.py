"""Keep the catalogue and the knowledge base: publish, revise and retire services and articles.

The id of a service follows from its code (``service_item_id``).
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from commands.base import Command, Context, Role, command
from commands.help_center_tickets.access import require_centre
from commands.help_center_tickets.given import Reason
from commands.help_center_tickets.opening import service_today
from domain.help_center_tickets import KnowledgeArticle, ServiceItem, service_item_id
from domain.help_center_tickets.catalogue import CATALOGUE
from domain.help_center_tickets.knowledge import versions_of
from domain.help_center_tickets.refusals import UnknownItem
from domain.help_center_tickets.states import ServiceGroup, Urgency
from domain.help_center_tickets.values import ItemCode, ServiceVersion
from domain.shared.departments import DepartmentCode
from domain.shared.refusals import NotFound

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class ServiceItemCommand(Command):
    """Base of the commands on one service of the catalogue."""

    item_id: UUID = Field(description="Follows from the code")
    code: ItemCode


def _known_by(cmd: ServiceItemCommand) -> None:
    """Raises NotFound when id and code are not of one service."""
    if cmd.item_id != service_item_id(cmd.code):
        raise NotFound()


class PublishServiceItem(ServiceItemCommand):
    """Give a service from a day on, or change how it is given."""

    group: ServiceGroup
    zh: Title
    en: Title
    department: DepartmentCode
    urgency: Urgency = Urgency.ORDINARY
    paid: bool = False
    consumer: bool = False
    since: date

    def version(self) -> ServiceVersion:
        """The version that holds from that day on."""
        return ServiceVersion(
            code=self.code,
            group=self.group,
            zh=self.zh,
            en=self.en,
            department=self.department,
            urgency=self.urgency,
            paid=self.paid,
            consumer=self.consumer,
            since=self.since,
        )


@command(key="item_id", roles={Role.OFFICER})
def publish_service_item(
    cmd: PublishServiceItem, item: ServiceItem | None, ctx: Context
) -> ServiceItem:
    """By the centre. The first change of a service takes over what the catalogue said."""
    require_centre(ctx)
    _known_by(cmd)
    if item is None:
        return _begun(cmd, (*versions_of(None, CATALOGUE.get(cmd.code)), cmd.version()), ctx)
    item.publish_service_item(cmd.version(), officer=ctx.actor)
    return item


def _begun(
    cmd: ServiceItemCommand, versions: tuple[ServiceVersion, ...], ctx: Context
) -> ServiceItem:
    return ServiceItem.begin(
        ServiceItem.ServiceItemPublished,
        id=cmd.item_id,
        at=ctx.now,
        item=cmd.code,
        versions=versions,
        officer=ctx.actor,
    )


class RetireServiceItem(ServiceItemCommand):
    """Give a service up to a day and not after it."""

    last_day: date


@command(key="item_id", roles={Role.OFFICER})
def retire_service_item(
    cmd: RetireServiceItem, item: ServiceItem | None, ctx: Context
) -> ServiceItem:
    """By the centre."""
    require_centre(ctx)
    _known_by(cmd)
    if item is None:
        seed = versions_of(None, CATALOGUE.get(cmd.code))
        if not seed:
            raise UnknownItem(item=cmd.code)
        item = _begun(cmd, seed, ctx)
        with item.deciding(ctx.now):
            item.retire_service_item(cmd.last_day, officer=ctx.actor)
        return item
    item.retire_service_item(cmd.last_day, officer=ctx.actor)
    return item


class PublishArticle(Command):
    """Let agents answer with a text. It names nobody."""

    article_id: UUID | None = Field(
        default=None, description="An id of your own; left out, the server chooses"
    )
    item: ItemCode
    title: Title
    text: Body
    valid_until: date | None = None


@command(roles={Role.OFFICER}, id_field="article_id")
def publish_article(cmd: PublishArticle, ctx: Context) -> KnowledgeArticle:
    """By any department that knows, for a service of the catalogue."""
    service_today(cmd.item, ctx)
    return KnowledgeArticle.begin(
        KnowledgeArticle.ArticlePublished,
        id=ctx.new_id,
        at=ctx.now,
        item=cmd.item,
        title=cmd.title,
        text=cmd.text,
        valid_until=cmd.valid_until,
        officer=ctx.actor,
    )


class ReviseArticle(Command):
    """Change what an article says."""

    article_id: UUID
    title: Title
    text: Body
    valid_until: date | None = None


@command(key="article_id", roles={Role.OFFICER})
def revise_article(cmd: ReviseArticle, article: KnowledgeArticle, ctx: Context) -> None:
    """By any department that knows."""
    article.revise_article(cmd.title, cmd.text, cmd.valid_until, officer=ctx.actor)


class RetireArticle(Command):
    """Let nobody answer with an article any more."""

    article_id: UUID
    reason: Reason


@command(key="article_id", roles={Role.OFFICER})
def retire_article(cmd: RetireArticle, article: KnowledgeArticle, ctx: Context) -> None:
    """By any department that knows."""
    article.retire_article(cmd.reason, officer=ctx.actor)
