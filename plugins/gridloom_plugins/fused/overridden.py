"""What a network's class does of its own in training or prediction that a traced step never calls."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import keras

HONOURED = frozenset(
    (
        "add_loss",
        "add_weight",
        "build",
        "build_from_config",
        "call",
        "compile",
        "compile_from_config",
        "compute_loss",
        "compute_loss_and_updates",
        "compute_mask",
        "compute_metrics",
        "compute_output_shape",
        "compute_output_spec",
        "export",
        "from_config",
        "get_build_config",
        "get_compile_config",
        "get_config",
        "get_metrics_result",
        "losses",
        "metrics",
        "save",
        "save_weights",
        "stateless_call",
        "stateless_compute_loss",
        "summary",
        "train_step",
    )
)
"""Methods of `keras.Model` that a traced step, or saving the model, does call, or that no score depends on."""

_OF_OPTIMIZERS = ("apply_gradients", "finalize_variable_values", "minimize")


def ignored_methods(model: Any) -> list[str]:
    """The methods of `keras.Model` that the model has in a way of its own, though no traced step calls them, sorted."""
    found = {name for name in _own(model) if hasattr(keras.Model, name) and name not in HONOURED}
    return sorted(name for name in found if name == "__call__" or not name.startswith("_"))


def ignored_by_optimizer(optimizer: Any) -> list[str]:
    """The same of its optimizer."""
    return [name for name in _OF_OPTIMIZERS if name in set(_own(optimizer))]


def _own(thing: Any) -> Iterator[str]:
    """The methods and properties of an object that are not Keras's: of its classes, or put on the object itself."""
    for kind in type(thing).__mro__:
        if not kind.__module__.startswith(("keras.", "builtins")):
            yield from (name for name, value in vars(kind).items() if callable(value) or hasattr(value, "__get__"))
    for name, value in vars(thing).items():
        function = getattr(value, "__func__", value)
        if isinstance(function, types.FunctionType) and not function.__module__.startswith("keras."):
            yield name
