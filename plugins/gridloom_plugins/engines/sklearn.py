"""The engine `sklearn`: scikit-learn estimators, as proof that nothing but this package knows Keras."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from gridloom import Engine, Fit, FitResult, Predictions, StopRun, Work, fit_each

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def train(work: Work) -> Iterator[tuple[Fit, FitResult]]:
    """Fit scikit-learn estimators; those with a `random_state` get the fit's own seed.

    Where rows have weights, the estimator's `fit` gets them, in a pipeline that of its last step.
    """
    return fit_each(work.fits, partial(_train_one, work))


def environment(options: Mapping[str, Any]) -> dict[str, str]:  # noqa: ARG001
    """One thread a worker: the workers themselves keep the cores busy."""
    return {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def _train_one(work: Work, fit: Fit) -> FitResult:
    from sklearn.base import BaseEstimator

    started = time.perf_counter()
    train_rows, test_rows = work.rows(fit)
    work.training(fit)
    estimator = work.build(fit)
    if not isinstance(estimator, BaseEstimator):
        raise StopRun(f"the builder '{work.model_name}' returned {type(estimator).__name__}, no estimator")
    seeded = [name for name in estimator.get_params() if name.rpartition("__")[2] == "random_state"]
    estimator.set_params(**dict.fromkeys(seeded, work.seed(fit)))
    weights = _weights(estimator, work, train_rows)
    X = work.features(fit)
    estimator.fit(X[train_rows], work.data.y[train_rows], **weights)
    fitted = time.perf_counter()
    predictions = Predictions.of(estimator, X[test_rows], classes=bool(work.data.classes))
    return work.result(fit, predictions, {}, fitted - started, time.perf_counter() - fitted)


def _weights(estimator: Any, work: Work, rows: NDArray[np.intp]) -> dict[str, Any]:
    """The argument of `fit` that weighs these rows: `sample_weight`, in a pipeline that of its last step.

    Empty where the rows have no weights; StopRun for an estimator that takes none.
    """
    from sklearn.pipeline import Pipeline
    from sklearn.utils.validation import has_fit_parameter

    if work.data.weights is None:
        return {}
    name, last = "sample_weight", estimator
    prefix = ""
    while isinstance(last, Pipeline):
        step, last = last.steps[-1]
        prefix += f"{step}__"
    if not has_fit_parameter(last, name):
        raise StopRun(
            f"the rows of these data have weights, but {type(last).__name__} (of the builder '{work.model_name}') takes "
            "none: its fit has no 'sample_weight'; choose another model, or data without weights"
        )
    return {prefix + name: work.data.weights[rows]}


ENGINE = Engine(
    name="sklearn",
    summary="scikit-learn estimators, one fit after the other in each worker.",
    train=train,
    trains="estimator",
    environment=environment,
    weighs=True,
    prepares=True,
)
