"""Progress in a notebook: one output with a bar that is updated in place, and a single line of text at the end."""

from __future__ import annotations

import html
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from gridloom import Progress, printable

INTERVAL = 0.2
"""Seconds between two updates, which a notebook keeps up with."""

_FONT = "font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,13px)"
_LOOK = f"padding-left:1ch;white-space:pre-wrap;{_FONT}"
"""As the text that is printed above and below, in the colours of the notebook."""

_BAR = "width:12em;max-width:40%;height:1em;vertical-align:middle;margin-right:1ch"


def is_notebook() -> bool:
    """Whether this program is a notebook's, as far as it can be known without importing IPython: its shell has a kernel."""
    shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


@contextmanager
def bar(line: Callable[[Progress], str], last_line: Callable[[Progress], str]) -> Iterator[Callable[[Progress], None]]:
    """A bar with a line beside it, and the last line alone once it is over; after an error or an interrupt, how far it came."""
    import IPython.display

    display: Any = IPython.display.display
    handle = display(_Shown("starting workers", _element(None)), display_id=True)
    latest: Progress | None = None
    shown = time.monotonic()

    def show(progress: Progress) -> None:
        nonlocal latest, shown
        latest, now = progress, time.monotonic()
        if now - shown >= INTERVAL:
            shown = now
            handle.update(_Shown(line(progress), _element(progress)))

    try:
        yield show
    except BaseException:
        reached = f"{latest.done} of {latest.total}" if latest else "no"
        handle.update(_Shown(f"stopped: {reached} fits are finished", ""))
        raise
    handle.update(_Shown(last_line(latest) if latest else "there was nothing to train", ""))


def _element(progress: Progress | None) -> str:
    """The bar as HTML: one that only moves where nobody knows how many fits there will be."""
    if progress is None or progress.later is None:
        return f'<progress style="{_BAR}"></progress>'
    total = progress.total + progress.later
    return f'<progress style="{_BAR}" value="{progress.done}" max="{total}"></progress>'


class _Shown:
    """A line with what stands before it, for notebooks with HTML and for those without."""

    def __init__(self, line: str, element: str) -> None:
        self.line, self.element = printable(line), element

    def __repr__(self) -> str:
        return self.line

    def _repr_html_(self) -> str:
        return f'<div style="{_LOOK}">{self.element}{html.escape(self.line)}</div>'
