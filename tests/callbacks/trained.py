"""Made-up trainings: what a callback of Gridloom, and one of Keras's, makes of the same values."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gridloom.core.following import Following

RATE = 0.1


@dataclass
class Training:
    """The learning rate of every epoch that was trained, and the epoch whose weights the model ends with (None: the last)."""

    rates: list[float] = field(default_factory=list)
    kept: int | None = None


def by_gridloom(made, logs):
    """What becomes of a training with these logs, one dict an epoch, by a callback of Gridloom."""
    following = Following({"made": made}, len(logs))
    rate, training = np.float32(RATE), Training()
    decision = following.begin(float(rate))
    for number, values in enumerate(logs, start=1):
        rate = rate if decision.learning_rate is None else np.float32(decision.learning_rate)
        training.rates.append(float(rate))
        decision = following.after_epoch(number, values, float(rate), seconds=float(number))
        if decision.stop:
            break
    training.kept = following.kept
    return training


class Optimizer:
    """As much of a Keras optimizer as its callbacks touch: a learning rate in float32."""

    def __init__(self):
        self.learning_rate = RATE

    def __setattr__(self, name, value):
        super().__setattr__(name, np.float32(value))


class Model:
    """As much of a Keras model as its callbacks touch; its weights are the number of the epoch."""

    def __init__(self):
        self.optimizer = Optimizer()
        self.stop_training = False
        self.metrics = []
        self.epoch, self.kept = 0, None

    def get_weights(self):
        return self.epoch

    def set_weights(self, epoch):
        self.kept = epoch


def by_keras(made, logs):
    """The same by a callback of Keras's."""
    model, training = Model(), Training()
    made.set_model(model)
    made.on_train_begin()
    for number, values in enumerate(logs, start=1):
        made.on_epoch_begin(number - 1)
        training.rates.append(float(model.optimizer.learning_rate))
        model.epoch = number
        if not np.isfinite(values.get("loss", 0.0)):
            made.on_train_batch_end(0, dict(values))
        made.on_epoch_end(number - 1, dict(values))
        if model.stop_training:
            break
    made.on_train_end()
    training.kept = model.kept
    return training
