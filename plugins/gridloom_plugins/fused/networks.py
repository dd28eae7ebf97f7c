"""A candidate's network as pure functions: a step of training, the short last step of an epoch, a prediction."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloom import Draft, Fit, GridloomError, TooLarge, Work
from gridloom_plugins.fused.drawing import drawn_by_numpy
from gridloom_plugins.fused.overridden import ignored_by_optimizer, ignored_methods
from gridloom_plugins.fused.randomness import RandomStep
from gridloom_plugins.fused.starts import Start, find_start
from gridloom_plugins.fused.traces import Evaluation, trace_prediction, trace_step, trace_watching
from gridloom_plugins.fused.tracing import Traced
from gridloom_plugins.fused.unsuitable import Unsuitable, is_of_preprocessing, reason_of, without_tensorflow
from gridloom_plugins.networks.drafting import drafted, sized_model
from gridloom_plugins.networks.keeping import Kept
from gridloom_plugins.networks.making import loss_weights, make_loss, make_metrics, make_optimizer
from gridloom_plugins.networks.targets import targets_of

PREDICTED_ROWS = 256
"""The most rows that are predicted at once."""

_targets: Kept[NDArray[Any]] = Kept(8)


@dataclass(frozen=True)
class Shape:
    """How many rows train, how many of them a step, how many are predicted at once, and how many watch the training.

    That is what a program is made for.
    """

    train: int
    batch: int
    predicted: int
    watching: int = 0

    @property
    def full_steps(self) -> int:
        """Steps of an epoch with a full batch."""
        return self.train // self.batch

    @property
    def last(self) -> int:
        """Rows of the short last step, 0 for none."""
        return self.train % self.batch

    @property
    def sizes(self) -> list[int]:
        """Rows of the kinds of step that an epoch has."""
        return [size for size in (self.batch if self.full_steps else 0, self.last) if size]


@dataclass(frozen=True, eq=False)
class Network:
    """All there is to know of a candidate's network, with the Keras model gone.

    The state is a list of arrays: trainable variables, others, those of the optimizer. A step takes state, features,
    targets (and weights of the rows), and returns the logs (named by `logs`), then the state.
    """

    shape: Shape
    draft: Draft
    start: Start
    variables: int
    """How many arrays of the state are the model's, before those of the optimizer."""
    optimizer: Sequence[NDArray[Any]]
    steps: Sequence[RandomStep]
    """The step with a full batch and the last one, as far as there are any."""
    predict: Traced
    parameters: int
    """How many numbers the model has."""
    logs: Sequence[str]
    targets: NDArray[Any]
    weighted: bool
    rate: int | None
    """The place of the learning rate in the state; None where the optimizer has a schedule of its own."""
    evaluation: Evaluation | None

    @property
    def epochs(self) -> int:
        """How many epochs a training has when nothing stops it, nor a budget."""
        return int(self.draft.training["epochs"])

    @cached_property
    def key(self) -> str:
        """Equal for networks that can share a program."""
        parts = [self.predict.key, *(step.key for step in self.steps)]
        parts += [traced.key for traced in self.evaluated]
        return hashlib.sha256(repr((self.shape, self.logs, self.weighted, parts)).encode()).hexdigest()

    @property
    def evaluated(self) -> Sequence[Traced]:
        """What is traced of the rows that watch the training; empty where there are none."""
        return self.evaluation.steps if self.evaluation else ()

    @property
    def first_rate(self) -> float | None:
        """The learning rate before the first step; None where the optimizer has a schedule of its own."""
        return None if self.rate is None else float(self.optimizer[self.rate - self.variables])

    def state(self, seed: int) -> list[NDArray[Any]]:
        """The state before the first step."""
        return [*self.start.values(seed), *self.optimizer]


