"""What Keras does with a batch, written down as equations: a step of training, the loss of rows that watch, a prediction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from gridloom import Fit, Task, Work, cut_inputs
from gridloom_plugins.fused.logits import crossentropies_from_logits
from gridloom_plugins.fused.randomness import RandomStep
from gridloom_plugins.fused.tracing import Traced, trace
from gridloom_plugins.fused.unsuitable import Unsuitable
from gridloom_plugins.networks.metric_values import check_shape
from gridloom_plugins.networks.outputs import probabilities


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


def trace_step(
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
        return after, _numbers(logs)

    traced, (after, logs) = trace(step, (trainable, others, optimizer), metrics, data)
    seeds = [len(trainable) + place for place, value in enumerate(others) if _is_seed(value)]
    if jax.tree.structure(after) != jax.tree.structure((trainable, others, optimizer, metrics)):
        raise Unsuitable("its train_step does not return a state like the one it gets")
    counts = [np.asarray(value) for value in metrics]
    return RandomStep(traced, seeds, counts, len(logs)), tuple(sorted(logs))


def _numbers(logs: Mapping[str, Any]) -> dict[str, Any]:
    """What is noted of an epoch, with each array of one number as that number; StopRun for a metric of several."""
    shapes = {name: jax.numpy.shape(value) for name, value in logs.items()}
    for name, shape in shapes.items():
        check_shape(name, shape)
    return {name: jax.numpy.reshape(value, ()) if shapes[name] else value for name, value in logs.items()}


def trace_watching(work: Work, fit: Fit, model: Any, y: NDArray[Any], rows: int, batch: int) -> Evaluation:
    """The loss and the metrics of so many rows that watch the training, in batches as large as those that train."""
    full, last = divmod(rows, batch)
    sizes = [size for size in (batch if full else 0, last) if size]
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
        return after[2], _numbers(logs)

    traced, (_, logs) = trace(evaluate, trainable, others, metrics, data)
    return traced, tuple(sorted(logs))


def _batch(task: Task, y: NDArray[Any], weighted: bool, size: int) -> tuple[NDArray[Any], ...]:
    """So many rows: features, targets and maybe weights."""
    rows = np.zeros((size, *task.input_shape), "float32"), np.zeros((size, *y.shape[1:]), y.dtype)
    return (*rows, np.ones(size, "float32")) if weighted else rows


def _cut(task: Task, rows: Any) -> Any:
    """The rows as the model takes them."""
    return (cut_inputs(rows[0], task.inputs), *rows[1:])


def trace_prediction(work: Work, fit: Fit, model: Any, rows: int) -> Traced:
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


_PREDICTS = "when it predicts, so its predictions depend on the rows before"


def _is_seed(value: Any) -> bool:
    """Whether a variable's value is the state of one of Keras's seed generators."""
    return bool(value.dtype == "uint32" and value.shape == (2,))
