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

from gridloom import Draft, Fit, GridloomError, Task, TooLarge, Work, cut_inputs
from gridloom_plugins.fused.drawing import drawn_by_numpy
from gridloom_plugins.fused.logits import crossentropies_from_logits
from gridloom_plugins.fused.overridden import ignored_by_optimizer, ignored_methods
from gridloom_plugins.fused.randomness import RandomStep
from gridloom_plugins.fused.starts import Start, find_start
from gridloom_plugins.fused.tracing import Traced, trace
from gridloom_plugins.networks.drafting import drafted, sized_model
from gridloom_plugins.networks.keeping import Kept
from gridloom_plugins.networks.making import loss_weights, make_loss, make_metrics, make_optimizer
from gridloom_plugins.networks.outputs import probabilities
from gridloom_plugins.networks.targets import targets_of

PREDICTED_ROWS = 256
"""The most rows that are predicted at once."""

_targets: Kept[NDArray[Any]] = Kept(8)


class Unsuitable(Exception):
    """A network that cannot be trained in a compiled JAX program, though another engine may train it."""


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
class Evaluation:
    """The loss and the metrics of the rows that watch a training: those of a full batch, and of the last one.

    What is traced takes the model's variables, the counts of the metrics, features, targets and maybe weights; it returns the
    counts after the batch and the logs, which are named by `logs`.
    """

    steps: Sequence[Traced]
    counts: Sequence[NDArray[Any]]
    logs: Sequence[str]
    weighted: bool


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
    logs: Sequence[str]
    targets: NDArray[Any]
    weighted: bool
    rate: int | None
    """The place of the learning rate in the state; None where the optimizer has a schedule of its own."""
    evaluation: Evaluation | None

    @property
    def epochs(self) -> int:
        """How many epochs a training has when nothing stops it."""
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
        raise Unsuitable(f"the callback '{next(iter(others))}' is one of Keras, which a compiled program does not call")
    train_rows, test_rows = work.rows(fit)
    predicted = min(PREDICTED_ROWS, 1 << (len(test_rows) - 1).bit_length())
    watching = work.validation_rows(fit)
    shape = Shape(len(train_rows), draft.training["batch_size"], predicted, 0 if watching is None else len(watching))
    _check(model)
    targets = _shared(work, targets_of(work, fit, model))
    try:
        steps, logs = zip(
            *(_trace_step(model, work.task(fit), targets, weighted, size) for size in shape.sizes), strict=True
        )
        predict = _trace_prediction(work, fit, model, shape.predicted)
        evaluation = _evaluation(work, fit, model, targets, shape) if shape.watching else None
    except (Unsuitable, MemoryError):
        raise
    except Exception as error:
        raise Unsuitable(f"JAX cannot compile it: {_reason(error)}") from error
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
            raise Unsuitable(f"Keras cannot make it on JAX: {_reason(error)}") from error
    return model, draft


def _drafted(work: Work, fit: Fit) -> tuple[Draft, Any]:
    """The fit's draft and model; Unsuitable where TensorFlow is missing, else whatever the builder or a family raises."""
    try:
        return drafted(work, fit)
    except GridloomError:
        raise
    except Exception as error:
        if missing := _without_tensorflow(error):
            raise Unsuitable(str(missing)) from error
        raise


def _without_tensorflow(error: BaseException | None) -> ImportError | None:
    """The first error that says that TensorFlow cannot be imported, among those that led to this one."""
    found = None
    while error is not None:
        if isinstance(error, ImportError) and "tensorflow" in f"{error.name} {error}":
            found = error
        error = error.__cause__ or error.__context__
    return found


def _reason(error: Exception) -> str:
    error = _without_tensorflow(error) or error
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"


def _check(model: Any) -> None:
    """Unsuitable for a network that does things in training or prediction which a traced step would leave out."""
    if not hasattr(model, "outputs"):
        raise Unsuitable("it is a subclass of keras.Model, not a Sequential or Functional model")
    if ignored := ignored_methods(model):
        raise Unsuitable(f"its class has a {ignored[0]} method of its own, which a compiled program does not call")
    if ignored := ignored_by_optimizer(model.optimizer):
        raise Unsuitable(f"its optimizer has {ignored[0]} of its own, which a compiled program does not call")
    if model.optimizer.use_ema:
        raise Unsuitable("its optimizer keeps a moving average of the weights (use_ema)")


def _shared(work: Work, targets: NDArray[Any]) -> NDArray[Any]:
    """Equal targets as one array, however many networks are kept: those of one type and shape are equal."""
    return _targets.get((work.data.fingerprint, targets.dtype.str, targets.shape), lambda: targets)


