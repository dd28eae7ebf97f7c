"""`gridloom report`: write the reports of a run again, or others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridloom.cli import completion
from gridloom.cli.common import NoPlugins, Out, Plugins, exit_after_reports, guarded, say
from gridloom.cli.runs import KeptRun, RankBy, Run, read_run
from gridloom.errors import InvalidInput, Location, Problem

if TYPE_CHECKING:
    from gridloom.experiment.bound import Bound
    from gridloom.registry.records import Reporter


@guarded
def report(
    run: Run,
    reporters: Annotated[
        list[str] | None,
        typer.Option(
            "--reporter",
            "-r",
            metavar="NAME",
            help="A reporter; repeatable. Default: the experiment's.",
            autocompletion=completion.reporters,
        ),
    ] = None,
    rank_by: RankBy = None,
    out: Out = Path("runs"),
    plugins: Plugins = None,
    no_plugins: NoPlugins = None,
) -> None:
    """Write the reports of a run again from its journal, by the reporters of its experiment or by others.

    Nothing is trained, and a run that is not finished is reported as far as it is. A reporter that the experiment names
    keeps the options that it has there.
    """
    from gridloom.results import reporting

    kept = read_run(run, out, plugins or (), no_plugins or (), rank_by)
    chosen = list(_named(kept, reporters)) if reporters else kept.experiment.reporters
    for reporter in chosen:
        reporting.report(reporter, kept.result)
    if code := exit_after_reports(kept.result):
        raise typer.Exit(code)
    names = ", ".join(reporter.name for reporter in chosen) or "none, since the experiment names no reporter"
    say(f"reports in {kept.result.folder}: {names}")


def _named(kept: KeptRun, names: Sequence[str]) -> Iterator[Bound[Reporter]]:
    """The reporters of these names; UnknownName, or InvalidInput for one that needs options."""
    from gridloom.experiment.bound import Bound
    from gridloom.registry.records import Reporter

    for name in dict.fromkeys(names):
        provided = kept.registry.find(Reporter, name)
        of_experiment = [known for known in kept.experiment.reporters if known.provided == provided]
        location = Location(f"--reporter {name}")
        _, findings = provided.record.options.validate({}, kept.result.folder)
        if findings and not of_experiment:
            raise InvalidInput([Problem(location, finding.message) for finding in findings])
        yield from of_experiment or [Bound(provided, {}, location)]
