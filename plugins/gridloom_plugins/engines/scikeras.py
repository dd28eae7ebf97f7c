"""The engine `scikeras`: Keras models on TensorFlow, each fit through a SciKeras estimator."""

from __future__ import annotations

import gc
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Ge

from gridloom import CannotTrain, Engine, Fit, FitResult, KeptModel, Work, by_training, fit_each, trainings
from gridloom_plugins.exports.networks import EXPORTS
from gridloom_plugins.networks.code import network_script
from gridloom_plugins.networks.importing import without
from gridloom_plugins.networks.saving import load_model
from gridloom_plugins.networks.tensorflow_environment import tensorflow_environment
from gridloom_plugins.networks.training import NetworkTraining
from gridloom_plugins.networks.weights import row_weights


def train(work: Work, threads: Annotated[int, Ge(1)] = 1) -> Iterator[tuple[Fit, FitResult]]:  # noqa: ARG001  (see environment)
    """Train networks with Keras's `fit` on TensorFlow, scored by any scikit-learn scorer.

    Where SciKeras does not work with the packages that are installed, training does without it, with equal scores; the run says so.
    `threads` is the number of TensorFlow threads of each worker; it belongs to the experiment, not to the machine,
    since summing in another order changes scores.
    """
    import_quietly()
    return _trained(work)


def environment(options: Mapping[str, Any]) -> dict[str, str]:
    """See `tensorflow_environment`."""
    return tensorflow_environment(options.get("threads", 1))


def import_quietly() -> None:
    """Import TensorFlow, Keras and SciKeras once, with deterministic operations.

    They make millions of objects that stay: looking for garbage among them meanwhile would take a quarter of the time.
    Where JAX and matplotlib are installed, TensorFlow and Keras would import them as well, which takes another fifth.
    """
    gc.disable()
    try:
        with without("jax", "matplotlib"):
            import tensorflow as tf

            import gridloom_plugins.networks.estimators
            import gridloom_plugins.networks.through_scikeras
    except (ImportError, AttributeError) as error:
        raise CannotTrain(f"it does not support this version of TensorFlow or Keras: {error}") from error
    finally:
        gc.enable()
    tf.get_logger().setLevel("ERROR")
    gridloom_plugins.networks.through_scikeras.way()
    tf.config.experimental.enable_op_determinism()


@dataclass(frozen=True)
class _Ending:
    """How a training ended: what was noted of its epochs, its seconds, how many epochs it might have had, and which was kept."""

    history: Mapping[str, Sequence[Any]]
    seconds: float
    epochs: int
    kept: int | None


def _trained(work: Work) -> Iterator[tuple[Fit, FitResult]]:
    """Each fit with its result; those that differ in their number of epochs alone are one training where they can be."""
    for fits in trainings(work.fits):
        yield from fit_each(fits, partial(_train_one, work)) if len(fits) == 1 else _train_lengths(work, fits)


def _train_one(work: Work, fit: Fit) -> FitResult:
    started = time.perf_counter()
    fitting = _fitted(work, fit)
    return _scored(work, fit, fitting, _whole(fitting, time.perf_counter() - started))


def _train_lengths(work: Work, fits: Sequence[Fit]) -> Iterator[tuple[Fit, FitResult]]:
    """The longest of these fits with its result, and others that are the beginnings of it; else each is trained alone."""
    from gridloom_plugins.networks.lengths import lengths_of

    lengths = lengths_of(work, fits)
    if lengths is None:
        yield from fit_each(fits, partial(_train_one, work))
        return
    longest, *others = sorted(fits, key=lambda fit: -lengths[fit.key])
    trained: list[tuple[Any, Any]] = []

    def whole(fit: Fit) -> FitResult:
        started = time.perf_counter()
        trained.append(_noting(work, fit, {lengths[other.key] for other in others}))
        fitting, _ = trained[0]
        return _scored(work, fit, fitting, _whole(fitting, time.perf_counter() - started))

    yield from fit_each([longest], whole)
    if not trained:
        yield from fit_each(others, partial(_train_one, work))
        return
    yield from fit_each(others, lambda fit: _beginning(work, fit, *trained[0], lengths[fit.key]))


