"""Gridloom from Python: `gridloom.run("experiment.yaml")`, and `gridloom.load("runs/experiment")`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridloom.authoring.from_python.arguments import explaining_arguments
from gridloom.core.spelling import Speech, speaking
from gridloom.errors import InvalidInput, Location

if TYPE_CHECKING:
    from gridloom.experiment.experiment import Experiment
    from gridloom.models.model import Model
    from gridloom.registry.records import ModelBuilder
    from gridloom.results.result import Result


@explaining_arguments(Speech.FILE)
def run(
    file: str | PathLike[str] | Mapping[str, Any] | Experiment,
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
    """Run an experiment and return its result, as `gridloom run` does.

    `file` is the path of a YAML file, or a dict with the content of one. File names in a dict are relative to the current
    folder, and messages name its keys in place of lines and columns.

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
    from gridloom.authoring.from_python.given_experiment import experiment_of_given
    from gridloom.core.boundary import contained
    from gridloom.runs.runner import run_experiment

    _check_jobs(n_jobs)
    _check_texts(settings=settings, plugins=plugins, without=without)
    speech = Speech.FILE if isinstance(file, str | PathLike) else Speech.DICT
    with speaking(speech), contained("a plugin"):
        experiment = experiment_of_given(file, settings=settings, executor=executor, plugins=plugins, without=without)
        return run_experiment(experiment, n_jobs=n_jobs, out=Path(out), fresh=fresh, keep_models=keep_models)


def _check_jobs(n_jobs: object) -> None:
    if n_jobs is not None and (not isinstance(n_jobs, int) or isinstance(n_jobs, bool)):
        raise TypeError(f"n_jobs must be a whole number, not {n_jobs!r}")
    if n_jobs == 0:
        raise InvalidInput.at(
            Location("n_jobs"), "must be a number of workers, or -1 for one per core; 0 is not allowed"
        )


def _check_texts(**given: Sequence[str]) -> None:
    for name, texts in given.items():
        if isinstance(texts, str):
            written = [texts]
        elif isinstance(texts, Mapping):
            written = [f"{key}={json.dumps(value, default=str)}" for key, value in texts.items()]
        else:
            continue
        raise TypeError(f"{name} must be a list of strings; write {name}={written!r}")


@explaining_arguments(Speech.FILE)
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
    _check_texts(plugins=plugins)
    with contained("a plugin"):
        return model.load(Path(run), plugins)


@explaining_arguments(Speech.ARGUMENTS)
def search(
    build: Callable[..., Any] | ModelBuilder | str | Mapping[str, Any],
    X: Any,
    y: Any,
    *,
    space: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    strategy: str | Mapping[str, Any] | None = None,
    name: str | None = None,
    preprocess: Sequence[str | Mapping[str, Any]] | None = None,
    training: Mapping[str, Any] | None = None,
    validation: str | Mapping[str, Any] | None = None,
    test: float | Mapping[str, Any] | None = None,
    scoring: str | Mapping[str, Any] | Sequence[str | Mapping[str, Any]] | None = None,
    rank_by: str | None = None,
    seed: int = 0,
    refit: bool | str = False,
    engine: str | Mapping[str, Any] | None = None,
    reporters: Sequence[str | Mapping[str, Any]] | None = None,
    description: str | None = None,
    task: str | None = None,
    groups: Any = None,
    order: Any = None,
    folds: Any = None,
    sample_weight: Any = None,
    positive: str | float | None = None,
    sample: float | None = None,
    first: Sequence[Mapping[str, Any]] | None = None,
    warm_start: str | PathLike[str] | None = None,
    require: Sequence[Mapping[str, Any]] | None = None,
    stop: Mapping[str, Any] | None = None,
    limits: Mapping[str, Any] | None = None,
    time_limit: str | None = None,
    published: str | Mapping[str, Any] | None = None,
    n_jobs: int | None = None,
    executor: str | Mapping[str, Any] | None = None,
    out: str | PathLike[str] = "runs",
    fresh: bool = False,
    keep_models: bool = False,
    plugins: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Result:
    """Search hyperparameters of the models that a function builds, on arrays, and return the result.

    `build` is a function that returns a Keras model or a scikit-learn estimator: `build()`, `build(task)` with a
    `gridloom.Task`, or `build(task, width=32)`, whose other parameters can be searched with
    `space={"model": {"width": [16, 32]}}`. It may be defined in a notebook or a script; it is called in worker processes.
    The name of a model builder, or a dict with its name and options, works as well.

    `X` is an array of shape (rows, ...), a DataFrame of pandas or polars, or a dict of arrays for models with several
    inputs. `y` has a class or a number per row, or several in columns. `task` is "classification", "regression" or "multilabel"; by default
    it follows from `y`. `groups`, `order`, `folds` and `sample_weight` have a value per row; none of them is a feature.

    All other arguments have the meaning of the key of the same name in a YAML file, and take the same values. What to try
    for a parameter is a list, a dict such as `{"low": 1e-4, "high": 0.1, "scale": "log"}`, a `gridloom.Range` or
    `gridloom.Choices`.

    The run's folder is `out/<name>`; by default the name is that of the function. The same call resumes a run that was
    stopped. If the function, what it refers to, or the data have changed, the run is refused unless `fresh` is true.

    Raises subclasses of `gridloom.GridloomError`, whose messages name the argument that is wrong, and TypeError for
    arguments of another type.

    >>> result = gridloom.search(build, X, y, space={"model": {"width": [16, 32]}})  # doctest: +SKIP
    >>> result.best.mean, result.best.params  # doctest: +SKIP
    """
    from gridloom.authoring.from_python.call import Call, experiment_of
    from gridloom.core.boundary import contained
    from gridloom.runs.runner import run_experiment

    _check_jobs(n_jobs)
    _check_texts(plugins=plugins, without=without)
    searched = {
        "space": space,
        "strategy": strategy,
        "first": first,
        "warm_start": warm_start,
        "require": require,
        "stop": stop,
        "limits": limits,
    }
    keys = {
        "name": name,
        "description": description,
        "preprocess": preprocess,
        "training": training,
        "validation": validation,
        "test": test,
        "scoring": scoring,
        "rank_by": rank_by,
        "seed": seed,
        "engine": engine,
        "executor": executor,
        "time_limit": time_limit,
        "refit": refit,
        "published": published,
        "reporters": reporters,
    }
    rows = {"groups": groups, "order": order, "folds": folds, "weights": sample_weight}
    beside = {"positive": positive, "sample": sample}
    with contained("a plugin"):
        experiment = experiment_of(Call(build, X, y, task, rows, keys, searched, beside, plugins, without))
        result = run_experiment(experiment, n_jobs=n_jobs, out=Path(out), fresh=fresh, keep_models=keep_models)
    modules = [name for name in (getattr(build, "__module__", None), *plugins) if name]
    return replace(result, loader=partial(_load_with, modules))


def _load_with(modules: Sequence[str], folder: Path, plugins: Sequence[str]) -> Model:
    """The model in a run's folder, loaded with the modules that its builder came from."""
    from gridloom.core.boundary import contained
    from gridloom.models import model

    with speaking(Speech.ARGUMENTS), contained("a plugin"):
        return model.load(folder, [*dict.fromkeys([*modules, *plugins])])
