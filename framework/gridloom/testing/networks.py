"""Drafts of small networks, as the framework reads them from Keras models, for tests of families without Keras."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from gridloom.core.data import ONE_TARGET, TaskKind
from gridloom.core.draft import Draft, Layer, Part, Settings

Network = Literal["linear", "dense", "deep", "normalized", "functional", "convolutional", "recurrent"]
"""Networks by name: without a hidden layer, with one, with two, with separate activation layers, with branches, ..."""

NETWORKS: tuple[Network, ...] = get_args(Network)
TASKS: tuple[TaskKind, ...] = ONE_TARGET
"""The kinds of task that every family and model builder is tested with, unless it says otherwise."""

Optimizer = Literal["Adam", "SGD"]
"""What the networks may be trained with."""

FEATURES, CLASSES, TARGETS = 4, 3, 2
"""Columns of the networks' data, classes of a task with more than two, and targets of a task with several."""

_OUTPUT: Mapping[TaskKind, tuple[int, str]] = {
    "binary": (1, "sigmoid"),
    "multiclass": (CLASSES, "softmax"),
    "regression": (1, "linear"),
    "multilabel": (TARGETS, "sigmoid"),
    "multioutput": (TARGETS, "linear"),
}

_BINARY = (
    "BinaryCrossentropy",
    {"name": "binary_crossentropy", "from_logits": False, "label_smoothing": 0.0, "axis": -1},
)

_LOSS: Mapping[TaskKind, tuple[str, dict[str, Any]]] = {
    "binary": _BINARY,
    "multiclass": (
        "SparseCategoricalCrossentropy",
        {"name": "sparse_categorical_crossentropy", "from_logits": False, "ignore_class": None},
    ),
    "regression": ("MeanSquaredError", {"name": "mean_squared_error"}),
    "multilabel": _BINARY,
    "multioutput": ("MeanSquaredError", {"name": "mean_squared_error"}),
}


_OPTIMIZER: Mapping[Optimizer, dict[str, Any]] = {
    "Adam": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": False},
    "SGD": {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False},
}


def draft_of(network: Network = "dense", task: TaskKind = "binary", optimizer: Optimizer = "Adam") -> Draft:
    """A new draft of a small network for rows of four features, as Keras would describe it."""
    units, activation = _OUTPUT[task]
    output = _dense("output", units, activation)
    output.is_output = True
    class_name, config = _LOSS[task]
    return Draft(
        layers=[*_HIDDEN[network](), output],
        optimizer=Part(optimizer, {"weight_decay": None, "clipnorm": None, **_OPTIMIZER[optimizer]}),
        loss=Part(class_name, {**config, "reduction": "sum_over_batch_size"}),
        training=Settings({"epochs": 100, "batch_size": 32}),
    )


def _layer(class_name: str, name: str, **config: Any) -> Layer:
    return Layer(class_name, {"name": name, "trainable": True, **config}, path=(name,))


def _initializer(class_name: str, **config: Any) -> dict[str, Any]:
    return {"module": "keras.initializers", "class_name": class_name, "config": config, "registered_name": None}


def _weights() -> dict[str, Any]:
    """What the configs of all layers with a kernel and a bias have."""
    return {
        "use_bias": True,
        "kernel_initializer": _initializer("GlorotUniform", seed=None, input_axes=None, output_axes=None),
        "bias_initializer": _initializer("Zeros"),
        "kernel_regularizer": None,
        "bias_regularizer": None,
        "kernel_constraint": None,
        "bias_constraint": None,
    }


def _dense(name: str, units: int, activation: str) -> Layer:
    return _layer("Dense", name, units=units, activation=activation, **_weights())


def _normalization(name: str) -> Layer:
    return _layer(
        "BatchNormalization",
        name,
        axis=-1,
        momentum=0.99,
        epsilon=0.001,
        center=True,
        scale=True,
        beta_initializer=_initializer("Zeros"),
        gamma_initializer=_initializer("Ones"),
        moving_mean_initializer=_initializer("Zeros"),
        moving_variance_initializer=_initializer("Ones"),
        beta_regularizer=None,
        gamma_regularizer=None,
        beta_constraint=None,
        gamma_constraint=None,
    )


def _convolution(name: str) -> Layer:
    return _layer(
        "Conv1D",
        name,
        filters=3,
        kernel_size=(2,),
        strides=(1,),
        padding="valid",
        data_format="channels_last",
        dilation_rate=(1,),
        groups=1,
        activation="relu",
        activity_regularizer=None,
        **_weights(),
    )


def _recurrent(name: str) -> Layer:
    return _layer(
        "LSTM",
        name,
        return_sequences=False,
        return_state=False,
        units=3,
        activation="tanh",
        recurrent_activation="sigmoid",
        recurrent_initializer=_initializer("Orthogonal", seed=None, gain=1.0),
        unit_forget_bias=True,
        recurrent_regularizer=None,
        activity_regularizer=None,
        recurrent_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        **_weights(),
    )


_HIDDEN: Mapping[Network, Callable[[], list[Layer]]] = {
    "linear": list,
    "dense": lambda: [_dense("hidden", 5, "relu")],
    "deep": lambda: [_dense("first", 5, "relu"), _dense("second", 3, "tanh")],
    "normalized": lambda: [
        _dense("wide", 5, "linear"),
        _normalization("normalization"),
        _layer("Activation", "activation", activation="relu"),
    ],
    "functional": lambda: [
        _dense("left", 5, "relu"),
        _dense("right", 3, "tanh"),
        _layer("Concatenate", "together", axis=-1),
    ],
    "convolutional": lambda: [
        _layer("Reshape", "sequence", target_shape=(FEATURES, 1)),
        _convolution("convolution"),
        _layer("Flatten", "flat", data_format="channels_last"),
        _dense("hidden", 3, "relu"),
    ],
    "recurrent": lambda: [_layer("Reshape", "sequence", target_shape=(FEATURES, 1)), _recurrent("memory")],
}
