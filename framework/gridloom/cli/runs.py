"""Finding runs, and reading them from their journals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridloom.cli import completion
from gridloom.cli.common import is_there
from gridloom.errors import GridloomError, InvalidInput, Location, PluginError, nearest

if TYPE_CHECKING:
    from gridloom.experiment.experiment import Experiment
    from gridloom.registry.registry import Registry
    from gridloom.results.result import Result

Run = Annotated[
    str,
    typer.Argument(metavar="RUN", help="The name of a run, or its folder.", autocompletion=completion.runs),
]

RankBy = Annotated[
    str | None,
    typer.Option("--rank-by", metavar="SCORE", help="Rank and summarise by another score of the run."),
]


@dataclass(frozen=True)
class KeptRun:
    """A run as its journal tells it, and the plugins that it was read with."""

    experiment: Experiment
    registry: Registry
    result: Result


def read_run(
    run: str, out: Path, plugins: Sequence[str], without: Sequence[str], rank_by: str | None = None
) -> KeptRun:
    """A run, given as a name below `out` or as a folder, as far as it is; nothing is trained.

    It is read with the plugins that it was made with, and with `plugins`: a file of the same name is the one that moved.
    Its result is ranked by the score `rank_by` if that is given; InvalidInput when the run has no such score.
    """
    from gridloom.core.file_names import EXPERIMENT, JOURNAL
    from gridloom.experiment.bind import read_experiment
    from gridloom.registry.loading import name_of
    from gridloom.registry.registry import load_registry
    from gridloom.runs.runner import load_result, read_manifest

    folder = find_run(run, out)
    if not (folder / JOURNAL).exists():
        raise GridloomError(f"{folder} has no {JOURNAL}; nothing was trained there")
    given = {name_of(source) for source in plugins}
    recorded = [source for source in read_manifest(folder).get("asked_for", []) if name_of(source) not in given]
    asked_for = [*recorded, *plugins]
    try:
        registry = load_registry(asked_for, without)
    except PluginError as error:
        lost = next((source for source in recorded if f"plugin '{source}' " in str(error)), None)
        if lost is None:
            raise
        way_out = f"name it with -p where it is now, or leave it out with --no-plugin {name_of(lost)}"
        raise PluginError(f"{error}; {folder} was made with it: {way_out}") from None
    experiment = read_experiment(folder / EXPERIMENT, registry, plugins=asked_for, without=without, of_run=True)
    if experiment.published is None and (lost := experiment.source.node.plain().get("published")):
        typer.echo(f"gridloom: {lost['file']} is gone, so published scores are left out", err=True)
    result = load_result(experiment, folder)
    return KeptRun(experiment, registry, result if rank_by is None else _ranked_by(result, rank_by))


def _ranked_by(result: Result, score: str) -> Result:
    if score not in result.scores:
        message = f"{result.folder} has no such score; {nearest(score, result.scores)}"
        raise InvalidInput.at(Location(f"--rank-by {score}"), message)
    return result.ranked_by(score)


def find_run(run: str, out: Path) -> Path:
    """The folder of a run, given as a name below `out` or as a path; InvalidInput when there is none."""
    from gridloom.core.file_names import EXPERIMENT

    for folder in (Path(run), out / run):
        if is_there(folder / EXPERIMENT, Path.is_file):
            return folder
    known = [path.parent.name for path in out.glob(f"*/{EXPERIMENT}")]
    raise InvalidInput.at(Location(run), f"there is no such run in {out}; {nearest(run, known)}")