def _trace_step(
    model: Any, task: Task, y: NDArray[Any], weighted: bool, size: int
) -> tuple[RandomStep, tuple[str, ...]]:
    """A step of training on so many rows, and the names of what it logs."""
    data = _batch(task, y, weighted, size)
    model._symbolic_build(data_batch=_cut(task, data))
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
            logs, after = model.train_step((*state, counts), _cut(task, rows))
        return after, logs

    traced, (after, logs) = trace(step, (trainable, others, optimizer), metrics, data)
    seeds = [len(trainable) + place for place, value in enumerate(others) if _is_seed(value)]
    if jax.tree.structure(after) != jax.tree.structure((trainable, others, optimizer, metrics)):
        raise Unsuitable("its train_step does not return a state like the one it gets")
    counts = [np.asarray(value) for value in metrics]
    return RandomStep(traced, seeds, counts, len(logs)), tuple(sorted(logs))


def _evaluation(work: Work, fit: Fit, model: Any, y: NDArray[Any], shape: Shape) -> Evaluation:
    """The loss and the metrics of the rows that watch the training, in batches as large as those that train."""
    full, last = divmod(shape.watching, shape.batch)
    sizes = [size for size in (shape.batch if full else 0, last) if size]
    weighted = work.data.weights is not None
    traced, logs = zip(*(_trace_evaluation(model, work.task(fit), y, weighted, size) for size in sizes), strict=True)
    counts = [np.asarray(variable) for variable in model.metrics_variables]
    return Evaluation(traced, counts, logs[0], weighted)


def _trace_evaluation(
    model: Any, task: Task, y: NDArray[Any], weighted: bool, size: int
) -> tuple[Traced, tuple[str, ...]]:
    """What Keras notes of so many rows that do not train, and the names of that."""
    data = _batch(task, y, weighted, size)
    trainable, others, metrics = (
        [variable.value for variable in variables]
        for variables in (model.trainable_variables, model.non_trainable_variables, model.metrics_variables)
    )

    def evaluate(trainable: Any, others: Any, counts: Any, rows: Any) -> Any:
        with crossentropies_from_logits():
            logs, after = model.test_step((trainable, others, counts), _cut(task, rows))
        return after[2], logs

    traced, (_, logs) = trace(evaluate, trainable, others, metrics, data)
    return traced, tuple(sorted(logs))


def _batch(task: Task, y: NDArray[Any], weighted: bool, size: int) -> tuple[NDArray[Any], ...]:
    """So many rows: features, targets and maybe weights."""
    rows = np.zeros((size, *task.input_shape), "float32"), np.zeros((size, *y.shape[1:]), y.dtype)
    return (*rows, np.ones(size, "float32")) if weighted else rows


def _cut(task: Task, rows: Any) -> Any:
    """The rows as the model takes them."""
    return (cut_inputs(rows[0], task.inputs), *rows[1:])


def _trace_prediction(work: Work, fit: Fit, model: Any, rows: int) -> Traced:
    """Outputs for so many rows, as probabilities where there are classes.

    Raises Unsuitable where they depend on rows predicted before: on a state that changes, or on what is drawn.
    """
    task, trainable = work.task(fit), [variable.value for variable in model.trainable_variables]
    others = [variable.value for variable in model.non_trainable_variables]

    def predict(trainable: Any, others: Any, features: Any) -> Any:
        outputs, after = model.stateless_call(trainable, others, cut_inputs(features, task.inputs), training=False)
        if any(value is not own and not _is_seed(own) for value, own in zip(after, others, strict=True)):
            raise Unsuitable(f"its state changes {_PREDICTS}")
        return probabilities(outputs, model.loss, work.data.task.kind)

    traced, _ = trace(predict, trainable, others, np.zeros((rows, *task.input_shape), "float32"))
    first = len(traced.numbers) + len(trainable)
    taken = traced.jaxpr.invars[first : first + len(others)]
    used = {id(atom) for equation in traced.jaxpr.eqns for atom in equation.invars}
    if any(_is_seed(value) and id(atom) in used for value, atom in zip(others, taken, strict=True)):
        raise Unsuitable(f"it draws random numbers {_PREDICTS}")
    return traced


_PREDICTS = "as it predicts, so that what it predicts depends on the rows before"


def _is_seed(value: Any) -> bool:
    """Whether a variable's value is the state of one of Keras's seed generators."""
    return bool(value.dtype == "uint32" and value.shape == (2,))
