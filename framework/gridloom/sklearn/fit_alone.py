"""One fit of a `KerasModel`: a run of a single candidate, whose model and history are kept in memory."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from gridloom.authoring.from_python.code_parts import behind
from gridloom.core.file_names import MODELS
from gridloom.errors import GridloomError
from gridloom.results.result import Result
from gridloom.sklearn.kept_network import KeptNetwork
from gridloom.sklearn.labels import labelled
from gridloom.sklearn.own_parameters import PREFIX
from gridloom.sklearn.own_plans import plan_for
from gridloom.sklearn.training import Given, run_of

UNKEPT = (
    "an estimator keeps its network as a file, and this network cannot be read back; define its layers as classes at the top level of "
    "your program or of a module"
)

PLACE = re.compile(r"\b(?:space\.(?:training|model)\.(\w+)\[0\]|training\.(?=\w))")
"""Where an experiment has what a parameter of the estimator says."""


def fitted_alone(
    estimator: Any, X: Any, y: Any, sample_weight: Any, seed: int
) -> tuple[KeptNetwork, dict[str, list[float]]]:
    """The network of an estimator trained on these rows, and its history; `y` has class numbers or numbers.

    ValueError for parameters that make no experiment, RuntimeError where the training fails.
    """
    params = estimator.get_params(deep=False)
    plan = plan_for(params, getattr(estimator, "classes_", ()))
    items = labelled([({name: value for name, value in params.items() if name.startswith(PREFIX)}, plan)])
    scoring = "accuracy" if estimator.task == "classification" else "neg_mean_squared_error"
    given = Given(y, estimator.task, sample_weight, [scoring], None, 1, seed)
    rows = np.arange(len(y))
    with TemporaryDirectory(prefix="gridloom-") as folder:
        try:
            result = run_of(items, X, [(rows, rows)], given, Path(folder), engine=estimator.engine, keep_models=True)
            return _kept(result, estimator.build)
        except GridloomError as error:
            raise ValueError(PLACE.sub(r"\1", str(error))) from error


def _kept(result: Result, build: Any) -> tuple[KeptNetwork, dict[str, list[float]]]:
    (trial,) = result.trials
    (done,) = trial.results
    if done is None or done.error is not None:
        raise RuntimeError(f"the network cannot be trained: {done.error if done else 'no result'}")
    folders = [*(result.folder / MODELS).glob("[!.]*")]
    if not folders:
        raise RuntimeError(f"{UNKEPT}: {'; '.join(error.message for error in result.report_errors)}")
    module = getattr(behind(build), "__module__", None)
    try:
        network = KeptNetwork.of(folders[0], [module] if module else [])
    except GridloomError as error:
        raise RuntimeError(f"{UNKEPT}: {str(error).partition(';')[0]}") from error
    return network, {name: list(values) for name, values in done.history.items()}
