"""Computes a traced function in long loops: what goes element by element is done on arrays made flat.

XLA for CPUs makes a loop of every axis and vectorizes the last one alone: of 8 x 30 weights it would update 16 at once
and then 14 one by one, 8 times over. Flat they are one loop over 240.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import jax
from jax.extend.core import Literal, Var

from gridloom_plugins.fused.products import small_product
from gridloom_plugins.fused.tracing import Traced, outputs_of

# fmt: off
ELEMENTWISE = frozenset(
    (
        "abs", "add", "and", "bitcast_convert_type", "ceil", "clamp", "convert_element_type", "cos", "div",
        "eq", "erf", "erf_inv", "exp", "exp2", "expm1", "floor", "ge", "gt", "integer_pow", "is_finite", "le",
        "log", "log1p", "logistic", "lt", "max", "min", "mul", "ne", "neg", "not", "or", "pow", "rem",
        "round", "rsqrt", "select_n", "shift_left", "shift_right_arithmetic", "shift_right_logical", "sign",
        "sin", "sqrt", "square", "sub", "tanh", "xor",
    )
)
# fmt: on
"""Primitives whose output at a place depends on their inputs at that place alone."""


def compute_flat(traced: Traced, numbers: Any, arrays: Sequence[Any]) -> list[Any]:
    """What the function returns for these numbers, of the shape of `traced.numbers`, and arrays."""
    values = _Values(traced.given(numbers, arrays))
    for equation in traced.jaxpr.eqns:
        values.add(equation)
    return [values.read(atom) for atom in traced.jaxpr.outvars]


class _Values:
    """The values of variables so far, each in its own shape, or flat, or both."""

    def __init__(self, shaped: dict[Var, Any]) -> None:
        self._shaped = shaped
        self._flat: dict[Var, Any] = {}
        self._spread: set[Var] = set()
        """Variables that repeat a smaller array: a flat loop would have to compute where in it each element comes
        from."""

    def read(self, atom: Any) -> Any:
        """The value in its shape."""
        if isinstance(atom, Literal):
            return atom.val
        if atom not in self._shaped:
            self._shaped[atom] = self._flat[atom].reshape(atom.aval.shape)
        return self._shaped[atom]

    def read_flat(self, atom: Any) -> Any:
        """The value with one axis, or without any as a scalar."""
        if isinstance(atom, Literal) or not atom.aval.shape:
            return self.read(atom)
        if atom not in self._flat:
            self._flat[atom] = self._shaped[atom].reshape(-1)
        return self._flat[atom]

    def add(self, equation: Any) -> None:
        """Compute an equation of values that are there."""
        name, outputs = equation.primitive.name, equation.outvars
        arrays = [atom for atom in equation.invars if getattr(atom.aval, "shape", ())]
        shape = getattr(outputs[0].aval, "shape", ())
        if name in ELEMENTWISE and any(self._is_spread(atom) for atom in arrays):
            self._spread.update(outputs)
        elif name in ELEMENTWISE and len(shape) > 1 and all(atom.aval.shape == shape for atom in arrays):
            parameters = equation.primitive.get_bind_params(equation.params)
            self._flat[outputs[0]] = equation.primitive.bind(*map(self.read_flat, equation.invars), **parameters)
            return
        elif name == "broadcast_in_dim" and not arrays and len(shape) > 1:
            self._flat[outputs[0]] = jax.lax.broadcast(self.read(equation.invars[0]), (math.prod(shape),))
            return
        elif name == "broadcast_in_dim" or (name in ("reshape", "transpose") and self._is_spread(equation.invars[0])):
            self._spread.update(outputs)
        inputs = [self.read(atom) for atom in equation.invars]
        product = small_product(equation, *inputs) if name == "dot_general" else None
        found = outputs_of(equation, inputs) if product is None else [product]
        self._shaped.update(zip(outputs, found, strict=True))

    def _is_spread(self, atom: Any) -> bool:
        return not isinstance(atom, Literal) and atom in self._spread
