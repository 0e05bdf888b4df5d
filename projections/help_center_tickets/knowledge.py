"""The catalogue as it was changed, and the articles that agents answer from."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from domain.help_center_tickets import KnowledgeArticle, ServiceItem
from domain.help_center_tickets.states import ArticleState
from domain.help_center_tickets.values import ItemCode, ServiceVersion
from projections.base import Index, Row, fold

A = KnowledgeArticle


class ServiceItems(Row, key="item_id", main=True):
    """One line per service that was ever changed; the others are as the catalogue has them."""

    item_id: UUID
    item: Annotated[ItemCode, Index]
    versions: tuple[ServiceVersion, ...]
    last_day: Annotated[date | None, Index] = None


@fold(ServiceItems)
def service_published(row: None, e: ServiceItem.ServiceItemPublished) -> ServiceItems:
    return ServiceItems(item_id=e.id, item=e.item, versions=e.versions)


@fold(ServiceItems)
def service_revised(row: ServiceItems, e: ServiceItem.ServiceItemRevised) -> ServiceItems:
    others = (v for v in row.versions if v.since != e.version_from)
    return row.replace(versions=(*others, e.service), last_day=None)


@fold(ServiceItems)
def service_retired(row: ServiceItems, e: ServiceItem.ServiceItemRetired) -> ServiceItems:
    return row.replace(last_day=e.last_day)


class KnowledgeArticles(Row, key="article_id", main=True):
    """One line per article."""

    article_id: UUID
    item: Annotated[ItemCode, Index]
    title: str
    text: str
    state: Annotated[ArticleState, Index] = ArticleState.PUBLISHED
    valid_until: Annotated[date | None, Index] = None
    changed_at: datetime


@fold(KnowledgeArticles)
def article_published(row: None, e: A.ArticlePublished) -> KnowledgeArticles:
    return KnowledgeArticles(
        article_id=e.id,
        item=e.item,
        title=e.title,
        text=e.text,
        valid_until=e.valid_until,
        changed_at=e.at,
    )


@fold(KnowledgeArticles)
def article_revised(row: KnowledgeArticles, e: A.ArticleRevised) -> KnowledgeArticles:
    return row.replace(title=e.title, text=e.text, valid_until=e.valid_until, changed_at=e.at)


@fold(KnowledgeArticles)
def article_retired(row: KnowledgeArticles, e: A.ArticleRetired) -> KnowledgeArticles:
    return row.replace(state=ArticleState.RETIRED, changed_at=e.at)