def _noting(work: Work, fit: Fit, after: Collection[int]) -> tuple[Any, Any]:
    """The training that is done, and how it was after these numbers of epochs."""
    from gridloom_plugins.networks.estimators import fitting_for
    from gridloom_plugins.networks.lengths import Moments

    rows, _ = work.rows(fit)
    fitting, y = fitting_for(work, fit, len(rows))
    moments = Moments(after, fitting.between)
    fitting.keras_callbacks = [*fitting.keras_callbacks, moments]
    return _fit(work, fit, fitting, y), moments


def _beginning(work: Work, fit: Fit, fitting: Any, moments: Any, epochs: int) -> FitResult:
    """The result of a fit that is the beginning of the training of another, or all of it where that was stopped early."""
    from gridloom_plugins.networks.finite import check_losses

    last = len(fitting.history["loss"])
    if epochs >= last:
        return _scored(work, fit, fitting, replace(_whole(fitting, moments.seconds), epochs=epochs))
    moment = moments.found[epochs]
    history = {name: values[:epochs] for name, values in fitting.history.items() if name not in moment.history}
    check_losses(history["loss"], moment.kept)
    moments.back_to(moment)
    ending = _Ending({**history, **moment.history}, moment.seconds, epochs, moment.kept)
    return _scored(work, fit, fitting, ending)


def _whole(fitting: Any, seconds: float) -> _Ending:
    """How a training ended; NotFinite when a loss is not finite."""
    fitting.check()
    return _Ending(fitting.history, seconds, fitting.epochs, fitting.between.following.kept)


def _scored(work: Work, fit: Fit, fitting: Any, ending: _Ending) -> FitResult:
    from gridloom_plugins.networks.estimators import predicted

    started = time.perf_counter()
    _, test_rows = work.rows(fit)
    predictions = predicted(fitting, test_rows, work.data.task.kind)
    took = time.perf_counter() - started
    noted = {name: [float(value) for value in values] for name, values in ending.history.items()}
    model = partial(_written, work, fit, fitting, ending)
    size = fitting.model.count_params()
    return work.result(fit, predictions, noted, ending.seconds, took, model=model, parameters=size)


def _fitted(work: Work, fit: Fit) -> Any:
    """The training, done."""
    from gridloom_plugins.networks.estimators import fitting_for

    rows, _ = work.rows(fit)
    return _fit(work, fit, *fitting_for(work, fit, len(rows)))


def _fit(work: Work, fit: Fit, fitting: Any, y: Any) -> Any:
    from gridloom_plugins.networks.through_scikeras import way

    rows, _ = work.rows(fit)
    return fitting.fit(rows, y[rows], row_weights(work, fit, rows), way()[0])


def notes() -> list[str]:
    """That networks are trained without SciKeras, where it cannot be used."""
    from gridloom_plugins.networks.through_scikeras import way

    return [note] if (note := way()[1]) else []


def refit(work: Work, fit: Fit, folder: Path) -> KeptModel:
    """Write the model of a fit, trained on all its rows, to `model.keras`."""
    import_quietly()
    fitting = _fitted(work, fit)
    return _written(work, fit, fitting, _whole(fitting, 0.0), folder)


def _written(work: Work, fit: Fit, fitting: Any, ending: _Ending, folder: Path) -> KeptModel:
    """Write the trained network."""
    from gridloom_plugins.networks.saving import Ended, keep_model

    ended = Ended(len(ending.history["loss"]), ending.kept, fitting.decided_by)
    size = fitting.batch_size
    return keep_model(work, fit, fitting.model, folder, epochs=ending.epochs, batch_size=size, ended=ended)


ENGINE = Engine(
    name="scikeras",
    summary="Keras on TensorFlow through SciKeras, one fit after the other in each worker.",
    train=train,
    trains=("network", "tensorflow network"),
    training=NetworkTraining,
    environment=environment,
    cut=by_training,
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
    continues=True,
    notes=notes,
    memory=600 * 1024 * 1024,
)
