"""`gridloom report`: write the reports of a run again, or others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridloom.cli import completion
from gridloom.cli.common import NoPlugins, Out, Plugins, exit_after_reports, guarded, note, say
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
    """Write the reports of a run again from its journal, with the reporters of its experiment or with others.

    Nothing is trained; for a run that is not finished, the results so far are reported. A reporter that the experiment
    names keeps its options. If the experiment gives a reporter an address, or another text that may lead out of the
    run's folder, the reporter is only used if you name it here.
    """
    from gridloom.results import reporting

    kept = read_run(run, out, plugins or (), no_plugins or (), rank_by)
    chosen = list(_named(kept, reporters)) if reporters else list(_of_experiment(kept))
    for reporter in chosen:
        reporting.report(reporter, kept.result)
    if code := exit_after_reports(kept.result):
        raise typer.Exit(code)
    names = ", ".join(reporter.name for reporter in chosen) or "none, since the experiment does not name any reporter"
    say(f"reports in {kept.result.folder}: {names}")


def _of_experiment(kept: KeptRun) -> Iterator[Bound[Reporter]]:
    """The reporters of the experiment, without those whose options may lead out of the run's folder, which are reported."""
    if kept.experiment is None:
        raise InvalidInput.at(Location(str(kept.result.folder)), "its reporters cannot be read; name some with -r")
    from gridloom.runs.directory import shown

    for reporter in kept.experiment.reporters:
        if given := outward(reporter):
            said = ", ".join(f"{name}: {shown(value)}" for name, value in given.items())
            note(
                f"{kept.result.folder} gives the reporter '{reporter.name}' an option that may lead out of the run's "
                f"folder ({said}), so it is not used; if you trust it, name the reporter: -r {reporter.name}"
            )
        else:
            yield reporter


def outward(reporter: Bound[Reporter]) -> dict[str, Any]:
    """The options that are given free text, such as addresses, and no plain names of files in the run's folder."""
    from gridloom.core.file_names import FileName

    return {
        option.name: value
        for option in reporter.record.options
        if (value := reporter.options.get(option.name, option.default)) != option.default
        and option.annotation != FileName
        and not {"enum", "const"} & option.json_schema.keys()
        and _has_text(value)
    }


def _has_text(value: Any) -> bool:
    """Whether a value is text or holds some, or is something else than plain numbers."""
    if isinstance(value, Mapping):
        return any(map(_has_text, (*value, *value.values())))
    if isinstance(value, list | tuple | set | frozenset):
        return any(map(_has_text, value))
    return not isinstance(value, bool | int | float | None)


def _named(kept: KeptRun, names: Sequence[str]) -> Iterator[Bound[Reporter]]:
    """The reporters of these names; UnknownName, or InvalidInput for one that needs options."""
    from gridloom.experiment.bound import Bound
    from gridloom.registry.records import Reporter

    for name in dict.fromkeys(names):
        provided = kept.registry.find(Reporter, name)
        known = kept.experiment.reporters if kept.experiment else ()
        of_experiment = [item for item in known if item.provided == provided]
        location = Location(f"--reporter {name}")
        _, findings = provided.record.options.validate({}, kept.result.folder)
        if findings and not of_experiment:
            raise InvalidInput([Problem(location, finding.message) for finding in findings])
        yield from of_experiment or [Bound(provided, {}, location)]
