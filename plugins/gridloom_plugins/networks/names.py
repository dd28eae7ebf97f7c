"""Names of Keras's activations, initializers, optimizers and their settings, so that YAML is checked without importing Keras."""

from __future__ import annotations

from typing import Literal

ActivationName = Literal[
    "celu",
    "elu",
    "exponential",
    "gelu",
    "hard_sigmoid",
    "hard_silu",
    "leaky_relu",
    "linear",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "swish",
    "tanh",
]

InitializerName = Literal[
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "normal",
    "one",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "uniform",
    "variance_scaling",
    "zero",
    "zeros",
]

OptimizerName = Literal[
    "adadelta",
    "adafactor",
    "adagrad",
    "adam",
    "adamax",
    "adamw",
    "ftrl",
    "lion",
    "nadam",
    "rmsprop",
    "sgd",
]

OPTIMIZER_CLASSES: dict[OptimizerName, str] = {
    "adadelta": "Adadelta",
    "adafactor": "Adafactor",
    "adagrad": "Adagrad",
    "adam": "Adam",
    "adamax": "Adamax",
    "adamw": "AdamW",
    "ftrl": "Ftrl",
    "lion": "Lion",
    "nadam": "Nadam",
    "rmsprop": "RMSprop",
    "sgd": "SGD",
}
"""The class of each optimizer, as drafts name it."""

SETTINGS_OF_ALL = (
    "clipnorm",
    "clipvalue",
    "ema_momentum",
    "ema_overwrite_frequency",
    "global_clipnorm",
    "gradient_accumulation_steps",
    "learning_rate",
    "loss_scale_factor",
    "use_ema",
    "weight_decay",
)
"""The settings that every optimizer has."""

OPTIMIZER_SETTINGS: dict[str, tuple[str, ...]] = {
    "adadelta": ("epsilon", "rho"),
    "adafactor": ("beta_2_decay", "clip_threshold", "epsilon_1", "epsilon_2", "relative_step"),
    "adagrad": ("epsilon", "initial_accumulator_value"),
    "adam": ("amsgrad", "beta_1", "beta_2", "epsilon"),
    "adamax": ("beta_1", "beta_2", "epsilon"),
    "adamw": ("amsgrad", "beta_1", "beta_2", "epsilon"),
    "ftrl": (
        "beta",
        "initial_accumulator_value",
        "l1_regularization_strength",
        "l2_regularization_strength",
        "l2_shrinkage_regularization_strength",
        "learning_rate_power",
    ),
    "lion": ("beta_1", "beta_2"),
    "nadam": ("beta_1", "beta_2", "epsilon"),
    "rmsprop": ("centered", "epsilon", "momentum", "rho"),
    "sgd": ("momentum", "nesterov"),
}
"""The settings of each optimizer beside those."""
