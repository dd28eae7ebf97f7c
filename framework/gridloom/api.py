"""Gridloom from Python: `gridloom.run("experiment.yaml")`."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridloom.results.result import Result


def run(
    file: str | PathLike[str],
    *,
    n_jobs: int = -1,
    settings: Sequence[str] = (),
    out: str | PathLike[str] = "runs",
    fresh: bool = False,
    plugins: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Result:
    """Run the experiment in a YAML file and return its result, as `gridloom run` does.

    `settings` are texts such as "training.epochs=10" put over the file; `n_jobs` is a number of worker processes, -1
    for one a core; the run lives in `out/<name>`, where a run that was stopped is gone on with unless `fresh`;
    `plugins` are Python files or modules to load beside the installed ones, `without` names plugins to leave out.

    Raises subclasses of `gridloom.GridloomError`, whose texts are meant to be read, and TypeError for arguments that are
    something else.

    >>> result = gridloom.run("experiments/dropout.yaml")  # doctest: +SKIP
    >>> result.best.mean, result.best.params  # doctest: +SKIP
    """
    from gridloom.core.boundary import contained
    from gridloom.experiment.bind import read_experiment
    from gridloom.registry.registry import load_registry
    from gridloom.runs.runner import run_experiment

    if not isinstance(file, str | PathLike):
        raise TypeError(f"an experiment is the path of a YAML file, not {type(file).__name__}")
    if not isinstance(n_jobs, int) or isinstance(n_jobs, bool):
        raise TypeError(f"n_jobs is a whole number of workers, not {n_jobs!r}")
    for name, texts in {"settings": settings, "plugins": plugins, "without": without}.items():
        if isinstance(texts, str):
            raise TypeError(f"{name} is a list of texts; write {name}=[{texts!r}]")
    with contained("a plugin"):
        registry = load_registry(plugins, without)
        experiment = read_experiment(Path(file), registry, settings=settings, plugins=plugins, without=without)
        return run_experiment(experiment, n_jobs=n_jobs, out=Path(out), fresh=fresh)
