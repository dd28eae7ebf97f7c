"""Compiled programs for networks side by side: the full steps of an epoch, its short last step, a prediction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from gridloom_plugins.fused.keeping import Kept
from gridloom_plugins.fused.networks import Network
from gridloom_plugins.fused.randomness import RandomStep

OPTIONS = {
    "xla_cpu_multi_thread_eigen": False,  # sums in one order, whatever the machine
    "xla_cpu_use_fusion_emitters": False,  # half the time to compile, the same to run
    "xla_cpu_parallel_codegen_split_count": 1,  # less work in all: other programs keep the other cores busy
    "xla_backend_optimization_level": 1,  # two thirds of the time to compile, the same to run
    "xla_cpu_enable_fast_min_max": False,  # a NaN stays one
}
"""How XLA compiles."""

RARE = OPTIONS | {"xla_backend_optimization_level": 0}
"""How it compiles what runs once in an epoch of MANY_STEPS or more: a third of the time to compile, thrice to run."""

MANY_STEPS = 16

MAX_DRAWN = 64 * 1024 * 1024
"""The most bytes of random numbers that are drawn ahead."""

Arrays = Sequence[Any]
SideBySide = Callable[[Callable[..., Any]], Callable[..., Any]]
"""From a function of one network's arrays to the function of all lanes'."""

_threads = ThreadPoolExecutor(2, thread_name_prefix="compile")
_compiled: Kept[Future[Any]] = Kept(64)


class Program:
    """What trains and asks `lanes` networks of one structure; its functions compile in the background once made.

    Arrays that each network has of its own have a first axis of lanes.
    """

    def __init__(self, network: Network, lanes: int, X: NDArray[Any]) -> None:
        self.lanes = lanes
        self._network = network
        shape, state = network.shape, network.state(0)
        self._most_steps = len(X) // shape.batch
        weights = [np.ones(len(X), "float32")] * network.weighted
        counts = network.steps[0].counts
        self._counts = [np.stack([value] * lanes) for value in counts]
        data = (X, network.targets)
        rows = {shape.batch: (self._most_steps, shape.batch), shape.last: (shape.last,)}
        self._steps = [
            self._compile(
                ("step", step.key, shape.batch, size),
                _take_steps if size == shape.batch else _take_last,
                step,
                (state, counts, step.numbers, np.zeros(rows[size], np.int32), weights),
                (np.int32(0), *data) if size == shape.batch else data,
            )
            for size, step in zip(shape.sizes, network.steps, strict=True)
        ]
        self._predict = self._compile(
            ("predict", network.predict.key, shape.predicted),
            _predict,
            network,
            (state[: network.variables], network.predict.numbers, np.zeros(shape.predicted, np.int32)),
            (X,),
        )

    def wait(self) -> None:
        """Return once all functions are compiled; whatever compiling raises is raised here."""
        for function in (*self._steps, self._predict):
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

    def predict(self, state: Arrays, numbers: Any, rows: NDArray[np.int32], X: Any) -> Any:
        """Outputs for rows, of shape (lanes, rows predicted at once)."""
        return self._predict.result()(list(state[: self._network.variables]), numbers, rows, X)

    def _compile(self, key: Any, make: Callable[..., Any], of: Any, own: Arrays, shared: Arrays) -> Future[Any]:
        """Begin to compile a function of what each network has of its own and what all share; or the one kept."""
        shapes = [(np.shape(leaf), str(np.asarray(leaf).dtype)) for leaf in jax.tree.leaves((own, shared))]

        def begin() -> Future[Any]:
            function = make(of, jax.vmap if self.lanes > 1 else _one_by_one)
            stacked = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct((self.lanes, *leaf.shape), leaf.dtype), own)
            lowered = jax.jit(function, donate_argnums=() if make is _predict else 0).lower(*stacked, *shared)
            rare = self._most_steps >= MANY_STEPS and make is not _take_steps
            return _threads.submit(lowered.compile, compiler_options=RARE if rare else OPTIONS)

        return _compiled.get((*key, self.lanes, repr(shapes)), begin)


def _take_steps(step: RandomStep, side_by_side: SideBySide) -> Callable[..., Any]:
    """Takes as many of the steps as it is told.

    The loop is around the lanes, not in each of them, since JAX traces a loop several times to find its lanes.
    """

    def function(
        state: Arrays, counts: Arrays, numbers: Any, rows: Any, weights: Arrays, steps: Any, X: Any, y: Any
    ) -> tuple[Arrays, Arrays, Arrays]:
        rest, seeds = step.split(state)
        most = rows.shape[1]
        ahead = step.value_bytes * most <= MAX_DRAWN
        chain, drawn = side_by_side(lambda own, *before: step.draw(own, before, most if ahead else 0))(numbers, *seeds)
        chain, drawn, rows = jax.tree.map(lambda values: jnp.moveaxis(values, 1, 0), (chain, drawn, rows))

        def take(place: Any, carried: tuple[Arrays, Arrays, Arrays, Arrays]) -> tuple[Arrays, Arrays, Arrays, Arrays]:
            current, tallies, own_seeds, _ = carried
            if ahead:
                values = [_at(value, place) for value in drawn]
            else:
                own_seeds, values = side_by_side(step.draw_once)(numbers, own_seeds)
            batch = side_by_side(_rows_of(X, y))(_at(rows, place), weights)
            after, tallies, logs = side_by_side(step.take)(numbers, values, current, tallies, batch)
            return after, tallies, own_seeds, logs

        logs = [jnp.zeros((len(numbers), *shape), kind) for shape, kind in step.logs]
        carried = (list(rest), list(counts), list(seeds), logs)
        rest, counts, seeds, logs = jax.lax.fori_loop(0, steps, take, carried)
        return step.join(rest, [_at(values, steps) for values in chain] if ahead else seeds), counts, logs

    return function


def _take_last(step: RandomStep, side_by_side: SideBySide) -> Callable[..., Any]:
    """Takes one step."""

    def function(
        state: Arrays, counts: Arrays, numbers: Any, rows: Any, weights: Arrays, X: Any, y: Any
    ) -> tuple[Arrays, Arrays, Arrays]:
        rest, seeds = step.split(state)
        seeds, values = side_by_side(step.draw_once)(numbers, seeds)
        batch = side_by_side(_rows_of(X, y))(rows, weights)
        after, tallies, logs = side_by_side(step.take)(numbers, values, rest, counts, batch)
        return step.join(after, seeds), tallies, logs

    return function


def _predict(network: Network, side_by_side: SideBySide) -> Callable[..., Any]:
    def function(variables: Arrays, numbers: Any, rows: Any, X: Any) -> Any:
        def predict(own: Any, places: Any, *values: Any) -> Any:
            (outputs,) = network.predict(own, *values, X[places])
            return outputs

        return side_by_side(predict)(numbers, rows, *variables)

    return function


def _rows_of(X: Any, y: Any) -> Callable[..., Any]:
    return lambda rows, weights: [values[rows] for values in (X, y, *weights)]


def _at(values: Any, place: Any) -> Any:
    """What all lanes have at this place of the first axis."""
    return jax.lax.dynamic_index_in_dim(values, place, axis=0, keepdims=False)


def _one_by_one(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function for a single lane: vmap would turn its convolutions into slower ones."""

    def alone(*arguments: Any) -> Any:
        return jax.tree.map(lambda leaf: leaf[None], function(*jax.tree.map(lambda leaf: leaf[0], arguments)))

    return alone
