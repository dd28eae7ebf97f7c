"""`gridloom show`: print a finished or interrupted run from its journal."""

from __future__ import annotations

from pathlib import Path

import typer

from gridloom.cli.common import NoPlugins, Out, Plugins, exit_after_reports, guarded
from gridloom.cli.runs import Run, read_run
from gridloom.errors import Location


@guarded
def show(
    run: Run,
    out: Out = Path("runs"),
    plugins: Plugins = None,
    no_plugins: NoPlugins = None,
) -> None:
    """Print a run: its results as far as they are, and the tracebacks of failed fits."""
    from gridloom.experiment import Bound
    from gridloom.records import Reporter
    from gridloom.reporting import report

    kept = read_run(run, out, plugins or (), no_plugins or ())
    result = kept.result
    for item in kept.registry.of_kind(Reporter):
        if item.record.default:
            report(Bound(item, {}, Location(str(result.folder))), result)
    for trial in result.failed:
        for fit, failure in trial.failures:
            typer.echo(f"\n{trial.candidate} failed in repeat {fit.repeat}, fold {fit.fold}, seed {fit.replica}:")
            typer.echo(failure.traceback or failure.error or "")
    done = sum(result_ is not None for trial in result.trials for result_ in trial.results)
    total = sum(len(trial.fits) for trial in result.trials)
    if not result.is_complete:
        typer.echo(f"This run is not finished: {done} of {total} fits are kept; run its experiment again to go on.")
    if code := exit_after_reports(result):
        raise typer.Exit(code)
