"""`gridloom open`: the report of a run in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gridloom.cli import completion
from gridloom.cli.common import Out, fail, guarded, is_there, say
from gridloom.cli.run_lines import PAGE
from gridloom.cli.runs import find_run
from gridloom.core.regular_files import kind_of
from gridloom.errors import Exit, GridloomError


@guarded
def open_report(
    run: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN",
            help="The name of a run, or its folder; without it, the report that was written last.",
            show_default=False,
            autocompletion=completion.runs,
        ),
    ] = None,
    out: Out = Path("runs"),
) -> None:
    """Open the report of a run, `report.html`, in the browser."""
    import shlex
    import webbrowser

    folder = _latest(out) if run is None else find_run(run, out)
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


def _latest(out: Path) -> Path:
    """The folder of the run whose report was written last; GridloomError where no run has one."""
    pages = [page for page in out.glob(f"*/{PAGE}") if is_there(page, Path.is_file)]
    if not pages:
        raise GridloomError(f"no run in {out} has a {PAGE}; to make one: gridloom report RUN --reporter html")
    return max(pages, key=lambda page: page.stat().st_mtime).parent
