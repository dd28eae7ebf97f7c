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
    **{f"layer:{name}": ("two", 11) for name in ("batch_norm", "layer_norm", "leaky", "skip", "shared")},
    **{
        f"layer:{name}": ("images", 11)
        for name in ("conv2d", "separable", "strides", "transposed", "dilated", "grouped")
    },
    **{f"layer:{name}": ("series", 11) for name in ("conv1d", "strides1d", "lstm", "gru", "attend")},
    **{f"layer:{name}": ("tokens", 11) for name in ("embedding", "masked")},
    **{f"noise:{name}": ("two", 11) for name in ("dropout", "gaussian", "seeded")},
    **{f"noise:{name}": ("series", 11) for name in ("recurrent",)},
    **{f"loss:{name}": ("two", 8) for name in ("binary_crossentropy", "smoothed", "logits", "hinge")},
    **{
        f"loss:{name}": ("three", 8)
        for name in (
            "sparse_categorical_crossentropy",
            "categorical_crossentropy",
            "categorical_smoothed",
            "categorical_hinge",
            "kl_divergence",
        )
    },
    **{f"loss:{name}": ("numbers", 8) for name in ("mse", "mae", "huber")},
    **{
        f"optimizer:{name}": ("two", 11)
        for name in (
            *("momentum", "nesterov", "rmsprop", "adam", "adamw", "nadam", "adagrad", "adamax", "adadelta", "lion"),
            *("exponential_decay", "cosine_decay", "clipnorm", "global_clipnorm", "accumulating"),
        )
    },
    "bounded:constraints": ("two", 11),
    "bounded:regularizers": ("two", 11),
    "saturated:sigmoid": ("two", 8),
    **{f"saturated:{name}": ("three", 8) for name in ("softmax", "one_hot", "operation")},
    "layer:no_hidden short last batch": ("two", 8),
    "layer:leaky weighted": ("weighted", 8),
    "layer:conv2d short last batch": ("images", 8),
    "layer:gru short last batch": ("series", 8),
    "optimizer:adam short last batch": ("two", 8),
    "noise:dropout short last batch": ("two", 8),
    "bounded:regularizers short last batch": ("two", 8),
    "layer:leaky larger batch": ("two", 50),
    "layer:leaky one row each": ("two", 1),
    "layer:batch_norm weighted": ("weighted", 8),
    "noise:dropout larger batch": ("two", 50),
    "noise:dropout one row each": ("two", 1),
}
"""The kind of data and the rows a batch, by the case's name; what follows a space only tells cases apart."""

ONE_LANE = ("activations", "layer:conv2d", "layer:gru", "noise:dropout short last batch", "layer:leaky weighted")
"""Cases that are trained in programs of a single lane as well."""

LANES = 33
MANY_LANES = (
    *("activations", "layer:batch_norm", "layer:gru", "loss:sparse_categorical_crossentropy", "optimizer:adam"),
    *("noise:dropout", "noise:dropout one row each", "bounded:constraints", "saturated:one_hot"),
)
"""Cases that are trained in thorough programs of LANES lanes as well."""


def model_of(case):
    return case.partition(" ")[0]


def start_of(case, lane, place, value, trainable):
    """What a variable of a case begins with: equal in all processes, whatever draws initial weights."""
    shape, dtype = np.shape(value), np.asarray(value).dtype
    rng = np.random.default_rng([zlib.crc32(case.encode()), lane, place])
    if dtype == "uint32":
        return rng.integers(0, 2**31, shape).astype(dtype)
    return rng.uniform(-0.6 if trainable else 0.2, 0.6, shape).astype(dtype)
