"""A network's inputs beside those of the data: names, shapes, and whole numbers where a network takes those alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gridloom import Fit, Task, Work, cut_inputs
from gridloom_plugins.networks.keeping import Kept

EXACT = 2**24
"""Up to here, float32 holds every whole number."""

_found: Kept[tuple[float, float, float | None]] = Kept(16)


def zeros_for(task: Task, rows: int) -> Any:
    """So many rows of zeros as a network takes them: an array, or a dict of arrays for several inputs."""
    return cut_inputs(np.zeros((rows, *task.input_shape), "float32"), task.inputs)


def check_inputs(model: Any, task: Task) -> None:
    """ValueError unless the model's inputs are those of the task, by name and by shape.

    Nothing is known of a model that was not made from `keras.Input`.
    """
    if not getattr(model, "inputs", None):
        return
    own = _named(model)
    if not task.inputs:
        _check_single(model, task)
    elif not own or own.keys() != task.inputs.keys():
        wanted = ", ".join(f"'{name}' {shape}" for name, shape in task.inputs.items())
        there = ", ".join(f"'{tensor.name}' {tuple(tensor.shape[1:])}" for tensor in model.inputs)
        raise ValueError(
            f"the network has the input(s) {there}, but the data have {wanted}: the builder should make a "
            "keras.Input(shape, name=name) for each name and shape of task.inputs, and give keras.Model all of them"
        )
    else:
        for name, shape in task.inputs.items():
            if not _suits(tuple(own[name].shape[1:]), shape):
                taken = tuple(own[name].shape[1:])
                raise ValueError(
                    f"the network's input '{name}' takes rows of shape {taken}, but rows of the data have {shape}"
                )


def _check_single(model: Any, task: Task) -> None:
    """The same for data of one array."""
    row = task.input_shape
    if len(model.inputs) != 1:
        names = ", ".join(tensor.name for tensor in model.inputs)
        raise ValueError(
            f"the network has {len(model.inputs)} inputs, {names}, but the data have one array of features; the data "
            f"set should return X as a dict of arrays by these names (for 'arrays': X: [{names}])"
        )
    taken = tuple(model.inputs[0].shape[1:])
    if len(taken) == len(row) and any(size not in (None, own) for size, own in zip(taken, row, strict=True)):
        raise ValueError(f"the network takes rows of shape {taken}, but those of the data have shape {row}")


def _named(model: Any) -> dict[str, Any]:
    """The inputs of a model by the names that Keras finds them by; empty where it finds none by a name."""
    structure = getattr(model, "_inputs_struct", model.inputs)
    if isinstance(structure, dict):
        flat = structure
    else:
        listed = structure if isinstance(structure, list | tuple) else [structure]
        flat = {getattr(tensor, "name", ""): tensor for tensor in listed}
    return flat if all(hasattr(tensor, "shape") for tensor in flat.values()) else {}


def _suits(taken: tuple[int | None, ...], row: tuple[int, ...]) -> bool:
    """Whether Keras feeds rows of one shape to an input of another: it adds or drops a last axis of one value."""
    if abs(len(taken) - len(row)) == 1 and (taken if len(taken) > len(row) else row)[-1] == 1:
        taken, row = taken[: len(row)], row[: len(taken)]
    return len(taken) == len(row) and all(size in (None, own) for size, own in zip(taken, row, strict=True))


def check_values(work: Work, fit: Fit, model: Any) -> None:
    """ValueError where the features are no whole numbers though an input takes those alone, or no ids of an Embedding."""
    if not getattr(model, "inputs", None):
        return
    inputs = work.task(fit).inputs
    for name, tensor, layer in _whole_numbers(model):
        what = f"the input '{name}'" if inputs else "the features"
        key = (work.recipe.key, work.data.fingerprint, work.features_key(fit), name)
        least, most, fraction = _found.get(key, lambda: _extremes(_values(work, fit, name)))  # noqa: B023  (called at once)
        if fraction is not None:
            taker = "ids" if layer is not None else f"whole numbers ({tensor.dtype})"
            raise ValueError(f"the network takes {taker}, but {what} of the data contain {fraction:g}, for example")
        if max(-least, most) > EXACT:
            number = max(least, most, key=abs)
            raise ValueError(
                f"{what} of the data contain {number:.0f}, but networks get float32 numbers, which are not exact above "
                f"{EXACT}"
            )
        if layer is not None and not 0 <= least <= most < layer.input_dim:
            wrong = least if least < 0 else most
            raise ValueError(
                f"the layer '{layer.name}' takes ids from 0 to {layer.input_dim - 1} (its input_dim is {layer.input_dim}), "
                f"but {what} of the data contain {wrong:.0f}"
            )


def _whole_numbers(model: Any) -> Iterator[tuple[str, Any, Any]]:
    """The inputs that take whole numbers alone, by name, each with the Embedding that looks its ids up, or None."""
    import keras

    layers = [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.Embedding)]
    for name, tensor in _named(model).items():
        takers = [
            layer
            for layer in layers
            if any(given is tensor for node in layer._inbound_nodes for given in node.input_tensors)
        ]
        yield from ((name, tensor, layer) for layer in takers)
        if not takers and "int" in str(tensor.dtype):
            yield name, tensor, None


def _values(work: Work, fit: Fit, name: str) -> Any:
    """The features of an input."""
    X, inputs = work.features(fit), work.task(fit).inputs
    return cut_inputs(X, inputs)[name] if inputs else X


def _extremes(values: Any) -> tuple[float, float, float | None]:
    """The least and the largest value, and the first that is no whole number, or None."""
    fractions = np.zeros(0) if values.dtype.kind in "biu" else values[values != np.floor(values)]
    return float(values.min()), float(values.max()), float(fractions[0]) if len(fractions) else None
