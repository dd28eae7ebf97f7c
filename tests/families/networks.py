"""Layers and drafts of small networks."""

from __future__ import annotations

from gridloom import Draft, Layer, Part, Settings


def dense(name, units, activation="relu", **more):
    settings = {"units": units, "activation": activation, "kernel_initializer": "glorot_uniform"}
    return Layer("Dense", settings | {"kernel_constraint": None, "bias_initializer": "zeros"}, path=(name,), **more)


def draft_of(*layers):
    return Draft(
        layers=list(layers),
        optimizer=Part("Adam", {"learning_rate": 0.001}),
        loss=Part("BinaryCrossentropy", {"label_smoothing": 0.0}),
        metrics=[Part("AUC", {"name": "auc"})],
        training=Settings({"epochs": 100, "batch_size": 10}),
    )


def recurrent():
    return Layer(
        "LSTM",
        {
            "units": 4,
            "activation": "tanh",
            "recurrent_activation": "sigmoid",
            "kernel_initializer": "glorot_uniform",
            "recurrent_initializer": "orthogonal",
            "kernel_constraint": None,
        },
        path=("lstm",),
    )


def convolution():
    return Layer(
        "Conv2D",
        {"filters": 8, "activation": "relu", "kernel_initializer": "glorot_uniform", "kernel_constraint": None},
        path=("conv",),
    )


def kinds(draft):
    return [layer.class_name for layer in draft.layers]
