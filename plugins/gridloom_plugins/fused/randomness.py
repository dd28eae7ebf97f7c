"""Takes the random numbers out of a training step, so that those of several steps are drawn at once.

What a step draws depends on its seeds alone, never on weights or data. XLA would otherwise draw the numbers anew in
each place of the step that uses them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from jax.extend.core import Literal, Var

from gridloom_plugins.fused.tracing import Traced, needed

Compute = Callable[[Traced, Any, Sequence[Any]], list[Any]]
"""From a traced function, its numbers and its arrays to what it returns."""


class RandomStep:
    """A step of training in two parts: what is drawn from the seeds, and what is computed with it.

    `seeds` are the places of the seeds among the step's arrays, and of their successors among its outputs; `counts`
    are what the metrics begin an epoch with. The arrays are the state, the counts and the batch; the outputs are the
    state and the counts after the step, and its `n_logs` logs.
    """

    def __init__(self, step: Traced, seeds: Sequence[int], counts: Sequence[Any], n_logs: int) -> None:
        self.seeds, self.counts = list(seeds), list(counts)
        self.numbers, self.key, self._n_logs = step.numbers, step.key, n_logs
        first = len(step.numbers)
        numbers, arrays = step.jaxpr.invars[:first], step.jaxpr.invars[first:]
        drawn = {arrays[place] for place in seeds}
        fixed = {*step.jaxpr.constvars, *numbers}
        drawing, computing = [], []
        for equation in step.jaxpr.eqns:
            inputs = set(filter(_is_variable, equation.invars))
            if inputs & drawn and inputs <= drawn | fixed:
                drawing.append(equation)
                drawn.update(equation.outvars)
            else:
                computing.append(equation)
        outputs = [atom for place, atom in enumerate(step.jaxpr.outvars) if place not in self.seeds]
        asked = [atom for equation in computing for atom in equation.invars] + outputs
        variables = dict.fromkeys(filter(_is_variable, asked))
        self.values: list[Var] = [variable for variable in variables if variable in drawn]
        self.drawing = replace(
            step,
            jaxpr=step.jaxpr.replace(
                invars=[*numbers, *(arrays[place] for place in seeds)],
                eqns=drawing,
                outvars=[*(step.jaxpr.outvars[place] for place in seeds), *self.values],
            ),
        )
        successors = self.drawing.jaxpr.outvars[: len(self.seeds)]
        self.advancing = replace(
            step, jaxpr=self.drawing.jaxpr.replace(eqns=needed(drawing, successors), outvars=successors)
        )
        rest = [array for place, array in enumerate(arrays) if place not in self.seeds]
        self.computing = replace(
            step,
            jaxpr=step.jaxpr.replace(invars=[*numbers, *self.values, *rest], eqns=computing, outvars=outputs),
        )

    @property
    def logs(self) -> list[tuple[tuple[int, ...], Any]]:
        """Shapes and types of the logs."""
        state = len(self.computing.jaxpr.outvars) - self._n_logs
        return [(atom.aval.shape, atom.aval.dtype) for atom in self.computing.jaxpr.outvars[state:]]

    @property
    def value_bytes(self) -> int:
        """The bytes of what one step draws."""
        return sum(variable.aval.size * variable.aval.dtype.itemsize for variable in self.values)

    def split(self, state: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The state without its seeds, and the seeds."""
        rest = [value for place, value in enumerate(state) if place not in self.seeds]
        return rest, [state[place] for place in self.seeds]

    def join(self, rest: Sequence[Any], seeds: Sequence[Any]) -> list[Any]:
        """The state again."""
        state = list(rest)
        for place, seed in zip(self.seeds, seeds, strict=True):
            state.insert(place, seed)
        return state

    def take(
        self,
        compute: Compute,
        numbers: Any,
        values: Sequence[Any],
        rest: Sequence[Any],
        counts: Sequence[Any],
        batch: Sequence[Any],
    ) -> tuple[list[Any], list[Any], list[Any]]:
        """State (without seeds), counts and logs after a step that uses these drawn values."""
        drawn = [value.reshape(variable.aval.shape) for value, variable in zip(values, self.values, strict=True)]
        outputs = compute(self.computing, numbers, [*drawn, *rest, *counts, *batch])
        first, second = len(rest), len(rest) + len(counts)
        return outputs[:first], outputs[first:second], outputs[second:]

    def draw(self, compute: Compute, numbers: Any, seeds: Sequence[Any]) -> list[Any]:
        """What a step draws from these seeds, each value flat."""
        return [value.reshape(-1) for value in compute(self.drawing, numbers, seeds)[len(self.seeds) :]]

    def advance(self, numbers: Any, seeds: Sequence[Any]) -> list[Any]:
        """The seeds after a step."""
        return self.advancing(numbers, seeds)


def _is_variable(atom: Any) -> bool:
    return not isinstance(atom, Literal)
