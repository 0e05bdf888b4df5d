"""What a person may still import this way in a year: for the person alone, by reference."""

from typing import Annotated

from domain.customs_declarations import PersonQuota
from domain.shared.identifiers import SubjectRef
from domain.shared.money import Fen
from domain.shared.personal import Sensitive
from projections.base import Index, Row, fold


class QuotaBalance(Row, key=("subject", "year")):
    """One line per person and calendar year, in fen; ``elsewhere_fen`` is what the national system
    counted outside the city. ``remainder_fen`` is None until a limit is known."""

    subject: Annotated[SubjectRef, Index]
    year: Annotated[int, Index]
    used_fen: Sensitive[Fen] = 0
    reserved_fen: Sensitive[Fen] = 0
    elsewhere_fen: Sensitive[Fen] = 0
    limit_fen: Fen | None = None
    remainder_fen: Sensitive[Fen | None] = None

    def counted(self, **changes: object) -> "QuotaBalance":
        """This row with other amounts, and what remains of the limit."""
        row = self.replace(**changes)
        if row.limit_fen is None:
            return row
        gone = row.used_fen + row.reserved_fen + row.elsewhere_fen
        return row.replace(remainder_fen=max(0, row.limit_fen - gone))


def whose_year(
    e: PersonQuota.QuotaOpened
    | PersonQuota.QuotaReserved
    | PersonQuota.QuotaConfirmed
    | PersonQuota.QuotaRestored
    | PersonQuota.NationalUsageRecorded,
) -> tuple[str, int]:
    """Key of everything that happens to a person's year."""
    return e.subject, e.year


@fold(QuotaBalance, key=whose_year)
def quota_opened(row: None, e: PersonQuota.QuotaOpened) -> QuotaBalance:
    return QuotaBalance(subject=e.subject, year=e.year)


@fold(QuotaBalance, key=whose_year)
def quota_reserved(row: QuotaBalance, e: PersonQuota.QuotaReserved) -> QuotaBalance:
    return row.counted(reserved_fen=row.reserved_fen + e.value_fen, limit_fen=e.limit_fen)


@fold(QuotaBalance, key=whose_year)
def quota_confirmed(row: QuotaBalance, e: PersonQuota.QuotaConfirmed) -> QuotaBalance:
    return row.counted(
        reserved_fen=row.reserved_fen - e.value_fen, used_fen=row.used_fen + e.value_fen
    )


@fold(QuotaBalance, key=whose_year)
def quota_restored(row: QuotaBalance, e: PersonQuota.QuotaRestored) -> QuotaBalance:
    if e.confirmed:
        return row.counted(used_fen=row.used_fen - e.value_fen)
    return row.counted(reserved_fen=row.reserved_fen - e.value_fen)


@fold(QuotaBalance, key=whose_year)
def national_usage_recorded(
    row: QuotaBalance, e: PersonQuota.NationalUsageRecorded
) -> QuotaBalance:
    return row.counted(elsewhere_fen=e.elsewhere_fen, limit_fen=e.limit_fen)
