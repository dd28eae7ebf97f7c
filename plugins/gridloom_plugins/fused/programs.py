"""Compiled programs for networks side by side: the full steps of an epoch, its short last step, what watches, a prediction."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from gridloom_plugins.fused.compiling import compiled_once
from gridloom_plugins.fused.features import Features, taken
from gridloom_plugins.fused.networks import Network
from gridloom_plugins.fused.stepping import Arrays, SideBySide, take_last, take_steps, watch
from gridloom_plugins.fused.ways import Way, way_of_rest
from gridloom_plugins.networks.keeping import Kept

_threads = ThreadPoolExecutor(2, thread_name_prefix="compile")
_compiled: Kept[Future[Any]] = Kept(64)


class Program:
    """What trains and asks `lanes` networks of one structure; its functions compile in the background once made.

    `way` says how the steps of an epoch are made. Arrays that each network has of its own have a first axis of lanes.
    """

    def __init__(self, network: Network, lanes: int, way: Way, features: Features) -> None:
        self.lanes = lanes
        self._way = way
        self._network = network
        shape, state = network.shape, network.state(0)
        self._most_steps = features.rows // shape.batch
        weights = [np.ones(features.rows * features.blocks, "float32")] * network.weighted
        counts = network.steps[0].counts
        self._counts = [np.stack([value] * lanes) for value in counts]
        data = (features.shape, features.repeated(network.targets))
        rows = {shape.batch: (self._most_steps, shape.batch), shape.last: (shape.last,)}
        self._steps = [
            self._compile(
                ("step", step.key, shape.batch, size),
                take_steps if size == shape.batch else take_last,
                step,
                (state, counts, step.numbers, np.zeros(rows[size], np.int32), weights),
                (np.int32(0), *data) if size == shape.batch else data,
            )
            for size, step in zip(shape.sizes, network.steps, strict=True)
        ]
        self._watch = self._watching(features, state) if network.evaluation else None
        self._predict = self._compile(
            ("predict", network.predict.key, shape.predicted),
            _predict,
            network,
            (state[: network.variables], network.predict.numbers, np.zeros(shape.predicted, np.int32)),
            (features.shape,),
        )

    def wait(self) -> None:
        """Return once all functions are compiled; whatever compiling raises is raised here."""
        for function in (*self._steps, self._predict, *([self._watch] if self._watch else [])):
            function.result()

    def epoch(
        self, state: Arrays, numbers: Arrays, order: NDArray[np.int32], weights: Arrays, X: Any, y: Any
    ) -> tuple[Arrays, Arrays]:
        """State and logs after an epoch on rows in this order, which has the shape (lanes, rows)."""
        shape = self._network.shape
        counts: Arrays = self._counts
        logs: Arrays = []
        steps = list(zip(self._steps, numbers, strict=True))
        if shape.full_steps:
            function, own = steps.pop(0)
            rows = np.zeros((self.lanes, self._most_steps, shape.batch), np.int32)
            full = order[:, : shape.full_steps * shape.batch]
            rows[:, : shape.full_steps] = full.reshape(self.lanes, shape.full_steps, shape.batch)
            steps_taken = np.int32(shape.full_steps)
            state, counts, logs = function.result()(state, counts, own, rows, weights, steps_taken, X, y)
        if shape.last:
            function, own = steps.pop(0)
            rows = order[:, -shape.last :]
            state, counts, logs = function.result()(state, counts, own, rows, weights, X, y)
        return state, logs

    def _watching(self, features: Features, state: Arrays) -> Future[Any]:
        """Begin to compile what notes the loss of the rows that do not train."""
        network, evaluation = self._network, self._network.evaluation
        if evaluation is None:
            raise ValueError("this network has no validation rows")
        batches = [rows[0] for rows in self.batches(np.zeros((1, network.shape.watching), np.int32))]
        weights = [np.ones(features.rows * features.blocks, "float32")] * evaluation.weighted
        numbers = [traced.numbers for traced in evaluation.steps]
        variables = list(state[: network.variables])
        return self._compile(
            ("watch", *(traced.key for traced in evaluation.steps), network.shape.batch),
            watch,
            evaluation,
            (variables, evaluation.counts, numbers, batches, weights),
            (features.shape, features.repeated(network.targets)),
        )

    def batches(self, rows: NDArray[np.int32]) -> list[NDArray[np.int32]]:
        """Rows, of shape (lanes, rows), in full batches and a last one, as far as there are any: (lanes, batches, size)."""
        size, total = self._network.shape.batch, rows.shape[1]
        full = total - total % size
        parts = (rows[:, :full], size), (rows[:, full:], total % size)
        return [part.reshape(len(rows), -1, each) for part, each in parts if part.shape[1]]

    def watch(self, state: Arrays, numbers: Arrays, batches: Arrays, weights: Arrays, X: Any, y: Any) -> Arrays:
        """The logs of the rows in these `batches`, which do not train."""
        network = self._network
        if self._watch is None or network.evaluation is None:
            return []
        counts = [np.stack([value] * self.lanes) for value in network.evaluation.counts]
        found: Arrays = self._watch.result()(list(state[: network.variables]), counts, numbers, batches, weights, X, y)
        return found

    def predict(self, state: Arrays, numbers: Any, rows: NDArray[np.int32], X: Any) -> Any:
        """Outputs for rows, of shape (lanes, rows predicted at once)."""
        return self._predict.result()(list(state[: self._network.variables]), numbers, rows, X)

    def _compile(self, key: Any, make: Callable[..., Any], of: Any, own: Arrays, shared: Arrays) -> Future[Any]:
        """Begin to compile a function of what each network has of its own and what all share; or the one kept."""
        shapes = [(np.shape(leaf), str(leaf.dtype)) for leaf in jax.tree.leaves((own, shared))]

        way = self._way if make in (take_steps, watch) else way_of_rest(self._most_steps)

        def begin() -> Future[Any]:
            function = make(of, jax.vmap if self.lanes > 1 else _one_by_one, way)
            stacked = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct((self.lanes, *leaf.shape), leaf.dtype), own)
            lowered = jax.jit(function, donate_argnums=() if make in (_predict, watch) else 0).lower(*stacked, *shared)
            name = repr((*key, self.lanes, way.ahead, way.options, shapes))
            return _threads.submit(compiled_once, lowered, name, way.options)

        return _compiled.get((*key, self.lanes, way, repr(shapes)), begin)


def _predict(network: Network, side_by_side: SideBySide, way: Way) -> Callable[..., Any]:
    def function(variables: Arrays, numbers: Any, rows: Any, X: Any) -> Any:
        def predict(own: Any, places: Any, *values: Any) -> Any:
            (outputs,) = way.compute(network.predict, own, [*values, taken(X, places)])
            return outputs

        return side_by_side(predict)(numbers, rows, *variables)

    return function


def _one_by_one(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function for a single lane: vmap would turn its convolutions into slower ones."""

    def alone(*arguments: Any) -> Any:
        return jax.tree.map(lambda leaf: leaf[None], function(*jax.tree.map(lambda leaf: leaf[0], arguments)))

    return alone
