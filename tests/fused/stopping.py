"""The cases that are trained with callbacks, by fused programs and by Keras's own `fit`."""

from __future__ import annotations

EPOCHS = 14

STOPPING = {"name": "early_stopping", "monitor": "val_loss", "patience": 2, "restore_best_weights": True}

CASES = {
    "layer:no_hidden": ("two", 8),
    "layer:batch_norm weighted": ("weighted", 8),
    "layer:layer_norm": ("two", 50),
    "layer:conv2d": ("images", 8),
    "layer:gru": ("series", 8),
    "layer:inputs": ("inputs", 8),
    "noise:dropout": ("two", 8),
    "loss:sparse_categorical_crossentropy": ("three", 11),
    "loss:mse several": ("several", 8),
    "optimizer:adam": ("two", 8),
    "metrics:": ("weighted", 8),
}
"""Eleven models: the kind of data and the rows a batch, by the case's name."""

CALLBACKS = {
    "stops": [STOPPING],
    "keeps on": [{**STOPPING, "restore_best_weights": False, "patience": 1, "start_from_epoch": 3}],
    "plateau": [{"name": "reduce_lr_on_plateau", "monitor": "val_loss", "factor": 0.3, "patience": 1, "min_lr": 1e-4}],
    "cosine": [{"name": "lr_schedule", "schedule": "cosine"}, STOPPING],
}
"""What happens between epochs, by the name of the way."""

RESUMED = (("optimizer:adam", "plateau"), ("layer:batch_norm weighted", "stops"), ("noise:dropout", "stops"))
PARTS = (2, 4, None)
"""What is also trained with these budgets of epochs, each going on from where the one before has ended."""

RATE = 0.3
"""A learning rate at which some networks become worse after a while."""
