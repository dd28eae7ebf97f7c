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

    `settings` are overrides of the file such as "training.epochs=10". `n_jobs` is the number of workers; -1 means one
    per core of this machine, or as many as a cluster has. By default it is taken from `gridloom.toml`, else -1.
    `executor` says where fits are trained, as `executor:` does in the file: a name, or a mapping with `name` and
    options. The run's folder is `out/<name>`; a run that was stopped is resumed there unless `fresh` is true.
    `keep_models` keeps the models of all fits in its subfolder `models`. `plugins` are Python files or modules to load
    in addition to the installed plugins, and `without` names plugins to disable.

    Raises subclasses of `gridloom.GridloomError`, whose messages are written for users, and TypeError for arguments of
    another type.

    >>> result = gridloom.run("experiments/dropout.yaml")  # doctest: +SKIP
    >>> result.best.mean, result.best.params  # doctest: +SKIP
    """
    from gridloom.core.boundary import contained
    from gridloom.experiment.bind import read_experiment
    from gridloom.experiment.overrides import named_by_call
    from gridloom.registry.registry import load_registry
    from gridloom.runs.runner import run_experiment

    if not isinstance(file, str | PathLike):
        raise TypeError(f"experiment must be the path of a YAML file, not {type(file).__name__}")
    if n_jobs is not None and (not isinstance(n_jobs, int) or isinstance(n_jobs, bool)):
        raise TypeError(f"n_jobs must be a whole number, not {n_jobs!r}")
    for name, texts in {"settings": settings, "plugins": plugins, "without": without}.items():
        if isinstance(texts, str):
            raise TypeError(f"{name} must be a list of strings; write {name}=[{texts!r}]")
    with contained("a plugin"):
        registry = load_registry(plugins, without)
        chosen = None if executor is None else named_by_call(executor)
        experiment = read_experiment(
            Path(file), registry, settings=settings, executor=chosen, plugins=plugins, without=without
        )
        return run_experiment(experiment, n_jobs=n_jobs, out=Path(out), fresh=fresh, keep_models=keep_models)


def load(run: str | PathLike[str], *, plugins: Sequence[str] = ()) -> Model:
    """Load the model that a run has kept (`refit: true`), with its preprocessing, to predict on new rows.

    `run` is the path of a run's folder, or of its model folder. `plugins` are Python files or modules that define
    layers, estimators or transforms of the model. No other code is executed, whatever the run's files contain.

    Raises subclasses of `gridloom.GridloomError` if the run keeps no model, or if the model contains a type that is not
    trusted.

    >>> model = gridloom.load("runs/dropout")  # doctest: +SKIP
    >>> model.predict(table), model.predict_proba(table)  # doctest: +SKIP
    """
    from gridloom.core.boundary import contained
    from gridloom.models import model

    if not isinstance(run, str | PathLike):
        raise TypeError(f"run must be the path of a run's folder, not {type(run).__name__}")
    if isinstance(plugins, str):
        raise TypeError(f"plugins must be a list of strings; write plugins=[{plugins!r}]")
    with contained("a plugin"):
        return model.load(Path(run), plugins)
