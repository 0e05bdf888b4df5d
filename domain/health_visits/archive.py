"""A resident's health archive: who read it, with what right, and two that are one person's.

One a resident, found by the keyed hash of the identity. What may surprise: a merged archive stays
as it was and only points to the other, which carries a copy of what it said, so that a split
leaves both histories whole.
"""

from datetime import datetime
from uuid import UUID

from domain.health_visits import limits
from domain.health_visits.archive_content import A, ArchiveContent, Content, Section
from domain.health_visits.booking import Readings
from domain.health_visits.institutions import InstitutionCode
from domain.health_visits.refusals import NothingSuch, SelfMerge
from domain.shared.aggregate import Aggregate, allowed_in, event
from domain.shared.calendar import Calendar
from domain.shared.districts import District
from domain.shared.identifiers import OfficerId, SubjectRef
from domain.shared.personal import Personal, Sensitive
from domain.shared.refusals import FourEyes, NotInState


class HealthArchive(ArchiveContent, program="health-visits", clock_events="archive"):
    """One resident's archive."""

    CLOCKS = limits.ARCHIVE_CLOCKS
    FINAL = frozenset({A.CLOSED})

    # --- reading -------------------------------------------------------------------------------

    class ArchiveRead(Aggregate.Event, v=1):
        """Somebody looked; the patient sees who. ``break_glass`` is the opening it rested on."""

        reader: OfficerId
        institution: InstitutionCode | None
        purpose: str
        sections: tuple[Section, ...]
        break_glass: UUID | None

    @allowed_in(A.OPEN, A.MERGED, A.CLOSED)
    def read_archive(
        self,
        reader: str,
        institution: str | None,
        purpose: str,
        sections: tuple[Section, ...],
    ) -> None:
        """With a consent, or after an opening of the reader's own."""
        opened = [id for id, (by, _) in self.unreviewed.items() if by == reader]
        self._archive_read(
            reader=reader,
            institution=institution,
            purpose=purpose,
            sections=sections,
            break_glass=opened[-1] if opened else None,
        )

    @event(ArchiveRead)
    def _archive_read(
        self,
        reader: str,
        institution: str | None,
        purpose: str,
        sections: tuple[Section, ...],
        break_glass: UUID | None,
    ) -> None:
        pass

    class GlassBroken(Aggregate.Event, v=1):
        """Somebody opened the archive without consent, in an emergency; it is reviewed."""

        opening: UUID
        reader: OfficerId
        reason: Personal[str]
        clocks: Readings
        opened_at: datetime

    @allowed_in(A.OPEN, A.MERGED)
    def break_glass(self, opening: UUID, reader: str, reason: str, *, calendar: Calendar) -> None:
        """Opened at once. All openings share one clock, that of the oldest."""
        starts = not self.unreviewed
        self._glass_broken(
            opening=opening,
            reader=reader,
            reason=reason,
            clocks=(limits.BREAK_GLASS_REVIEW.start(self.now, calendar),) if starts else (),
            opened_at=self.now,
        )

    @event(GlassBroken)
    def _glass_broken(
        self, opening: UUID, reader: str, reason: str, clocks: Readings, opened_at: datetime
    ) -> None:
        self.unreviewed = {**self.unreviewed, opening: (reader, opened_at)}
        self.read_clocks(clocks)

    class BreakGlassReviewed(Aggregate.Event, v=1):
        """Somebody else looked into it."""

        opening: UUID
        reader: OfficerId
        officer: OfficerId
        justified: bool
        note: Personal[str]
        clocks: Readings

    @allowed_in(A.OPEN, A.MERGED)
    def review_break_glass(
        self, opening: UUID, note: str, *, justified: bool, officer: str, calendar: Calendar
    ) -> None:
        """Raises NothingSuch, and FourEyes to whoever opened it."""
        if opening not in self.unreviewed:
            raise NothingSuch()
        reader, _ = self.unreviewed[opening]
        if reader == officer:
            raise FourEyes()
        clock = limits.BREAK_GLASS_REVIEW
        reading = self.clocks[clock.name]
        left = [at for id, (_, at) in self.unreviewed.items() if id != opening]
        if not left:
            reading = reading.stop(self.now)
        elif (due_at := clock.limit.after(min(left), calendar)) != reading.due_at:
            reading = clock.due(self.now, due_at, calendar)
        self._break_glass_reviewed(
            opening=opening,
            reader=reader,
            officer=officer,
            justified=justified,
            note=note,
            clocks=(reading,),
        )

    @event(BreakGlassReviewed)
    def _break_glass_reviewed(
        self,
        opening: UUID,
        reader: str,
        officer: str,
        justified: bool,
        note: str,
        clocks: Readings,
    ) -> None:
        self.unreviewed = {id: one for id, one in self.unreviewed.items() if id != opening}
        self.read_clocks(clocks)

    # --- two archives of one person ------------------------------------------------------------

    class ArchivesMerged(Aggregate.Event, v=1):
        """This archive now speaks for another one, too."""

        other: UUID
        content: Sensitive[Content]
        reason: str
        officer: OfficerId
        content_version: int

    class MergedInto(Aggregate.Event, v=1):
        """Another archive speaks for this one; nothing more is written here."""

        other: UUID
        district: District
        content_version: int

    def content(self) -> Content:
        """What it says now, for the archive that it is merged into."""
        return Content(
            allergies=self.allergies,
            conditions=self.conditions,
            medicines=(
                *self.own_medicines,
                *(m for one in self.merged.values() for m in one.medicines),
            ),
        )

    @allowed_in(A.OPEN)
    def merge_archives(self, other: "HealthArchive", reason: str, *, officer: str) -> None:
        """Two archives turned out to be one person's. Raises SelfMerge, and NotInState when the
        other is not open."""
        if other.id == self.id:
            raise SelfMerge()
        content = other.content()
        other.merge_into(self.id)
        self._archives_merged(
            other=other.id,
            content=content,
            reason=reason,
            officer=officer,
            content_version=self.content_version + 1,
        )

    @event(ArchivesMerged)
    def _archives_merged(
        self, other: UUID, content: Content, reason: str, officer: str, content_version: int
    ) -> None:
        self.merged = {**self.merged, other: content}
        self.content_version = content_version

    def merge_into(self, other: UUID) -> None:
        """The other half of :meth:`merge_archives`. Raises NotInState."""
        if self.state is not A.OPEN:
            raise NotInState(state=self.state, allowed=self.allowed())
        self._merged_into(
            other=other, district=self.district, content_version=self.content_version + 1
        )

    @event(MergedInto)
    def _merged_into(self, other: UUID, district: str, content_version: int) -> None:
        self.state = A.MERGED
        self.merged_into = other
        self.content_version = content_version

    class ArchivesSplit(Aggregate.Event, v=1):
        """The merge was a mistake; what the other archive said is not said here any more."""

        other: UUID
        reason: str
        officer: OfficerId
        content_version: int

    class SplitFrom(Aggregate.Event, v=1):
        """This archive speaks for itself again, with all that it said before."""

        other: UUID
        district: District
        content_version: int

    @allowed_in(A.OPEN)
    def split_archives(self, other: "HealthArchive", reason: str, *, officer: str) -> None:
        """Undoes a merge. Raises NothingSuch when the two are not merged."""
        if other.id not in self.merged:
            raise NothingSuch()
        other.split_from(self.id)
        self._archives_split(
            other=other.id,
            reason=reason,
            officer=officer,
            content_version=self.content_version + 1,
        )

    @event(ArchivesSplit)
    def _archives_split(self, other: UUID, reason: str, officer: str, content_version: int) -> None:
        self.merged = {id: content for id, content in self.merged.items() if id != other}
        self.content_version = content_version

    def split_from(self, other: UUID) -> None:
        """The other half of :meth:`split_archives`."""
        self._split_from(
            other=other, district=self.district, content_version=self.content_version + 1
        )

    @event(SplitFrom)
    def _split_from(self, other: UUID, district: str, content_version: int) -> None:
        self.state = A.OPEN
        self.merged_into = None
        self.content_version = content_version

    class ArchiveClosed(Aggregate.Event, v=1):
        """The resident died; the archive is kept as long as the law says.

        ``merged``: another archive spoke for it, and does so still.
        """

        subject: SubjectRef
        district: District
        merged: bool

    @allowed_in(A.OPEN, A.MERGED)
    def close_archive(self) -> None:
        """Nothing more is written."""
        self._archive_closed(
            subject=self.subject, district=self.district, merged=self.state is A.MERGED
        )

    @event(ArchiveClosed)
    def _archive_closed(self, subject: str, district: str, merged: bool) -> None:
        self.state = A.CLOSED
