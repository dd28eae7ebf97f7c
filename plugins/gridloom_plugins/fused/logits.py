"""Cross-entropies computed from logits, as Keras's TensorFlow backend does.

Where a sigmoid or softmax feeds a cross-entropy, that backend takes what goes into it (`_get_logits` in
keras/src/backend/tensorflow/nn.py). The JAX backend clips the probabilities at 1e-7 and 1 - 1e-7, where the gradient is
zero: a network that is sure and wrong about every row from the start would stay so for ever.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import jax
import jax.numpy as jnp
from keras.src.backend.jax import nn

_FED_BY = {
    "binary_crossentropy": "sigmoid",
    "categorical_crossentropy": "softmax",
    "sparse_categorical_crossentropy": "softmax",
}
"""Cross-entropies, and the activation whose outputs are the probabilities that each expects."""


@contextmanager
def crossentropies_from_logits() -> Iterator[None]:
    """Let cross-entropies of a sigmoid's or softmax's outputs be computed from its inputs, while functions are traced."""
    seen = _Activations()
    instead: dict[str, Any] = {name: seen.remembering(getattr(nn, name)) for name in ("sigmoid", "softmax")}
    instead |= {loss: seen.from_logits(getattr(nn, loss), activation) for loss, activation in _FED_BY.items()}
    with patch.multiple(nn, **instead):
        yield


class _Activations:
    """The outputs of activations, each with what it was made of."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, str], tuple[Any, Any, int]] = {}

    def remembering(self, activation: Callable[..., Any]) -> Callable[..., Any]:
        """The activation, whose outputs are remembered (and kept, so that no other array takes their identity)."""

        def activate(x: Any, axis: int = -1) -> Any:
            output = activation(x) if activation.__name__ == "sigmoid" else activation(x, axis=axis)
            self._made[id(output), activation.__name__] = output, x, axis
            return output

        return activate

    def from_logits(self, crossentropy: Callable[..., Any], activation: str) -> Callable[..., Any]:
        """The cross-entropy; of probabilities that the activation made over the same axis, computed from its input."""
        signature = inspect.signature(crossentropy)

        def compute(*arguments: Any, **named: Any) -> Any:
            given = signature.bind(*arguments, **named)
            given.apply_defaults()
            output, logits, axis = self._made.get((id(given.arguments["output"]), activation), (None, None, None))
            if output is None or axis != given.arguments.get("axis", axis):
                return crossentropy(*given.args, **given.kwargs)
            if activation == "sigmoid":
                return binary_crossentropy(given.arguments["target"], logits)
            given.arguments |= {"output": logits, "from_logits": True}
            return crossentropy(*given.args, **given.kwargs)

        return compute


@jax.custom_jvp  # type: ignore[untyped-decorator]
def binary_crossentropy(target: Any, logits: Any) -> Any:
    """The cross-entropy of each target of 0 to 1 with the sigmoid of its logit, in arrays of one shape.

    The formula of `tf.nn.sigmoid_cross_entropy_with_logits`, since Keras's own for JAX has many more operations. Its
    derivative is that of the textbooks, sigmoid - target (Bishop, Pattern Recognition and Machine Learning, 4.3.2).
    """
    return jnp.maximum(logits, 0) - logits * target + jnp.log1p(jnp.exp(-jnp.abs(logits)))


@binary_crossentropy.defjvp  # type: ignore[untyped-decorator]
def _derivative(values: Any, changes: Any) -> Any:
    (target, logits), (of_target, of_logits) = values, changes
    change = (jax.nn.sigmoid(logits) - target) * of_logits - logits * of_target
    return binary_crossentropy(target, logits), change
