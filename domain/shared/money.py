"""Money in fen and shares in millionths: whole numbers everywhere, yuan only when shown."""

from typing import Annotated

from pydantic import Field, Strict

WHOLE_PPM = 1_000_000
"""All of it."""

Fen = Annotated[
    int,
    Strict(),
    Field(
        ge=0,
        le=2**63 - 1,  # what PostgreSQL's bigint holds
        description="Amount in fen, 1/100 yuan; a whole number",
        examples=[10_000_000],
    ),
]
"""An amount of money in fen, 0 or more; neither float, nor string, nor bool."""

SharePpm = Annotated[
    int,
    Strict(),
    Field(
        ge=0,
        le=WHOLE_PPM,
        description="Share in millionths; 1000000 is the whole",
        examples=[500_000],
    ),
]
"""A share in millionths; the shares of one whole sum to ``WHOLE_PPM``."""

_BANDS_YUAN = (0, 100_000, 500_000, 1_000_000, 5_000_000, 10_000_000, 50_000_000, 100_000_000)


def shown_yuan(fen: int) -> str:
    """An amount for people: ``1,234.05`` yuan from 123405 fen."""
    sign, yuan, rest = "-" if fen < 0 else "", abs(fen) // 100, abs(fen) % 100
    return f"{sign}{yuan:,}.{rest:02d}"


def banded(fen: int) -> str:
    """The band for statistics, in yuan, lower bound included: ``1000000-5000000``, ``100000000+``.

    Raises ValueError for a negative amount.
    """
    if fen < 0:
        raise ValueError("a negative amount has no band")
    above = [bound for bound in _BANDS_YUAN if bound * 100 > fen]
    low = _BANDS_YUAN[len(_BANDS_YUAN) - len(above) - 1]
    return f"{low}-{above[0]}" if above else f"{low}+"
