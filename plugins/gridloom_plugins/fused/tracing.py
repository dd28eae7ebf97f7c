"""A traced function as data: one flat list of equations, in which every number is an input.

`jax.make_jaxpr` writes down what a function computes. Here its inner functions are inlined and its scalar constants
become inputs, so that networks which differ in a dropout rate or a momentum alone are the same text, and one compiled
program serves them all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import numpy as np
from jax.extend.core import Jaxpr, Literal, Var
from numpy.typing import NDArray

from gridloom_plugins.fused.kernels import KERNELS

_CALLS = {
    "jit": "jaxpr",
    "pjit": "jaxpr",
    "checkpoint": "jaxpr",
    "closed_call": "call_jaxpr",
    "core_call": "call_jaxpr",
    "custom_jvp_call": "call_jaxpr",
    "custom_vjp_call": "call_jaxpr",
}
"""Primitives that only call an inner function, and the parameter that holds it.

Custom derivatives have no meaning any more: what is traced here has been differentiated already.
"""


@dataclass(frozen=True, eq=False)
class Traced:
    """What a function computes: `jaxpr` takes the numbers first, then the arrays that the function takes."""

    jaxpr: Jaxpr
    constants: Sequence[Any]
    numbers: NDArray[np.float32]

    @cached_property
    def key(self) -> str:
        """Equal for functions that compute the same but for their numbers: 64 hexadecimal digits."""
        digest = hashlib.sha256(str(self.jaxpr).encode())
        for constant in self.constants:
            value = np.asarray(constant)
            digest.update(f"{value.shape}{value.dtype}".encode())
            digest.update(value.tobytes())
        return digest.hexdigest()

    @property
    def temporary_bytes(self) -> int:
        """The bytes of everything that is computed on the way: more than any program ever holds at once."""
        return sum(_bytes(variable) for equation in self.jaxpr.eqns for variable in equation.outvars)

    @property
    def primitives(self) -> set[str]:
        """The names of all primitives used, those inside loops included."""
        return set(_primitives(self.jaxpr))

    def given(self, numbers: Any, arrays: Sequence[Any]) -> dict[Var, Any]:
        """The values that are there before the first equation: constants, arrays, and those numbers that are used."""
        values: dict[Var, Any] = dict(zip(self.jaxpr.constvars, self.constants, strict=True))
        lifted, taken = self.jaxpr.invars[: len(self.numbers)], self.jaxpr.invars[len(self.numbers) :]
        values.update(zip(taken, arrays, strict=True))
        used = {atom for equation in self.jaxpr.eqns for atom in equation.invars if not isinstance(atom, Literal)}
        for place, variable in enumerate(lifted):
            if variable in used:
                values[variable] = jax.lax.index_in_dim(numbers, place, keepdims=False).astype(variable.aval.dtype)
        return values

    def __call__(self, numbers: Any, arrays: Sequence[Any]) -> list[Any]:
        """Compute with these numbers, of the shape of `self.numbers`."""
        values = self.given(numbers, arrays)

        def read(atom: Any) -> Any:
            return atom.val if isinstance(atom, Literal) else values[atom]

        for equation in self.jaxpr.eqns:
            outputs = outputs_of(equation, [read(atom) for atom in equation.invars])
            values.update(zip(equation.outvars, outputs, strict=True))
        return [read(atom) for atom in self.jaxpr.outvars]


def outputs_of(equation: Any, inputs: Sequence[Any]) -> Sequence[Any]:
    """What an equation computes, in our own way where we have one."""
    kernel = KERNELS.get(equation.primitive.name)
    found = kernel(equation, *inputs) if kernel else None
    if found is None:
        found = equation.primitive.bind(*inputs, **equation.primitive.get_bind_params(equation.params))
    outputs: Sequence[Any] = found if equation.primitive.multiple_results else [found]
    return outputs


def trace(function: Callable[..., Any], *arguments: Any) -> tuple[Traced, Any]:
    """The traced function of the flattened arguments, and the tree of shapes that it returns."""
    closed, shapes = jax.make_jaxpr(function, return_shape=True)(*arguments)
    flat = _Flat()
    outputs = flat.inline(closed.jaxpr, closed.consts, closed.jaxpr.invars)
    equations = needed(flat.equations, outputs)
    used = {atom for equation in equations for atom in equation.invars if not isinstance(atom, Literal)}
    numbers = {variable: number for variable, number in flat.numbers.items() if variable in used}
    jaxpr = closed.jaxpr.replace(
        constvars=list(flat.constants),
        invars=[*numbers, *closed.jaxpr.invars],
        eqns=equations,
        outvars=outputs,
        debug_info=closed.jaxpr.debug_info.with_unknown_names(),
    )
    return Traced(jaxpr, list(flat.constants.values()), np.array(list(numbers.values()), np.float32)), shapes


def needed(equations: Sequence[Any], outputs: Iterable[Any]) -> list[Any]:
    """The equations that the outputs depend on, and those with effects."""
    asked = {atom for atom in outputs if not isinstance(atom, Literal)}
    kept = []
    for equation in reversed(equations):
        if equation.effects or asked.intersection(equation.outvars):
            kept.append(equation)
            asked.update(atom for atom in equation.invars if not isinstance(atom, Literal))
    return kept[::-1]


class _Flat:
    """The equations so far, without inner functions, and the numbers lifted out of them."""

    def __init__(self) -> None:
        self.equations: list[Any] = []
        self.constants: dict[Var, Any] = {}
        self.numbers: dict[Var, float] = {}
        self.outputs: dict[Any, list[Any]] = {}

    def inline(self, jaxpr: Jaxpr, constants: Iterable[Any], arguments: Sequence[Any]) -> list[Any]:
        """Add the equations of a function called with these arguments; returns what it returns."""
        atoms: dict[Var, Any] = dict(zip(jaxpr.invars, arguments, strict=True))
        atoms.update(
            (variable, self.constant(value)) for variable, value in zip(jaxpr.constvars, constants, strict=True)
        )

        def read(atom: Any) -> Any:
            return atom if isinstance(atom, Literal) else atoms[atom]

        for equation in jaxpr.eqns:
            inputs = [read(atom) for atom in equation.invars]
            inner = equation.params.get(_CALLS.get(equation.primitive.name, ""))
            if inner is not None:
                outputs = self.inline(getattr(inner, "jaxpr", inner), getattr(inner, "consts", ()), inputs)
            elif equation.primitive.name == "convert_element_type" and _is_scalar(inputs[0]):
                outputs = [_converted(inputs[0], equation.outvars[0])]
            else:
                outputs = self.add(equation, inputs)
            atoms.update(zip(equation.outvars, outputs, strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    def add(self, equation: Any, inputs: Sequence[Any]) -> list[Any]:
        """Add an equation with these inputs, unless an equal one is there already; returns its outputs.

        An optimizer computes the same for every variable, and once the numbers are inputs XLA cannot tell any more.
        """
        known: Any = (equation.primitive, tuple(map(_told, inputs)), tuple(equation.params.items()))
        if equation.effects or not _is_hashable(known):
            known = object()  # equal to nothing
        if known not in self.outputs:
            self.outputs[known] = [Var(variable.aval) for variable in equation.outvars]
            lifted = [self.lift(atom) for atom in inputs]
            self.equations.append(equation.replace(invars=lifted, outvars=self.outputs[known]))
        return self.outputs[known]

    def constant(self, value: Any) -> Any:
        """An array that the function holds, as an atom of the flat function."""
        aval = jax.core.ShapedArray(np.shape(value), np.result_type(value))
        if aval.shape == () and np.issubdtype(aval.dtype, np.number):
            return Literal(np.asarray(value), aval)
        variable = Var(aval)
        self.constants[variable] = value
        return variable

    def lift(self, atom: Any) -> Any:
        """An input instead of a scalar literal.

        Zero stays, since it stands for things that are absent, and so do whole numbers: they count and place.
        """
        if not _is_scalar(atom) or not np.issubdtype(atom.aval.dtype, np.floating):
            return atom
        value = float(atom.val)
        if value == 0 or not np.isfinite(value):
            return atom
        variable = Var(atom.aval)
        self.numbers[variable] = value
        return variable


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _told(atom: Any) -> Any:
    """A literal by value and type, so that equal ones are equal; a variable as it is."""
    if not isinstance(atom, Literal):
        return atom
    return np.asarray(atom.val).tobytes(), str(atom.aval)


def _is_scalar(atom: Any) -> bool:
    return isinstance(atom, Literal) and np.shape(atom.val) == ()


def _converted(literal: Any, variable: Var) -> Any:
    return Literal(np.asarray(literal.val).astype(variable.aval.dtype), variable.aval)


def _bytes(variable: Var) -> int:
    dtype = getattr(variable.aval, "dtype", None)
    return int(np.prod(variable.aval.shape)) * int(getattr(dtype, "itemsize", 0) or 0)


def _primitives(jaxpr: Jaxpr) -> Iterable[str]:
    for equation in jaxpr.eqns:
        yield equation.primitive.name
        for parameter in jax.tree.leaves(list(equation.params.values()), is_leaf=lambda leaf: hasattr(leaf, "eqns")):
            inner = getattr(parameter, "jaxpr", parameter)
            if hasattr(inner, "eqns"):
                yield from _primitives(inner)
