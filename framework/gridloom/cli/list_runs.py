"""`gridloom runs`: what runs there are, on the console or as a page."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from gridloom.cli.common import NoPlugins, Out, Plugins, guarded, say
from gridloom.core.printable import cut

HEADS = ("run", "state", "best", "score", "last fit")
NAME, BEST = HEADS.index("run"), HEADS.index("best")

NARROWEST = 12
"""So many characters of a cut text are shown, however narrow the terminal is."""


@guarded
def list_runs(
    out: Out = Path("runs"),
    page: Annotated[
        bool, typer.Option("--html", help="Write FOLDER/index.html, a page with links to the reports, instead.")
    ] = False,
    plugins: Plugins = None,
    no_plugins: NoPlugins = None,
) -> None:
    """List the runs in a folder, most recently trained first: state, best candidate, its score, time of the last fit.

    The state is "complete", "running", "not finished" (rerun its command to resume it), "failed" (every candidate did)
    or "unreadable".
    """
    from gridloom.cli.index_page import write_index
    from gridloom.cli.run_lines import run_lines
    from gridloom.registry.registry import load_registry

    lines = run_lines(out, load_registry(plugins or (), no_plugins or ()))
    if page:
        say(write_index(out, lines).resolve())
    elif lines:
        _print_table([HEADS, *((line.name, line.state, line.best, line.score, line.when) for line in lines)])
    else:
        say(f"there is no run in {out}")


def _print_table(rows: Sequence[tuple[str, ...]]) -> None:
    """Print the rows, as wide as the terminal at most; elsewhere, nothing is cut."""
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    widths = widths_within(rows, room)
    for row in rows:
        cells = (cut(cell, width).ljust(width) for cell, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())


def widths_within(rows: Sequence[tuple[str, ...]], room: int | None) -> list[int]:
    """The widths of the columns, two spaces apart: candidates are cut first if there is no room for all, then names."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if room is None:
        return widths
    for column in (BEST, NAME):
        over = sum(widths) + 2 * (len(widths) - 1) - room
        widths[column] -= max(0, min(over, widths[column] - NARROWEST))
    return widths
