"""The engine `sklearn`: scikit-learn estimators, as proof that nothing but this package knows Keras."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gridloom import (
    Code,
    Engine,
    Fit,
    FitResult,
    KeptModel,
    LoadedModel,
    Predictions,
    Script,
    StopRun,
    Work,
    estimator_code,
    fit_each,
    read_skops,
    untrusted_types,
    write_skops,
)
from gridloom_plugins.exports.estimators import EXPORTS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TRIED_ROWS = 32
"""How many rows a model predicts again, loaded from its file, to see that it is the same."""


def train(work: Work) -> Iterator[tuple[Fit, FitResult]]:
    """Fit scikit-learn estimators; those with a `random_state` get the fit's own seed.

    If rows have weights, they are passed to the estimator's `fit`, or to that of the last step of a pipeline.
    """
    import sklearn.metrics
    import sklearn.pipeline  # noqa: F401  (what fits and scores need, which is no part of the first one's time)

    return fit_each(work.fits, partial(_train_one, work))


def environment(options: Mapping[str, Any]) -> dict[str, str]:  # noqa: ARG001
    """One thread a worker: the workers themselves keep the cores busy."""
    return {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def _train_one(work: Work, fit: Fit) -> FitResult:
    started = time.perf_counter()
    _, test_rows = work.rows(fit)
    work.training(fit)
    estimator = _fitted(work, fit)
    fitted = time.perf_counter()
    predictions = Predictions.of(estimator, work.features(fit)[test_rows], classes=not work.data.task.is_numeric)
    seconds = fitted - started, time.perf_counter() - fitted
    return work.result(fit, predictions, {}, *seconds, model=partial(_written, work, fit, estimator))


def _fitted(work: Work, fit: Fit) -> Any:
    """The fit's estimator, fitted to the rows that train it."""
    from sklearn.base import BaseEstimator

    rows, _ = work.rows(fit)
    estimator = work.build(fit)
    if not isinstance(estimator, BaseEstimator):
        raise StopRun(f"the builder '{work.model_name}' returned {type(estimator).__name__}, which is not an estimator")
    seeded = [name for name in estimator.get_params() if name.rpartition("__")[2] == "random_state"]
    estimator.set_params(**dict.fromkeys(seeded, work.seed(fit)))
    weights = _weights(estimator, work, rows)
    with _several_targets(estimator, work):
        estimator.fit(work.features(fit)[rows], work.data.y[rows], **weights)
    return estimator


@contextmanager
def _several_targets(estimator: Any, work: Work) -> Iterator[None]:
    """StopRun in words where an estimator refuses several targets, as all others of its kind will."""
    task = work.data.task
    try:
        yield
    except ValueError as error:
        if task.n_outputs == 1 or "1d array" not in str(error):
            raise
        last = type(_last_step(estimator)[1]).__name__
        wrapper = "MultiOutputRegressor" if task.is_numeric else "MultiOutputClassifier"
        raise StopRun(
            f"{task.in_words}, but {last} (of the builder '{work.model_name}') predicts a single target; wrap it in "
            f"the builder as sklearn.multioutput.{wrapper}({last}()), or choose another model"
        ) from error


def refit(work: Work, fit: Fit, folder: Path) -> KeptModel:
    """Write the estimator of a fit, fitted to all its rows, to `model.skops`."""
    return _written(work, fit, _fitted(work, fit), folder)


def _written(work: Work, fit: Fit, estimator: Any, folder: Path) -> KeptModel:
    """Write the fitted estimator of a fit to `model.skops`.

    Raises StopRun where skops cannot write or load it, or it then predicts something else.
    """
    import numpy as np

    path = folder / "model.skops"
    write_skops(path, estimator)
    X, own = work.features(fit)[:TRIED_ROWS], _own_modules(estimator)
    again = read_skops(path, [sys.modules[name] for name in own])
    if not np.array_equal(estimator.predict(X), again.predict(X)):
        raise StopRun("the model predicts differently after loading it from its file, so it is not kept")
    weighs = next(iter(_weights(estimator, work, work.rows(fit)[0])), None)
    task = work.data.task
    labels = task.n_outputs if task.kind == "multilabel" else 0
    return KeptModel(path, {"classes": task.n_classes, "labels": labels, "own_modules": own, "weighs": weighs})


