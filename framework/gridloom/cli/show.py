"""`gridloom show`: print a finished or interrupted run from its journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridloom.cli.common import NoPlugins, Out, Plugins, exit_after_reports, guarded, say
from gridloom.cli.failures import reasons, tracebacks
from gridloom.cli.listing import All, listing_all
from gridloom.cli.report import outward
from gridloom.cli.runs import KeptRun, RankBy, Run, read_run
from gridloom.errors import Location

if TYPE_CHECKING:
    from gridloom.experiment.bound import Bound
    from gridloom.registry.records import Reporter
    from gridloom.results.result import Result


@guarded
def show(
    run: Run,
    rank_by: RankBy = None,
    every: All = False,
    whole: Annotated[
        bool, typer.Option("--tracebacks", help="Print the tracebacks of failed fits, not only the reasons.")
    ] = False,
    out: Out = Path("runs"),
    plugins: Plugins = None,
    no_plugins: NoPlugins = None,
) -> None:
    """Print a run: its results so far, and why fits failed."""
    from gridloom.results.reporting import report
    from gridloom.runs.kept_models import told_of_models

    kept = read_run(run, out, plugins or (), no_plugins or (), rank_by)
    result = kept.result
    say(_head(result))
    reporters = _reporters(kept)
    for reporter in listing_all(reporters) if every else reporters:
        report(reporter, result)
    failed = tracebacks(result) if whole else reasons(result)
    for text in (*failed, told_of_models(result.folder), *_rest(result)):
        if text:
            say(text)
    if code := exit_after_reports(result):
        raise typer.Exit(code)


def _reporters(kept: KeptRun) -> list[Bound[Reporter]]:
    """The default reporters, with the options that the experiment gives them unless these may lead out of the folder."""
    from gridloom.experiment.bound import Bound
    from gridloom.registry.records import Reporter

    named = kept.experiment.reporters if kept.experiment else ()
    known = {item.provided.full_name: item for item in named if not outward(item)}
    place = Location(str(kept.result.folder))
    return [known.get(item.full_name, Bound(item, {}, place)) for item in kept.registry.defaults(Reporter)]


def _head(result: Result) -> str:
    """What was run, in the words with which `gridloom run` begins."""
    done, total = result.fits
    fits = f"{total:,} fits" if done == total else f"{done:,} of {total:,} fits"
    engine = f", engine {result.engine}" if result.engine else ""
    return f"{result.name}: {len(result.candidates):,} candidates, {fits}{engine}"


def _rest(result: Result) -> Iterator[str]:
    """How far a run is that is not finished, and how to resume it."""
    is_scored = result.held_out is None or result.best is None or result.held_out.looks > 0
    if result.is_complete and (result.nested is None or result.nested.is_complete) and is_scored:
        return
    done, total = result.fits
    more = [
        *(["those of the outer folds"] if result.nested else []),
        *(["that on rows held out"] if result.held_out else []),
    ]
    besides = f" besides {' and '.join(more)}" if more else ""
    is_renamed = result.folder.resolve().name != result.name
    resume = f"give its folder the name '{result.name}' again" if is_renamed else result.command
    is_plain = len(result.waves) == 1 and len({trial.proposal.budget for trial in result.trials}) == 1
    so_far = "" if is_plain else " that were proposed so far"
    yield f"This run is not finished: {done} of {total} fits{so_far} are kept{besides}. To resume: {resume}"
