"""How texts stand in plots, and how the page writes times and fits."""

from __future__ import annotations

import html

from gridloom import Fit
from gridloom_plugins.figures.texts import one_line

LABEL = 48
"""The most characters of a label in a plot; the table has the whole."""

NARROW_LABEL = 18
"""The same on a phone."""

MINUTE = 60


def label(text: str, limit: int = LABEL) -> str:
    """A text as a label of Plotly, which takes labels for a kind of HTML: what is said is what is shown."""
    return html.escape(one_line(text, limit), quote=False)


def duration(seconds: float) -> str:
    """Seconds as a reader says them."""
    if seconds < MINUTE:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004
    minutes, rest = divmod(round(seconds), MINUTE)
    hours, minutes = divmod(minutes, MINUTE)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def place(fit: Fit) -> str:
    """Where a fit stands among its candidate's fits, counted from 0 as everywhere."""
    return f"repeat {fit.repeat}, fold {fit.fold}, seed {fit.replica}"