def read_network(work: Work, fit: Fit, weighted: bool) -> Network:
    """The network of a fit.

    Raises Unsuitable for what cannot be a compiled program though another engine may train it, ValueError for what is
    wrong with any engine, and whatever a builder or family raises.
    """
    model, draft = _compiled(work, fit, seed=0)
    if others := work.keras_callbacks(draft.callbacks):
        raise Unsuitable(
            f"the callback '{next(iter(others))}' is a Keras callback, which a compiled program does not call"
        )
    train_rows, test_rows = work.rows(fit)
    predicted = min(PREDICTED_ROWS, 1 << (len(test_rows) - 1).bit_length())
    watching = work.validation_rows(fit)
    shape = Shape(len(train_rows), draft.training["batch_size"], predicted, 0 if watching is None else len(watching))
    _check(model)
    targets = _shared(work, targets_of(work, fit, model))
    try:
        steps, logs = zip(
            *(trace_step(model, work.task(fit), targets, weighted, size) for size in shape.sizes), strict=True
        )
        predict = trace_prediction(work, fit, model, shape.predicted)
        evaluation = trace_watching(work, fit, model, targets, shape.watching, shape.batch) if shape.watching else None
    except (Unsuitable, GridloomError, MemoryError):
        raise
    except Exception as error:
        raise Unsuitable(f"JAX cannot compile it: {reason_of(error)}") from error
    variables = [*model.trainable_variables, *model.non_trainable_variables]

    def rebuild(seed: int) -> list[NDArray[Any]]:
        again, _ = _compiled(work, fit, seed)
        return [np.asarray(variable) for variable in (*again.trainable_variables, *again.non_trainable_variables)]

    return Network(
        shape=shape,
        draft=draft,
        start=find_start(model, variables, rebuild),
        variables=len(variables),
        optimizer=[np.asarray(variable) for variable in model.optimizer.variables],
        steps=steps,
        predict=predict,
        parameters=model.count_params(),
        logs=logs[0],
        targets=targets,
        weighted=weighted,
        rate=_place_of_rate(model, len(variables)),
        evaluation=evaluation,
    )


def _place_of_rate(model: Any, before: int) -> int | None:
    """Where the learning rate stands in the state, behind so many variables of the model."""
    rate = getattr(model.optimizer, "learning_rate", None)  # a LossScaleOptimizer has that of the one inside of it
    places = [place for place, variable in enumerate(model.optimizer.variables) if variable is rate]
    return before + places[0] if places else None


def compiled_model(work: Work, fit: Fit) -> Any:
    """The fit's Keras model, compiled, with the weights that it begins with by one seed or another."""
    return _compiled(work, fit, seed=0)[0]


def _compiled(work: Work, fit: Fit, seed: int) -> tuple[Any, Draft]:
    """The fit's Keras model, compiled, and its draft; what is random about it comes from the seed."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  (builders may draw from it)
    with drawn_by_numpy():
        draft, built = _drafted(work, fit)
        try:
            model = sized_model(work, draft, built)
            optimizer = make_optimizer(draft, built)
            model.compile(
                optimizer=optimizer,
                loss=make_loss(draft, built),
                loss_weights=loss_weights(built),
                **make_metrics(draft, built),
            )
            optimizer.build(model.trainable_variables)
        except (ValueError, MemoryError, TooLarge):  # what is wrong with what the experiment gives: to any engine
            raise
        except Exception as error:
            raise Unsuitable(f"Keras cannot make it on JAX: {reason_of(error)}") from error
    return model, draft


def _drafted(work: Work, fit: Fit) -> tuple[Draft, Any]:
    """The fit's draft and model; Unsuitable where TensorFlow is missing, or a layer of preprocessing fails on JAX.

    Else whatever the builder or a family raises goes through.
    """
    try:
        return drafted(work, fit)
    except GridloomError:
        raise
    except Exception as error:
        if missing := without_tensorflow(error):
            raise Unsuitable(str(missing)) from error
        if is_of_preprocessing(error):
            raise Unsuitable(f"a layer of its preprocessing fails on JAX: {reason_of(error)}") from error
        raise


def _check(model: Any) -> None:
    """Unsuitable for a network that does things in training or prediction which a traced step would not do."""
    if not hasattr(model, "outputs"):
        raise Unsuitable("it is a subclass of keras.Model, not a Sequential or Functional model")
    if ignored := ignored_methods(model):
        raise Unsuitable(f"its class overrides {ignored[0]}, which a compiled program does not call")
    if ignored := ignored_by_optimizer(model.optimizer):
        raise Unsuitable(f"its optimizer overrides {ignored[0]}, which a compiled program does not call")
    if model.optimizer.use_ema:
        raise Unsuitable("its optimizer keeps a moving average of the weights (use_ema)")


def _shared(work: Work, targets: NDArray[Any]) -> NDArray[Any]:
    """Equal targets as one array, however many networks are kept: those of one type and shape are equal."""
    return _targets.get((work.data.fingerprint, targets.dtype.str, targets.shape), lambda: targets)
