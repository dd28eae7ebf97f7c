"""How figures look: for print, for colour-blind readers, and in grey."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BEST, MEMBER, OTHER = "#D55E00", "#0072B2", "#767676"
"""Vermilion and blue of Okabe and Ito's palette, and a grey; marks differ in shape and fill as well."""

LINES = (
    ("#000000", "-"),
    ("#0072B2", "--"),
    ("#D55E00", "-."),
    ("#009E73", ":"),
    ("#CC79A7", (0, (5, 1, 1, 1, 1, 1))),
)
"""Colours of the same palette, each with a pattern of its own."""

WIDTH = 6.5
"""Inches between the margins of a page."""

SHORT = 14
"""How many characters of a value stand beside a row, a column or a tick, and twice as many of a parameter's name."""

GRID: dict[str, Any] = {"color": "#E0E0E0", "linewidth": 0.4}
"""Lines behind what is drawn."""

_SETTINGS: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that figures are the same everywhere
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.useoffset": False,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "lines.linewidth": 1.0,
    "lines.markersize": 4.5,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "text.usetex": False,
    "svg.fonttype": "none",  # text stays text: it can be searched, and scales
    "svg.hashsalt": "gridloom",  # equal results give equal files
    "savefig.dpi": 300,
}


def panels(count: int, columns: int, size: tuple[float, float], **options: Any) -> tuple[Figure, list[Any]]:
    """A figure of this width and height with so many panels, row by row in at most so many columns."""
    from matplotlib.figure import Figure

    columns = min(columns, count)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(-(-count // columns), columns, squeeze=False, **options)
    for axes in grid.flat[count:]:
        axes.remove()
    return figure, list(grid.flat[:count])


@contextmanager
def printed_style() -> Iterator[None]:
    """The style, while figures are made and saved."""
    import matplotlib as mpl

    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        # Names may be in any script; what the font lacks is a box in PNG, and right in SVG.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        yield
