"""What the centre knows: the versions of its services, and the articles it answers from."""

from datetime import date

from domain.help_center_tickets.states import ArticleState, ItemState
from domain.help_center_tickets.values import ItemCode, ServiceVersion
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.identifiers import OfficerId


class ServiceItem(Aggregate, program="help-center-tickets"):
    """One service of the catalogue since somebody changed it; what never was stands as data."""

    class ServiceItemPublished(Aggregate.Created, v=1):
        """The first version that was recorded; ``versions`` holds the seed's, too."""

        item: ItemCode
        versions: tuple[ServiceVersion, ...]
        officer: OfficerId

    @event(ServiceItemPublished)
    def __init__(self, item: str, versions: tuple[ServiceVersion, ...], officer: str) -> None:
        self.state: ItemState = ItemState.OFFERED
        self.item: str = item
        self.versions: tuple[ServiceVersion, ...] = versions

    class ServiceItemRevised(Aggregate.Event, v=1):
        """From its day on, another version holds."""

        version_from: date
        service: ServiceVersion
        officer: OfficerId

    @allowed_in(ItemState.OFFERED, ItemState.RETIRED)
    def publish_service_item(self, service: ServiceVersion, *, officer: str) -> None:
        """A version of a later day ends the one before it."""
        self._service_item_revised(version_from=service.since, service=service, officer=officer)

    @event(ServiceItemRevised)
    def _service_item_revised(
        self, version_from: date, service: ServiceVersion, officer: str
    ) -> None:
        self.state = ItemState.OFFERED
        self.versions = (*(v for v in self.versions if v.since != version_from), service)

    class ServiceItemRetired(Aggregate.Event, v=1):
        """The service is given up to and with this day."""

        item: ItemCode
        last_day: date
        officer: OfficerId

    @allowed_in(ItemState.OFFERED)
    def retire_service_item(self, last_day: date, *, officer: str) -> None:
        """Tickets that have it go on."""
        self._service_item_retired(item=self.item, last_day=last_day, officer=officer)

    @event(ServiceItemRetired)
    def _service_item_retired(self, item: str, last_day: date, officer: str) -> None:
        self.state = ItemState.RETIRED
        self.versions = tuple(
            v
            if v.until is not None and v.until <= last_day
            else v.model_copy(update={"until": last_day})
            for v in self.versions
        )


class KnowledgeArticle(Aggregate, program="help-center-tickets"):
    """An answer that many callers need; it names nobody."""

    class ArticlePublished(Aggregate.Created, v=1):
        """Agents may answer with it, until ``valid_until`` if that is known."""

        item: ItemCode
        title: str
        text: str
        valid_until: date | None
        officer: OfficerId

    @event(ArticlePublished)
    def __init__(
        self, item: str, title: str, text: str, valid_until: date | None, officer: str
    ) -> None:
        self.state: ArticleState = ArticleState.PUBLISHED
        self.item: str = item
        self.valid_until: date | None = valid_until

    class ArticleRevised(Aggregate.Event, v=1):
        """It says something else now."""

        title: str
        text: str
        valid_until: date | None
        officer: OfficerId

    @allowed_in(ArticleState.PUBLISHED)
    def revise_article(
        self, title: str, text: str, valid_until: date | None, *, officer: str
    ) -> None:
        """An outdated article is current again with a later day."""
        self._article_revised(title=title, text=text, valid_until=valid_until, officer=officer)

    @event(ArticleRevised)
    def _article_revised(
        self, title: str, text: str, valid_until: date | None, officer: str
    ) -> None:
        self.valid_until = valid_until

    class ArticleRetired(Aggregate.Event, v=1):
        """Nobody answers with it any more."""

        reason: str
        officer: OfficerId

    @allowed_in(ArticleState.PUBLISHED)
    def retire_article(self, reason: str, *, officer: str) -> None:
        """For good; another article takes its place."""
        self._article_retired(reason=reason, officer=officer)

    @event(ArticleRetired)
    def _article_retired(self, reason: str, officer: str) -> None:
        self.state = ArticleState.RETIRED

    def is_current(self, item: str | None, today: date) -> bool:
        """Whether it answers this service's question on a day."""
        return (
            self.state is ArticleState.PUBLISHED
            and item == self.item
            and (self.valid_until is None or today <= self.valid_until)
        )


def article_is_current(article: KnowledgeArticle | None, item: str | None, today: date) -> bool:
    """Also of an article that does not exist, which is not."""
    return article is not None and article.is_current(item, today)


def versions_of(
    item: ServiceItem | None, seed: ServiceVersion | None
) -> tuple[ServiceVersion, ...]:
    """The versions of a service: those recorded, else the catalogue's one, else none."""
    if item is not None:
        return item.versions
    return (seed,) if seed is not None else ()
