"""A candidate's network as pure functions: a step of training, the short last step of an epoch, a prediction."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from gridloom import Fit, Work
from gridloom_plugins.fused.drawing import drawn_by_numpy
from gridloom_plugins.fused.logits import crossentropies_from_logits
from gridloom_plugins.fused.randomness import RandomStep
from gridloom_plugins.fused.starts import Start, find_start
from gridloom_plugins.fused.tracing import Traced, trace
from gridloom_plugins.networks.drafting import drafted
from gridloom_plugins.networks.making import loss_weights, make_loss, make_metrics, make_model, make_optimizer
from gridloom_plugins.networks.outputs import probabilities
from gridloom_plugins.networks.targets import coded_targets, output_shape

PREDICTED_ROWS = 256
"""The most rows that are predicted at once."""


class Unsuitable(Exception):
    """A network that cannot be trained in a compiled JAX program, though another engine may train it."""


@dataclass(frozen=True)
class Shape:
    """How many rows train, how many of them a step, and how many are predicted at once: what a program is made for."""

    train: int
    batch: int
    predicted: int

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
    epochs: int
    start: Start
    variables: int
    """How many arrays of the state are the model's, before those of the optimizer."""
    optimizer: Sequence[NDArray[Any]]
    steps: Sequence[RandomStep]
    """The step with a full batch and the last one, as far as there are any."""
    predict: Traced
    logs: Sequence[str]
    targets: NDArray[Any]
    weighted: bool

    @cached_property
    def key(self) -> str:
        """Equal for networks that can share a program."""
        parts = [self.predict.key, *(step.key for step in self.steps)]
        return hashlib.sha256(repr((self.shape, self.logs, self.weighted, parts)).encode()).hexdigest()

    def state(self, seed: int) -> list[NDArray[Any]]:
        """The state before the first step."""
        return [*self.start.values(seed), *self.optimizer]


def read_network(work: Work, fit: Fit, weighted: bool) -> Network:
    """The network of a fit; whatever a builder or a layer raises when there is none.

    Raises ValueError for what is wrong with any engine, Unsuitable for what cannot be a compiled program.
    """
    model, training = _compiled(work, fit, seed=0)
    train_rows, test_rows = work.rows(fit)
    predicted = min(PREDICTED_ROWS, 1 << (len(test_rows) - 1).bit_length())
    shape = Shape(len(train_rows), training["batch_size"], predicted)
    if not hasattr(model, "outputs"):
        raise Unsuitable("it is a subclass of keras.Model, not a Sequential or Functional model")
    if model.optimizer.use_ema:
        raise Unsuitable("its optimizer keeps a moving average of the weights (use_ema)")
    targets = coded_targets(work.data, output_shape(model, work.data), model.loss, work.training(fit).targets)
    try:
        steps, logs = zip(
            *(_trace_step(model, work.data.X, targets, weighted, size) for size in shape.sizes), strict=True
        )
        predict = _trace_prediction(work, model, shape.predicted)
    except (jax.errors.JAXTypeError, NotImplementedError, TypeError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise Unsuitable(f"JAX cannot compile it: {type(error).__name__}: {reason}") from error
    variables = [*model.trainable_variables, *model.non_trainable_variables]

    def rebuild(seed: int) -> list[NDArray[Any]]:
        again, _ = _compiled(work, fit, seed)
        return [np.asarray(variable) for variable in (*again.trainable_variables, *again.non_trainable_variables)]

    return Network(
        shape=shape,
        epochs=training["epochs"],
        start=find_start(model, variables, rebuild),
        variables=len(variables),
        optimizer=[np.asarray(variable) for variable in model.optimizer.variables],
        steps=steps,
        predict=predict,
        logs=logs[0],
        targets=targets,
        weighted=weighted,
    )


def compiled_model(work: Work, fit: Fit) -> Any:
    """The fit's Keras model, compiled, with the weights that it begins with by one seed or another."""
    return _compiled(work, fit, seed=0)[0]


def _compiled(work: Work, fit: Fit, seed: int) -> tuple[Any, Any]:
    """The fit's Keras model, compiled, and its training settings; what is random about it comes from the seed."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  (builders may draw from it)
    with drawn_by_numpy():
        draft, built = drafted(work, fit)
        model = make_model(draft, built)
        optimizer = make_optimizer(draft, built)
        model.compile(
            optimizer=optimizer,
            loss=make_loss(draft, built),
            loss_weights=loss_weights(built),
            metrics=make_metrics(draft),
        )
        optimizer.build(model.trainable_variables)
    return model, draft.training


def _trace_step(
    model: Any, X: NDArray[Any], y: NDArray[Any], weighted: bool, size: int
) -> tuple[RandomStep, tuple[str, ...]]:
    """A step of training on so many rows, and the names of what it logs."""
    data: tuple[NDArray[Any], ...] = (
        np.zeros((size, *X.shape[1:]), "float32"),
        np.zeros((size, *y.shape[1:]), y.dtype),
    )
    data += (np.ones(size, "float32"),) if weighted else ()
    model._symbolic_build(data_batch=data)
    trainable, others, optimizer, metrics = (
        [variable.value for variable in variables]
        for variables in (
            model.trainable_variables,
            model.non_trainable_variables,
            model.optimizer.variables,
            model.metrics_variables,
        )
    )

    def step(state: Any, counts: Any, rows: Any) -> Any:
        with crossentropies_from_logits():
            logs, after = model.train_step((*state, counts), rows)
        return after, logs

    traced, (after, logs) = trace(step, (trainable, others, optimizer), metrics, data)
    seeds = [
        len(trainable) + place for place, value in enumerate(others) if value.dtype == "uint32" and value.shape == (2,)
    ]
    if jax.tree.structure(after) != jax.tree.structure((trainable, others, optimizer, metrics)):
        raise Unsuitable("its train_step does not return a state like the one it gets")
    counts = [np.asarray(value) for value in metrics]
    return RandomStep(traced, seeds, counts, len(logs)), tuple(sorted(logs))


def _trace_prediction(work: Work, model: Any, rows: int) -> Traced:
    """Outputs for so many rows, as probabilities where there are classes."""
    X = work.data.X

    def predict(trainable: Any, others: Any, features: Any) -> Any:
        outputs, _ = model.stateless_call(trainable, others, features, training=False)
        return probabilities(outputs, model.loss) if work.data.classes else outputs

    traced, _ = trace(
        predict,
        [variable.value for variable in model.trainable_variables],
        [variable.value for variable in model.non_trainable_variables],
        np.zeros((rows, *X.shape[1:]), "float32"),
    )
    return traced
