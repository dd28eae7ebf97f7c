"""Finding runs, and reading them from their journals."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridloom.cli import completion
from gridloom.cli.common import is_there, note
from gridloom.errors import GridloomError, InvalidInput, Location, nearest

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
    """A run as its journal tells it, and the plugins that it was read with; no experiment where those are not enough."""

    experiment: Experiment | None
    registry: Registry
    result: Result


def read_run(
    run: str, out: Path, plugins: Sequence[str], without: Sequence[str], rank_by: str | None = None
) -> KeptRun:
    """A run, given as a name below `out` or as a folder, as far as it is; nothing is trained.

    It is read with the installed plugins and with `plugins`: that a run names others does not load them, since it may come
    from a stranger. Where they are missed, that is said, and the result is what the journal alone tells.
    Its result is ranked by the score `rank_by` if that is given; InvalidInput when the run has no such score.
    """
    from gridloom.authoring.from_python.stand_ins import stand_ins
    from gridloom.core.file_names import EXPERIMENT, JOURNAL
    from gridloom.experiment.bind import read_experiment
    from gridloom.registry.loading import name_of
    from gridloom.registry.registry import load_registry
    from gridloom.runs.reading import bare_result, load_result, read_manifest

    folder = find_run(run, out)
    if not (folder / JOURNAL).exists():
        raise GridloomError(f"{folder} has no {JOURNAL}; nothing was trained there")
    given = {name_of(source) for source in plugins}
    manifest = read_manifest(folder)
    missing = [source for source in manifest.get("asked_for", []) if name_of(source) not in given]
    registry = load_registry([*plugins, *stand_ins(manifest)], set(without) - set(map(name_of, missing)))
    experiment = None
    try:
        experiment = read_experiment(folder / EXPERIMENT, registry, plugins=plugins, without=without, of_run=True)
    except InvalidInput:
        if not missing:
            raise
        note(_missed(folder, missing))
    if experiment and experiment.published is None and (lost := experiment.source.node.plain().get("published")):
        note(f"{lost['file']} is gone, so published scores are omitted")
    result = load_result(experiment, folder) if experiment else bare_result(folder)
    return KeptRun(experiment, registry, result if rank_by is None else _ranked_by(result, rank_by))


def _missed(folder: Path, missing: Sequence[str]) -> str:
    """That a run was made with plugins that are not loaded, what that means, and the way out."""
    options = shlex.join([part for source in missing for part in ("-p", source)])
    return (
        f"{folder} was made with plugins that are not loaded, since reading a run executes no code that it names: its "
        "candidates are in the order in which they finished (of equal ones, another may be called best), unfinished and outer "
        "folds are omitted; if you trust it, add "
        f"{options}"
    )


def _ranked_by(result: Result, score: str) -> Result:
    if score not in result.scores:
        message = f"{result.folder} has no such score; {nearest(score, result.scores)}"
        raise InvalidInput.at(Location(f"--rank-by {score}"), message)
    return result.ranked_by(score)


def find_run(run: str, out: Path) -> Path:
    """The folder of a run, given as a name below `out` or as a path; InvalidInput when there is none."""
    from gridloom.core.file_names import EXPERIMENT
    from gridloom.core.regular_files import FOLDER, kind_of

    for folder in (Path(run), out / run):
        file = folder / EXPERIMENT
        if is_there(file, Path.is_file):
            return folder
        if kind := kind_of(file) or (is_there(file, Path.is_symlink) and "a link that leads nowhere"):
            raise InvalidInput.at(Location(str(file)), f"this is {kind}, not the experiment of a run")
        if (kind := kind_of(folder)) not in ("", FOLDER):
            raise InvalidInput.at(Location(str(folder)), f"this is {kind}, not the folder of a run")
    known = [path.parent.name for path in out.glob(f"*/{EXPERIMENT}")]
    raise InvalidInput.at(Location(run), f"there is no such run in {out}; {nearest(run, known)}")
