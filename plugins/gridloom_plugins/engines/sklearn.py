"""The engine `sklearn`: scikit-learn estimators, as proof that nothing but this package knows Keras."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from gridloom import Engine, Fit, FitResult, Predictions, StopRun, Work, fit_each


def train(work: Work) -> Iterator[tuple[Fit, FitResult]]:
    """Fit scikit-learn estimators; those with a `random_state` get the fit's own seed."""
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
    estimator.fit(work.data.X[train_rows], work.data.y[train_rows])
    fitted = time.perf_counter()
    predictions = Predictions.of(estimator, work.data.X[test_rows], classes=bool(work.data.classes))
    return work.result(fit, predictions, {}, fitted - started, time.perf_counter() - fitted)


ENGINE = Engine(
    name="sklearn",
    summary="scikit-learn estimators, one fit after the other in each worker.",
    train=train,
    trains="estimator",
    environment=environment,
)
