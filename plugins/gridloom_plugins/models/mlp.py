"""The model builder `mlp`: a multilayer perceptron in Keras."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge, Gt, Lt

from gridloom import ModelBuilder, Task
from gridloom_plugins.networks.names import ActivationName, InitializerName


def build(
    task: Task,
    hidden: tuple[Annotated[int, Ge(1)], ...] = (12,),
    activation: ActivationName = "relu",
    initializer: InitializerName = "glorot_uniform",
    dropout: Annotated[float, Ge(0), Lt(1)] = 0.0,
    max_norm: Annotated[int | float, Gt(0)] | None = None,
) -> Any:
    """Dense layers of these sizes, then an output layer that suits the task.

    `activation` is for the hidden layers, `initializer` for all kernels; `dropout` is the rate after each hidden layer
    (0: none) and `max_norm` bounds the norm of the weights into each hidden neuron (null: no bound). Two classes end in
    one sigmoid with binary cross-entropy, more in a softmax with sparse categorical cross-entropy, numbers in one
    linear output with the mean squared error; labels have one sigmoid each, several numbers one linear output each.
    Rows of any shape are flattened first; features are not scaled, so add `standardize` to `preprocess:` if they differ
    much in size.
    """
    import keras

    constraint = keras.constraints.MaxNorm(max_norm) if max_norm else None
    layers = [keras.Input(task.input_shape)]
    if len(task.input_shape) != 1:
        layers.append(keras.layers.Flatten())
    for size in hidden:
        layers.append(
            keras.layers.Dense(size, activation, kernel_initializer=initializer, kernel_constraint=constraint)
        )
        if dropout:
            layers.append(keras.layers.Dropout(dropout))
    outputs, last, loss = {
        "binary": (1, "sigmoid", keras.losses.BinaryCrossentropy()),
        "multiclass": (task.n_classes, "softmax", keras.losses.SparseCategoricalCrossentropy()),
        "regression": (1, "linear", keras.losses.MeanSquaredError()),
        "multilabel": (task.n_outputs, "sigmoid", keras.losses.BinaryCrossentropy()),
        "multioutput": (task.n_outputs, "linear", keras.losses.MeanSquaredError()),
    }[task.kind]
    layers.append(keras.layers.Dense(outputs, last, kernel_initializer=initializer))
    model = keras.Sequential(layers)
    model.compile(optimizer="adam", loss=loss)
    return model


BUILDER = ModelBuilder(
    name="mlp", summary="Multilayer perceptron: dense layers, output and loss from the task.", build=build
)
