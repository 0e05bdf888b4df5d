"""Values released by month and chapter of the tariff, for commerce and statistics: no persons."""

from typing import Annotated

from domain.customs_declarations import CustomsDeclaration
from domain.shared.money import Fen
from projections.base import Index, Row, fold


class ImportsByMonth(Row, key=("month", "chapter")):
    """One line per month of release (``2026-03``) and chapter (two digits); gross of returns."""

    month: Annotated[str, Index]
    chapter: Annotated[str, Index]
    value_fen: Annotated[Fen, Index] = 0
    pieces: int = 0
    lines: int = 0


def month_and_chapter(e: CustomsDeclaration.ItemReleased) -> tuple[str, str]:
    """Key of released goods."""
    return f"{e.on:%Y-%m}", e.hs_code[:2]


@fold(ImportsByMonth, key=month_and_chapter)
def item_released(row: ImportsByMonth | None, e: CustomsDeclaration.ItemReleased) -> ImportsByMonth:
    month, chapter = month_and_chapter(e)
    row = row or ImportsByMonth(month=month, chapter=chapter)
    return row.replace(
        value_fen=row.value_fen + e.value_fen, pieces=row.pieces + e.qty, lines=row.lines + 1
    )
