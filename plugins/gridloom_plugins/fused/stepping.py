"""The functions of a program that take steps: the full ones of an epoch, its short last one, and those that only watch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp

from gridloom_plugins.fused.features import taken
from gridloom_plugins.fused.randomness import RandomStep
from gridloom_plugins.fused.tracing import Traced
from gridloom_plugins.fused.ways import Way

if TYPE_CHECKING:
    from gridloom_plugins.fused.traces import Evaluation

MAX_DRAWN = 64 * 1024 * 1024
"""The most bytes of random numbers that are drawn ahead for all lanes."""

Arrays = Sequence[Any]
SideBySide = Callable[[Callable[..., Any]], Callable[..., Any]]
"""From a function of one network's arrays to the function of all lanes'."""


def take_steps(step: RandomStep, side_by_side: SideBySide, way: Way) -> Callable[..., Any]:
    """Takes a given number of the steps, drawing the random numbers of several ahead.

    The loops are around the lanes, not in each of them, since JAX traces a loop several times to find its lanes.
    """

    def function(
        state: Arrays, counts: Arrays, numbers: Any, rows: Any, weights: Arrays, steps: Any, X: Any, y: Any
    ) -> tuple[Arrays, Arrays, Arrays]:
        rest, seeds = step.split(state)
        rows = jnp.moveaxis(rows, 1, 0)
        block = _drawn_at_once(step, way, len(rows), lanes=len(numbers))
        draw, take_one = (side_by_side(partial(function, way.compute)) for function in (step.draw, step.take))

        def advance(current: Arrays, _: None) -> tuple[Arrays, Arrays]:
            return side_by_side(step.advance)(numbers, current), current

        def take_block(place: Any, carried: tuple[Arrays, Arrays, Arrays, Arrays]) -> tuple[Arrays, ...]:
            rest, counts, seeds, logs = carried
            first = place * block
            last, before = jax.lax.scan(advance, seeds, None, length=block, unroll=way.ahead > 0)
            drawn = jax.vmap(draw, in_axes=(None, 0))(numbers, before) if seeds else []
            taken = jnp.minimum(steps - first, block)

            def take(number: Any, current: tuple[Arrays, Arrays, Arrays]) -> tuple[Arrays, Arrays, Arrays]:
                batch = side_by_side(_rows_of(X, y))(_at(rows, first + number), weights)
                values = [_at(value, number) for value in drawn]
                after: tuple[Arrays, Arrays, Arrays] = take_one(numbers, values, *current[:2], batch)
                return after

            rest, counts, logs = jax.lax.fori_loop(0, taken, take, (rest, counts, logs))
            after = [jnp.concatenate([values, end[None]]) for values, end in zip(before, last, strict=True)]
            return rest, counts, [_at(values, taken) for values in after], logs

        logs = [jnp.zeros((len(numbers), *shape), kind) for shape, kind in step.logs]
        carried = (list(rest), list(counts), list(seeds), logs)
        blocks = (steps + block - 1) // block
        rest, counts, seeds, logs = jax.lax.fori_loop(0, blocks, take_block, carried)
        return step.join(rest, seeds), counts, logs

    return function


def take_last(step: RandomStep, side_by_side: SideBySide, way: Way) -> Callable[..., Any]:
    """Takes one step."""

    def function(
        state: Arrays, counts: Arrays, numbers: Any, rows: Any, weights: Arrays, X: Any, y: Any
    ) -> tuple[Arrays, Arrays, Arrays]:
        rest, seeds = step.split(state)
        draw, take_one = (side_by_side(partial(function, way.compute)) for function in (step.draw, step.take))
        batch = side_by_side(_rows_of(X, y))(rows, weights)
        after, tallies, logs = take_one(numbers, draw(numbers, seeds), rest, counts, batch)
        return step.join(after, side_by_side(step.advance)(numbers, seeds)), tallies, logs

    return function


def watch(evaluation: Evaluation, side_by_side: SideBySide, way: Way) -> Callable[..., Any]:
    """Notes the loss and the metrics of rows that do not train, in full batches and a last one."""

    def function(
        variables: Arrays, counts: Arrays, numbers: Arrays, batches: Arrays, weights: Arrays, X: Any, y: Any
    ) -> Arrays:
        logs: Arrays = []
        for traced, own, rows in zip(evaluation.steps, numbers, batches, strict=True):
            note = side_by_side(partial(_noted, way, traced, len(counts)))
            rows_of = side_by_side(_rows_of(X, y))

            def take(number: Any, current: tuple[Arrays, Arrays]) -> tuple[Arrays, Arrays]:
                rows_now = jax.lax.dynamic_index_in_dim(rows, number, axis=1, keepdims=False)  # noqa: B023  (called at once)
                found: tuple[Arrays, Arrays] = note(own, variables, current[0], rows_of(rows_now, weights))  # noqa: B023
                return found

            kinds = [atom.aval for atom in traced.jaxpr.outvars[len(counts) :]]
            logs = [jnp.zeros((len(rows), *kind.shape), kind.dtype) for kind in kinds]
            counts, logs = jax.lax.fori_loop(0, rows.shape[1], take, (list(counts), logs))
        return logs

    return function


def _noted(
    way: Way, traced: Traced, n_counts: int, numbers: Any, variables: Arrays, counts: Arrays, batch: Arrays
) -> tuple[Arrays, Arrays]:
    """The counts of the metrics after a batch, and the logs."""
    outputs = way.compute(traced, numbers, [*variables, *counts, *batch])
    return outputs[:n_counts], outputs[n_counts:]


def _drawn_at_once(step: RandomStep, way: Way, most: int, lanes: int) -> int:
    """How many steps' random numbers are drawn at once, of at most so many steps."""
    if not step.seeds:
        return most
    fitting = MAX_DRAWN // max(1, step.value_bytes * lanes)
    return max(1, min(way.ahead or most, most, fitting))


def _rows_of(X: Any, y: Any) -> Callable[..., Any]:
    return lambda rows, weights: [taken(X, rows), *(values[rows] for values in (y, *weights))]


def _at(values: Any, place: Any) -> Any:
    """What all lanes have at this place of the first axis."""
    return jax.lax.dynamic_index_in_dim(values, place, axis=0, keepdims=False)
