"""`gridloom show`: print a finished or interrupted run from its journal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gridloom.cli.common import NoPlugins, Out, Plugins, guarded, is_there
from gridloom.errors import Exit, GridloomError, InvalidInput, Location, nearest


@guarded
def show(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The name of a run, or its folder.")],
    out: Out = Path("runs"),
    plugins: Plugins = None,
    no_plugins: NoPlugins = None,
) -> None:
    """Print a run: its results as far as they are, and the tracebacks of failed fits."""
    from gridloom.binding import read_experiment
    from gridloom.experiment import Bound
    from gridloom.records import Reporter
    from gridloom.registry import load_registry
    from gridloom.running import load_result, read_manifest, report
    from gridloom.runs import EXPERIMENT, JOURNAL

    folder = find_run(run, out)
    if not (folder / JOURNAL).exists():
        raise GridloomError(f"{folder} has no {JOURNAL}; nothing was trained there")
    asked_for = plugins or read_manifest(folder).get("asked_for", [])
    registry = load_registry(asked_for, no_plugins or ())
    experiment = read_experiment(folder / EXPERIMENT, registry, plugins=asked_for, without=no_plugins or ())
    result = load_result(experiment, folder)
    for item in registry.of_kind(Reporter):
        if item.record.default:
            report(Bound(item, {}, Location(str(folder))), result)
    for trial in result.failed:
        for fit, failure in trial.failures:
            typer.echo(f"\n{trial.candidate} failed in repeat {fit.repeat}, fold {fit.fold}, seed {fit.replica}:")
            typer.echo(failure.traceback or failure.error or "")
    done = sum(result_ is not None for trial in result.trials for result_ in trial.results)
    total = sum(len(trial.fits) for trial in result.trials)
    if not result.is_complete:
        typer.echo(f"This run is not finished: {done} of {total} fits are kept; run its experiment again to go on.")
    if result.report_errors:
        raise typer.Exit(Exit.MACHINE)


def find_run(run: str, out: Path) -> Path:
    """The folder of a run, given as a name below `out` or as a path; InvalidInput when there is none."""
    from gridloom.runs import EXPERIMENT

    for folder in (Path(run), out / run):
        if is_there(folder / EXPERIMENT, Path.is_file):
            return folder
    known = [path.parent.name for path in out.glob(f"*/{EXPERIMENT}")]
    raise InvalidInput.at(Location(run), f"there is no such run in {out}; {nearest(run, known)}")