def _own_modules(estimator: Any) -> list[str]:
    """The modules or packages that define the estimator, and those inside it, where they are not scikit-learn's."""
    inside = [estimator, *estimator.get_params().values()]
    names = {type(item).__module__ for item in inside if hasattr(item, "fit") and not isinstance(item, type)}
    return sorted({name.partition(".")[0] for name in names} - {"sklearn"})


def load(path: Path, note: Mapping[str, Any], modules: Sequence[ModuleType]) -> LoadedModel:
    """The estimator in a file, and what it predicts; types of its own are those that the modules define."""
    estimator = read_skops(path, modules)
    return LoadedModel(estimator, lambda X: Predictions.of(estimator, X, classes=_tells_classes(note)))


def _tells_classes(note: Mapping[str, Any]) -> bool:
    """Whether a kept estimator tells classes or labels."""
    return bool(note["classes"] or note.get("labels"))


def script(path: Path, note: Mapping[str, Any]) -> Script:
    """How the estimator in a file is fitted and used by plain scikit-learn."""
    estimator = read_skops(path, [sys.modules[name] for name in note["own_modules"] if name in sys.modules])
    made = estimator_code(estimator)
    weighing = f", **({{}} if weights is None else {{{note['weighs']!r}: weights}})" if note["weighs"] else ""
    answer = "predict_proba" if _tells_classes(note) and hasattr(estimator, "predict_proba") else "predict"
    columns = note.get("labels") and answer == "predict_proba"
    predicting = (_PREDICT_LABELS if columns else _PREDICT).format(answer=answer, trusted=untrusted_types(path))
    return Script(
        Code(_TRAIN.format(made=made.text, weighing=weighing), made.imports | {_SKOPS}, made.modules),
        Code(predicting, frozenset((_SKOPS, "import numpy as np")), made.modules),
    )


_SKOPS = "import skops.io"

_TRAIN = '''def train(X, y, weights):
    """The estimator, fitted to features, class numbers or numbers, and weights of the rows (or None)."""
    return {made}.fit(X, y{weighing})


def save(model, folder):
    """Write the estimator."""
    skops.io.dump(model, folder / "model.skops")
'''

_PREDICT = '''def load(folder):
    """The estimator in the folder."""
    return skops.io.load(folder / "model.skops", trusted={trusted})


def predict(model, X):
    """Probabilities of the classes, shape (rows, classes); or what the estimator predicts."""
    return model.{answer}(X)
'''

_PREDICT_LABELS = '''def load(folder):
    """The estimator in the folder."""
    return skops.io.load(folder / "model.skops", trusted={trusted})


def predict(model, X):
    """Probabilities of the labels, shape (rows, labels)."""
    found = model.predict_proba(X)
    return np.column_stack([part[:, 1] for part in found]) if isinstance(found, list) else found
'''


def _weights(estimator: Any, work: Work, rows: NDArray[np.intp]) -> dict[str, Any]:
    """The argument of `fit` that weighs these rows: `sample_weight`, in a pipeline that of its last step.

    Empty where the rows have no weights; StopRun for an estimator that takes none.
    """
    from sklearn.utils.validation import has_fit_parameter

    if work.data.weights is None:
        return {}
    name = "sample_weight"
    prefix, last = _last_step(estimator)
    if not has_fit_parameter(last, name):
        raise StopRun(
            f"the rows of these data have weights, but {type(last).__name__} (of the builder '{work.model_name}') does "
            f"not accept weights: its fit has no 'sample_weight'; choose another model, or data without weights"
        )
    return {prefix + name: work.data.weights[rows]}


def _last_step(estimator: Any) -> tuple[str, Any]:
    """The estimator itself, or of a pipeline the last one; and what stands before the names of arguments of its `fit`."""
    from sklearn.pipeline import Pipeline

    prefix, last = "", estimator
    while isinstance(last, Pipeline):
        step, last = last.steps[-1]
        prefix += f"{step}__"
    return prefix, last


ENGINE = Engine(
    name="sklearn",
    summary="scikit-learn estimators, one fit after the other in each worker.",
    train=train,
    trains="estimator",
    environment=environment,
    refit=refit,
    load=load,
    script=script,
    exports=EXPORTS,
    weighs=True,
    prepares=True,
    memory=160 * 1024 * 1024,
)
