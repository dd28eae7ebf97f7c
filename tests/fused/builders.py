"""A plugin with one small Keras model for each thing that a fused program must train as Keras does, and its data."""

from __future__ import annotations

from typing import get_args

import numpy as np

import gridloom
from gridloom import Data, Dataset, ModelBuilder
from gridloom_plugins.networks.names import ActivationName

ROWS = 33
CLASSES = ("a", "b", "c")


def last_layer(task, activation="default"):
    from keras import layers

    if task.kind == "multiclass":
        return layers.Dense(task.n_classes, "softmax" if activation == "default" else activation)
    usual = "linear" if task.is_numeric else "sigmoid"
    return layers.Dense(task.n_outputs, usual if activation == "default" else activation)


def compiled(model, task, optimizer=None, loss=None):
    import keras

    usual = {"binary": "binary_crossentropy", "multiclass": "sparse_categorical_crossentropy", "regression": "mse"}
    model.compile(optimizer or keras.optimizers.SGD(0.05), loss or usual[task.kind])
    return model


def stack(task, *layers, last="default", **settings):
    return stack_of([*layers, last_layer(task, last)], task, **settings)


def stack_of(layers, task, **settings):
    import keras

    return compiled(keras.Sequential([keras.Input(task.input_shape), *layers]), task, **settings)


def connected(task, connect, **settings):
    import keras

    start = keras.Input(task.input_shape)
    return compiled(keras.Model(start, last_layer(task)(connect(start))), task, **settings)


def side_by_side(task, *stacks):
    """Stacks of layers, each of which begins with the features."""
    from keras import layers

    def connect(start):
        ends = []
        for stack in stacks:
            end = start
            for layer in stack:
                end = layer(end)
            ends.append(end)
        return layers.Concatenate()(ends)

    return connected(task, connect)


def activations(task):
    """Every activation in a branch of its own."""
    from keras import layers

    return side_by_side(task, *([layers.Dense(3, name, name=f"with_{name}")] for name in get_args(ActivationName)))


