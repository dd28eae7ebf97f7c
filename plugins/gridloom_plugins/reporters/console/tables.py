"""Tables of the console: the waves of a search, and what workers on other machines have done."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from gridloom import Result
from gridloom_plugins.figures.waves import wave_rows

WAVES = 12
"""How many lines a search with several waves has at most."""

WORKERS = 12
"""How many lines workers on other machines have at most."""


def waves(result: Result) -> Iterator[str]:
    """A line for each wave of a search that had several."""
    heads = ("wave", "budget", "trials", "failed", "best", "fits", "epochs", "")
    rows = [
        (
            *(row.name, row.budget, f"{row.trials:,}", f"{row.failed:,}"),
            *(row.best_text, f"{row.fits:,}", row.epochs_text, row.labels),
        )
        for row in wave_rows(result, WAVES)
    ]
    yield from _table(heads, rows, left=(0, 1, len(heads) - 1))


def elsewhere(result: Result) -> Iterator[str]:
    """A line for each worker on another machine, those with the most fits first."""
    most_first = sorted(result.workers, key=lambda share: (-share.fits, share.name))
    rows = [
        (share.name, f"{share.fits:,}", f"{share.failed:,}", f"{share.deaths:,}", f"{share.seconds:,.1f}")
        for share in most_first[:WORKERS]
    ]
    yield from _table(("worker", "fits", "failed", "deaths", "seconds"), rows, left=(0,))
    if more := len(most_first) - WORKERS:
        yield from [f"and {more:,} more workers"] if more > 0 else []


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: Collection[int]) -> Iterator[str]:
    """The lines of a table, with these columns flush left; none where it has no rows."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows) if rows else ():
        cells = [
            text.ljust(width) if place in left else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
