"""Gridloom from Python: `gridloom.run("experiment.yaml")`, and `gridloom.load("runs/experiment")`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gridloom.models.model import Model
    from gridloom.results.result import Result


def run(
    file: str | PathLike[str],
    *,
    n_jobs: int | None = None,
    executor: str | Mapping[str, Any] | None = None,
    settings: Sequence[str] = (),
    out: str | PathLike[str] = "runs",
    fresh: bool = False,
    keep_models: bool = False,
    plugins: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Result:
    """Run the experiment in a YAML file and return its result, as `gridloom run` does.

    `settings` are texts such as "training.epochs=10" put over the file; `n_jobs` is a number of workers, -1
    for one a core of this machine or as many as a cluster has: what `gridloom.toml` says unless it is given, else -1; `executor` names
    where they train, as `executor:` would in the file: a name, or a mapping of `name` and options; the run lives in `out/<name>`, where a run that was stopped is gone on with unless `fresh`;
    with `keep_models` there are the models of all fits in its `models/`; `plugins` are Python files or modules to load beside the installed ones, `without` names plugins to leave out.

    Raises subclasses of `gridloom.GridloomError`, whose texts are meant to be read, and TypeError for arguments that are
    something else.

    >>> result = gridloom.run("experiments/dropout.yaml")  # doctest: +SKIP
    >>> result.best.mean, result.best.params  # doctest: +SKIP
    """
    from gridloom.core.boundary import contained
    from gridloom.experiment.bind import read_experiment
    from gridloom.experiment.overrides import named_by_call
    from gridloom.registry.registry import load_registry
    from gridloom.runs.runner import run_experiment

    if not isinstance(file, str | PathLike):
        raise TypeError(f"an experiment is the path of a YAML file, not {type(file).__name__}")
    if n_jobs is not None and (not isinstance(n_jobs, int) or isinstance(n_jobs, bool)):
        raise TypeError(f"n_jobs is a whole number of workers, not {n_jobs!r}")
    for name, texts in {"settings": settings, "plugins": plugins, "without": without}.items():
        if isinstance(texts, str):
            raise TypeError(f"{name} is a list of texts; write {name}=[{texts!r}]")
    with contained("a plugin"):
        registry = load_registry(plugins, without)
        chosen = None if executor is None else named_by_call(executor)
        experiment = read_experiment(
            Path(file), registry, settings=settings, executor=chosen, plugins=plugins, without=without
        )
        return run_experiment(experiment, n_jobs=n_jobs, out=Path(out), fresh=fresh, keep_models=keep_models)


def load(run: str | PathLike[str], *, plugins: Sequence[str] = ()) -> Model:
    """Load the model that a run has kept (`refit: true`), with its preprocessing, to predict on new rows.

    `run` is the path of a run's folder, or of the folder of its model. `plugins` are Python files or modules that define
    layers, estimators or transforms of the model: nothing else is executed, whatever the files of the run hold.

    Raises subclasses of `gridloom.GridloomError`: where the run keeps no model, or it holds a type that nobody vouches for.

    >>> model = gridloom.load("runs/dropout")  # doctest: +SKIP
    >>> model.predict(table), model.predict_proba(table)  # doctest: +SKIP
    """
    from gridloom.core.boundary import contained
    from gridloom.models import model

    if not isinstance(run, str | PathLike):
        raise TypeError(f"a run is the path of its folder, not {type(run).__name__}")
    if isinstance(plugins, str):
        raise TypeError(f"plugins is a list of texts; write plugins=[{plugins!r}]")
    with contained("a plugin"):
        return model.load(Path(run), plugins)
