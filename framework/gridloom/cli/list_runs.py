"""`gridloom runs`: what runs there are, on the console or as a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gridloom.cli.common import NoPlugins, Out, Plugins, guarded, say

HEADS = ("run", "state", "best", "score", "last fit")


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


def _print_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
