"""Reads a Keras model into a draft: its layers as plain configs, in order, with what makes the output marked."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

from gridloom import Draft, Layer, Part, Settings, Task
from gridloom_plugins.networks.training import NetworkTraining
from gridloom_plugins.networks.wrapped import innermost

LOSSES = {
    "binary": "BinaryCrossentropy",
    "multiclass": "SparseCategoricalCrossentropy",
    "regression": "MeanSquaredError",
}
"""The losses of builders that do not compile their models, by kind of task."""


def is_editable(model: Any) -> bool:
    """Whether a Keras model can be read and made anew layer by layer: a Sequential or Functional one can.

    A subclass cannot: what it does of its own would be lost.
    """
    import keras
    from keras.src.models.functional import Functional

    return type(model) in (keras.Sequential, Functional)


def read_draft(model: Any, task: Task, training: NetworkTraining) -> Draft:
    """The draft of a model as its builder made it, with the experiment's training settings."""
    outputs = {id(layer) for layer in _output_layers(model)} if is_editable(model) else set()
    return Draft(
        layers=[
            Layer(
                *inside_of(layer),
                path=path,
                is_output=id(layer) in outputs,
                continues=continues,
            )
            for path, layer, continues in _rows(model, ())
        ],
        optimizer=_optimizer(model, training),
        loss=_loss(model, task),
        training=Settings({"epochs": training.epochs, "batch_size": training.batch_size}),
    )


def leaves(model: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """All layers that are no models themselves, with their paths; inputs and bare operations are skipped."""
    for path, layer, _ in _rows(model, ()):
        yield path, layer


def _rows(model: Any, prefix: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any, bool]]:
    """The leaves with their paths, and whether each continues the one before: rows of layers are kept together."""
    import keras

    if not is_editable(model):
        return
    followers = _followers(model)
    inside_a_row = {id(layer) for layer in followers.values()}
    for first in model.layers:
        row = [] if id(first) in inside_a_row else [first]
        while row and id(row[-1]) in followers:
            row.append(followers[id(row[-1])])
        continues = False
        for layer in row:
            if is_editable(layer):
                yield from _rows(layer, (*prefix, layer.name))
                continues = False
            elif not isinstance(layer, keras.layers.InputLayer):
                yield (*prefix, layer.name), layer, continues
                continues = True


def _followers(model: Any) -> dict[int, Any]:
    """By the identity of a layer, the one that takes what it computes and nothing more, where no other takes it."""
    import keras

    if isinstance(model, keras.Sequential):
        return {id(layer): follower for layer, follower in itertools.pairwise(model.layers)}
    nodes = list(itertools.chain.from_iterable(model._nodes_by_depth.values()))
    calls = Counter(id(node.operation) for node in nodes)
    takers: dict[int, list[Any]] = {id(tensor._keras_history.operation): [None] for tensor in model.outputs}
    for node in nodes:
        for tensor in node.input_tensors:
            takers.setdefault(id(tensor._keras_history.operation), []).append(node)
    followers = {}
    for layer in model.layers:
        node, *others = takers.get(id(layer), [None])
        alone = node and not others and len(node.input_tensors) == calls[id(layer)] == calls[id(node.operation)] == 1
        if alone and isinstance(node.operation, keras.Layer):
            followers[id(layer)] = node.operation
    return followers


def _output_layers(model: Any) -> Iterator[Any]:
    """The last layers with kernels on every way to an output, and all layers behind them."""
    import keras

    if isinstance(model, keras.Sequential):
        for layer in reversed(model.layers):
            yield from _output_layers(layer) if is_editable(layer) else (layer,)
            if _has_kernel(layer):
                return
        return
    waiting = list(model.outputs)
    while waiting:
        history = waiting.pop()._keras_history
        operation = history.operation
        yield from _output_layers(operation) if is_editable(operation) else (operation,)
        if not (isinstance(operation, keras.Layer) and _has_kernel(operation)):
            waiting += operation._inbound_nodes[history.node_index].input_tensors


def _has_kernel(layer: Any) -> bool:
    """Whether the layer, or one inside it, has a kernel."""
    if is_editable(layer):
        return any(_has_kernel(inner) for _, inner in leaves(layer))
    return bool(Layer(*inside_of(layer)).kernels)


def inside_of(layer: Any) -> tuple[str, dict[str, Any]]:
    """Class and config of a layer, or of the one inside it if it is a wrapper."""
    class_name, config = innermost(type(layer).__name__, config_of(layer))
    return class_name, dict(config)


def config_of(layer: Any) -> dict[str, Any]:
    """The config of a layer; empty for a layer of the user's own that does not tell it, so it can only be kept."""
    try:
        config: dict[str, Any] = layer.get_config()
    except (NotImplementedError, TypeError):
        return {}
    return config


def _optimizer(model: Any, training: NetworkTraining) -> Part:
    """The optimizer of the experiment, or else of the compiled model, or else Adam."""
    import keras

    wanted = training.optimizer
    if wanted is None and model.compiled and model.optimizer is not None:
        part = Part(type(model.optimizer).__name__, model.optimizer.get_config())
    else:
        settings: dict[str, Any] = {"name": wanted or "adam"} if isinstance(wanted, str | None) else dict(wanted)
        if isinstance(settings.get("learning_rate"), int):
            settings["learning_rate"] = float(settings["learning_rate"])  # Keras takes no other numbers
        part = Part(type(keras.optimizers.get(settings.pop("name"))).__name__, settings)
    if training.learning_rate is not None:
        part["learning_rate"] = float(training.learning_rate)
    return part


def _loss(model: Any, task: Task) -> Part:
    """The loss the model was compiled with, or the usual one of the task; a custom function is named, without config."""
    import keras

    if not (model.compiled and model.loss):
        return Part(LOSSES[task.kind])
    loss = keras.losses.get(keras.tree.flatten(model.loss)[0])
    if isinstance(loss, keras.losses.Loss):
        return Part(type(loss).__name__, loss.get_config())
    name = getattr(loss, "__name__", type(loss).__name__)
    class_name = "".join(word.capitalize() for word in name.split("_"))
    return Part(class_name if hasattr(keras.losses, class_name) else name)
