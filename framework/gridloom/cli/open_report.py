"""`gridloom open`: the report of a run in the browser."""

from __future__ import annotations

from pathlib import Path

import typer

from gridloom.cli.common import Out, fail, guarded, is_there, say
from gridloom.cli.runs import Run, find_run
from gridloom.core.regular_files import kind_of
from gridloom.errors import Exit, GridloomError

PAGE = "report.html"


@guarded
def open_report(run: Run, out: Out = Path("runs")) -> None:
    """Open the report of a run, `report.html`, in the browser."""
    import shlex
    import webbrowser

    folder = find_run(run, out)
    page = folder / PAGE
    if kind := kind_of(page):
        raise GridloomError(f"{page} is {kind}, not a report")
    if not is_there(page, Path.is_file):
        raise GridloomError(
            f"{folder} has no {PAGE}; to make it: gridloom report {shlex.quote(str(folder))} --reporter html"
        )
    say(page.resolve())
    if not webbrowser.open(page.resolve().as_uri()):
        fail("no browser can be opened here; the report is the file above")
        raise typer.Exit(Exit.MACHINE)