def layer_model(task, which):
    import keras
    from keras import layers

    def connections(x):
        hidden = layers.Dense(6, "tanh")(x)
        inner = keras.Sequential([layers.Dense(6, "relu"), layers.Dense(6, "tanh")])
        return layers.Concatenate()([layers.Add()([x, hidden]), layers.Multiply()([x, hidden]), inner(inner(x)) - x])

    def attend(x):
        return layers.Flatten()(layers.MultiHeadAttention(2, 3, use_bias=False)(x, x))

    if which == "inputs":
        start = {name: keras.Input(shape, name=name) for name, shape in sorted(task.inputs.items())}
        words = layers.Flatten()(layers.Embedding(7, 2)(start["words"]))
        picture = layers.GlobalAveragePooling2D()(start["picture"])
        both = layers.Concatenate()([layers.Dense(3, "relu")(words), picture, start["table"]])
        return compiled(keras.Model([*start.values()], last_layer(task)(both)), task)
    if which in ("connections", "attend"):
        return connected(task, {"connections": connections, "attend": attend}[which])
    stacks = {
        "batch_norm": lambda: [layers.Dense(5, use_bias=False), layers.BatchNormalization(momentum=0.7), layers.ReLU()],
        "layer_norm": lambda: [layers.Dense(4), layers.LayerNormalization(), layers.Dense(3), layers.PReLU()],
        "leaky": lambda: [layers.Dense(5), layers.LeakyReLU(0.3), layers.Dense(4), layers.ELU(0.5)],
        "no_hidden": list,
        "conv2d": lambda: [
            layers.Conv2D(3, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Flatten(),
        ],
        "lstm": lambda: [layers.LSTM(4)],
        "gru": lambda: [layers.GRU(4)],
    }
    many = {
        "convolutions": lambda: [
            [
                layers.SeparableConv2D(3, 3, padding="same"),
                layers.AveragePooling2D(2),
                layers.DepthwiseConv2D(2),
                layers.Flatten(),
            ],
            [layers.Conv2D(3, 3, strides=2, padding="same"), layers.GlobalAveragePooling2D()],
            [layers.Conv2DTranspose(3, 3, strides=2), layers.Conv2D(2, 5, strides=3), layers.Flatten()],
            [layers.Conv2D(4, 2, dilation_rate=(2, 3), activation="tanh"), layers.Flatten()],
            [layers.Conv2D(4, 2), layers.Conv2D(6, 2, groups=2), layers.Flatten()],
        ],
        "convolutions1d": lambda: [
            [
                layers.Conv1D(4, 2, activation="tanh"),
                layers.MaxPooling1D(2),
                layers.Conv1D(3, 2, padding="causal"),
                layers.GlobalMaxPooling1D(),
            ],
            [layers.Conv1D(4, 3, strides=2, padding="same"), layers.Flatten()],
        ],
        "embeddings": lambda: [
            [layers.Embedding(7, 4), layers.GlobalAveragePooling1D()],
            [layers.Embedding(7, 3, mask_zero=True), layers.LSTM(3)],
        ],
    }
    return side_by_side(task, *many[which]()) if which in many else stack(task, *stacks[which]())


def noisy(task, which):
    from keras import layers

    stacks = {
        "dropout": lambda: [layers.Dropout(0.2), layers.Dense(6, "relu"), layers.Dropout(0.5)],
        "gaussian": lambda: [layers.GaussianNoise(0.3), layers.Dense(6, "relu"), layers.GaussianDropout(0.3)],
        "seeded": lambda: [layers.Dense(6, "relu"), layers.Dropout(0.5, seed=3)],
        "recurrent": lambda: [layers.LSTM(4, dropout=0.3, recurrent_dropout=0.2)],
    }
    return stack(task, *stacks[which]())


def loss_model(task, which):
    from keras import layers, losses

    made = {
        "smoothed": lambda: losses.BinaryCrossentropy(label_smoothing=0.1),
        "logits": lambda: losses.BinaryCrossentropy(from_logits=True),
        "categorical_smoothed": lambda: losses.CategoricalCrossentropy(label_smoothing=0.2),
        "huber": lambda: losses.Huber(delta=0.3),
    }
    loss = made[which]() if which in made else which
    last = {"logits": "linear", "hinge": "tanh"}
    return stack(task, layers.Dense(5, "tanh"), last=last.get(which, "default"), loss=loss)


def optimizer_model(task, which):
    from keras import layers, optimizers

    schedules = optimizers.schedules
    made = {
        "momentum": lambda: optimizers.SGD(0.05, momentum=0.8),
        "nesterov": lambda: optimizers.SGD(0.05, momentum=0.8, nesterov=True),
        "rmsprop": lambda: optimizers.RMSprop(0.01, rho=0.8, momentum=0.3),
        "adam": lambda: optimizers.Adam(0.01),
        "adamw": lambda: optimizers.AdamW(0.01, weight_decay=0.1),
        "nadam": lambda: optimizers.Nadam(0.01),
        "adagrad": lambda: optimizers.Adagrad(0.05),
        "adamax": lambda: optimizers.Adamax(0.01),
        "adadelta": lambda: optimizers.Adadelta(0.5),
        "lion": lambda: optimizers.Lion(0.003),
        "exponential_decay": lambda: optimizers.SGD(schedules.ExponentialDecay(0.1, 3, 0.5)),
        "cosine_decay": lambda: optimizers.Adam(schedules.CosineDecay(0.03, 6, warmup_target=0.05, warmup_steps=2)),
        "clipnorm": lambda: optimizers.SGD(0.5, clipnorm=0.05),
        "global_clipnorm": lambda: optimizers.SGD(0.5, global_clipnorm=0.05),
        "accumulating": lambda: optimizers.SGD(0.1, gradient_accumulation_steps=2),
    }
    return stack(task, layers.Dense(5, "tanh"), optimizer=made[which]())


def bounded(task, which):
    from keras import constraints, layers, optimizers, regularizers

    pairs = {
        "constraints": [
            {"kernel_constraint": constraints.MaxNorm(0.7, axis=0), "bias_constraint": constraints.NonNeg()},
            {"kernel_constraint": constraints.UnitNorm()},
            {"kernel_constraint": constraints.MinMaxNorm(0.4, 0.6, rate=0.5)},
        ],
        "regularizers": [
            {"kernel_regularizer": regularizers.L1(0.03), "bias_regularizer": regularizers.L2(0.05)},
            {"kernel_regularizer": regularizers.L1L2(0.02, 0.04), "activity_regularizer": regularizers.L2(0.01)},
            {"kernel_regularizer": regularizers.OrthogonalRegularizer(0.02)},
        ],
    }
    hidden = [layers.Dense(5, "tanh", **settings) for settings in pairs[which]]
    return stack(task, *hidden, optimizer=optimizers.SGD(0.3))


def saturated(task, which):
    """Networks that begin sure, and so wrong about some rows that the gradient of clipped probabilities is zero."""
    import keras
    from keras import layers, optimizers

    class Softmax(layers.Layer):
        def call(self, x):
            return keras.ops.softmax(x)

    hidden = [layers.Dense(5, "tanh"), layers.Rescaling(60.0)]
    settings = {"optimizer": optimizers.SGD(0.001)}
    if which == "one_hot":
        settings["loss"] = "categorical_crossentropy"
    if which == "operation":
        return stack_of([*hidden, layers.Dense(task.n_classes), Softmax()], task, **settings)
    return stack(task, *hidden, **settings)


def measured(task, _):
    """A network that is compiled with metrics: a name, an object, a function, and one that weights count for."""
    import keras

    def own(y, p):
        return keras.ops.abs(p - 0.5)

    model = keras.Sequential([keras.Input(task.input_shape), keras.layers.Dense(4, "tanh"), last_layer(task)])
    metrics = ["accuracy", keras.metrics.AUC(), own]
    model.compile(
        "adam", "binary_crossentropy", metrics=metrics, weighted_metrics=[keras.metrics.Precision(name="weighed")]
    )
    return model


MAKERS = {
    "activations": lambda task, _: activations(task),
    "layer": layer_model,
    "noise": noisy,
    "loss": loss_model,
    "optimizer": optimizer_model,
    "bounded": bounded,
    "saturated": saturated,
    "metrics": measured,
}


def build(task, case: str = "layer:no_hidden"):
    """The model of a case, named like "layer:lstm"."""
    kind, _, which = case.partition(":")
    return MAKERS[kind](task, which)


def pinned(task, case: str = "layer:no_hidden"):
    """The same with weights that are alike on all backends, whatever draws initial ones."""
    model = build(task, case)
    rng = np.random.default_rng(11)
    for variable in model.trainable_variables:
        variable.assign(rng.uniform(-0.6, 0.6, variable.shape))
    return model


def load(kind: str = "two"):
    """Data of a kind, whose targets have to do with the features."""
    rng = np.random.default_rng(5)
    shape = {"images": (6, 6, 1), "series": (5, 3), "tokens": (5,)}.get(kind, (6,))
    X = rng.integers(0, 7, (ROWS, *shape)) if kind == "tokens" else rng.normal(size=(ROWS, *shape))
    if kind == "inputs":
        table, words = rng.normal(size=(ROWS, 3)), rng.integers(0, 7, (ROWS, 4))
        inputs = {"words": words, "table": table, "picture": rng.normal(size=(ROWS, 4, 4, 2))}
        return Data(inputs, (table.sum(axis=1) + words[:, 0] > 3).astype(int), classes=CLASSES[:2])
    sums = X.reshape(ROWS, -1)[:, :3].sum(axis=1)
    if kind in ("labels", "several"):
        pairs = X[:, :2] + X[:, 2:4]
        return Data(X, pairs > 0, multilabel=True) if kind == "labels" else Data(X, pairs)
    if kind == "numbers":
        return Data(X, np.abs(sums) / 2)
    classes = CLASSES if kind in ("three", "images") else CLASSES[:2]
    y = np.searchsorted(np.quantile(sums, np.linspace(0, 1, len(classes) + 1)[1:-1]), sums)
    return Data(X, y, classes=classes, weights=rng.uniform(0.1, 3, ROWS) if kind == "weighted" else None)


@gridloom.hookimpl
def gridloom_model_builders():
    yield ModelBuilder("case", "The models of the tests.", build)
    yield ModelBuilder("pinned", "The models of the tests, with weights that nothing draws.", pinned)


@gridloom.hookimpl
def gridloom_datasets():
    yield Dataset("kind", "The data of the tests.", load)
