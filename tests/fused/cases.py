"""The cases that are trained both by fused programs and by Keras, and the two scripts' common ground."""

from __future__ import annotations

import zlib

import numpy as np

NOT_FOR_TENSORFLOW = "noise:"
"""Cases that draw numbers, which each backend does in its own way."""

NOT_FOR_JAX = "saturated:"
"""Cases whose probabilities Keras's JAX backend clips where the TensorFlow backend computes with logits."""

CASES = {
    "activations": ("two", 11),
    "layer:no_hidden": ("two", 8),
    **{f"layer:{name}": ("two", 11) for name in ("batch_norm", "connections")},
    "layer:batch_norm weighted": ("weighted", 8),
    "layer:layer_norm": ("two", 50),
    "layer:leaky": ("two", 1),
    "layer:conv2d": ("images", 8),
    "layer:convolutions": ("images", 11),
    "layer:gru": ("series", 8),
    **{f"layer:{name}": ("series", 11) for name in ("convolutions1d", "lstm", "attend")},
    "layer:embeddings": ("tokens", 11),
    "layer:inputs": ("inputs", 8),
    "noise:dropout": ("two", 8),
    "noise:gaussian": ("two", 50),
    "noise:seeded": ("two", 1),
    "noise:recurrent": ("series", 11),
    "loss:binary_crossentropy": ("two", 8),
    **{f"loss:{name}": ("two", 11) for name in ("smoothed", "logits", "hinge")},
    "loss:sparse_categorical_crossentropy": ("three", 8),
    **{
        f"loss:{name}": ("three", 11)
        for name in ("categorical_crossentropy", "categorical_smoothed", "categorical_hinge", "kl_divergence")
    },
    "loss:mse several": ("several", 8),
    "loss:binary_crossentropy labels": ("labels", 8),
    "loss:mse": ("numbers", 8),
    **{f"loss:{name}": ("numbers", 11) for name in ("mae", "huber")},
    "optimizer:adam": ("two", 8),
    **{
        f"optimizer:{name}": ("two", 11)
        for name in (
            *("momentum", "nesterov", "rmsprop", "adamw", "nadam", "adagrad", "adamax", "adadelta", "lion"),
            *("exponential_decay", "cosine_decay", "clipnorm", "global_clipnorm", "accumulating"),
        )
    },
    "bounded:constraints": ("two", 11),
    "bounded:regularizers": ("two", 8),
    "saturated:sigmoid": ("two", 11),
    **{f"saturated:{name}": ("three", 11) for name in ("softmax", "one_hot", "operation")},
}
"""The kind of data and the rows a batch, by the case's name; what follows a space only tells cases apart.

22 rows are trained on: 11 divides them, 8 leaves a short last batch, 50 is more than there are.
A short last batch is a program of its own to compile: cases have it that differ in how a batch is summed up or kept.
"""

EPOCHS = 2
"""The second one begins with what the first one leaves: weights, the optimizer's state, generators, averages."""

ONE_LANE = ("activations", "layer:conv2d", "layer:gru", "noise:dropout", "layer:batch_norm weighted")
"""Cases that are trained in programs of a single lane as well. Others than these and MANY_LANES are compiled in haste alone."""

LANES = 33
MANY_LANES = (
    *("activations", "layer:batch_norm", "layer:gru", "optimizer:adam"),
    *("noise:seeded", "bounded:constraints", "saturated:one_hot"),
)
"""Cases that are trained in thorough programs of LANES lanes as well."""

FITTED = {
    "tensorflow": [case for case in CASES if not case.startswith(NOT_FOR_TENSORFLOW)],
    "jax": [
        case for case in CASES if case.startswith((NOT_FOR_TENSORFLOW, NOT_FOR_JAX)) or case in {*ONE_LANE, *MANY_LANES}
    ],
}
"""The cases that Keras trains, by its backend: all on one, and some on both.

JAX takes seconds to compile what TensorFlow runs step by step.
"""


def model_of(case):
    return case.partition(" ")[0]


def start_of(case, lane, place, value, trainable):
    """What a variable of a case begins with: equal in all processes, whatever draws initial weights."""
    shape, dtype = np.shape(value), np.asarray(value).dtype
    rng = np.random.default_rng([zlib.crc32(case.encode()), lane, place])
    if dtype == "uint32":
        return rng.integers(0, 2**31, shape).astype(dtype)
    return rng.uniform(-0.6 if trainable else 0.2, 0.6, shape).astype(dtype)
