"""The engine `scikeras`: Keras models on TensorFlow, each fit through a SciKeras estimator."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Ge

from gridloom import CannotTrain, Engine, Fit, FitResult, KeptModel, Work, fit_each
from gridloom_plugins.exports.networks import EXPORTS
from gridloom_plugins.networks.code import network_script
from gridloom_plugins.networks.saving import load_model
from gridloom_plugins.networks.tensorflow_environment import tensorflow_environment
from gridloom_plugins.networks.training import NetworkTraining
from gridloom_plugins.networks.weights import row_weights


def train(work: Work, threads: Annotated[int, Ge(1)] = 1) -> Iterator[tuple[Fit, FitResult]]:  # noqa: ARG001  (see environment)
    """Train networks by Keras `fit` on TensorFlow, scored by any scikit-learn scorer.

    `threads` is the number of TensorFlow threads of each worker; it is part of the experiment, not of the machine,
    since sums in another order give other scores.
    """
    import_quietly()
    return fit_each(work.fits, partial(_train_one, work))


def environment(options: Mapping[str, Any]) -> dict[str, str]:
    """See `tensorflow_environment`."""
    return tensorflow_environment(options.get("threads", 1))


def import_quietly() -> None:
    """Import TensorFlow, Keras and SciKeras once, with deterministic operations.

    They make millions of objects that stay: looking for garbage among them meanwhile would take a quarter of the time.
    """
    gc.disable()
    try:
        import tensorflow as tf

        import gridloom_plugins.networks.estimators  # noqa: F401
    except (ImportError, AttributeError) as error:
        raise CannotTrain(f"it does not know this version of TensorFlow, Keras or SciKeras: {error}") from error
    finally:
        gc.enable()
    tf.get_logger().setLevel("ERROR")
    tf.config.experimental.enable_op_determinism()


def _train_one(work: Work, fit: Fit) -> FitResult:
    from gridloom_plugins.networks.estimators import predicted

    started = time.perf_counter()
    _, test_rows = work.rows(fit)
    estimator = _fitted(work, fit)
    fitted = time.perf_counter()
    predictions = predicted(estimator, test_rows, work.data.task.kind)
    scored = time.perf_counter()
    history = {name: [float(value) for value in values] for name, values in estimator.history_.items()}
    seconds = fitted - started, scored - fitted
    return work.result(fit, predictions, history, *seconds, model=partial(_written, work, fit, estimator))


def _fitted(work: Work, fit: Fit) -> Any:
    """The fitted estimator."""
    from gridloom_plugins.networks.estimators import estimator_for

    rows, _ = work.rows(fit)
    estimator, y = estimator_for(work, fit, len(rows))
    estimator.fit(rows[:, None], y[rows], sample_weight=row_weights(work, fit, rows))
    return estimator


def refit(work: Work, fit: Fit, folder: Path) -> KeptModel:
    """Write the model of a fit, trained on all its rows, to `model.keras`."""
    import_quietly()
    return _written(work, fit, _fitted(work, fit), folder)


def _written(work: Work, fit: Fit, estimator: Any, folder: Path) -> KeptModel:
    """Write the network of a fitted estimator."""
    from gridloom_plugins.networks.saving import keep_model

    batch_size = estimator.batch_size
    return keep_model(work, fit, estimator.model_, folder, epochs=estimator.epochs, batch_size=batch_size)


ENGINE = Engine(
    name="scikeras",
    summary="Keras on TensorFlow through SciKeras, one fit after the other in each worker.",
    train=train,
    trains=("network", "tensorflow network"),
    training=NetworkTraining,
    environment=environment,
    packages=("tensorflow", "keras", "scikeras"),
    refit=refit,
    load=load_model,
    script=network_script,
    exports=EXPORTS,
    weighs=True,
    prepares=True,
    cuts=True,
    narrows=True,
    validates=True,
    decides=True,
    keras_callbacks=True,
    counts=True,
)
