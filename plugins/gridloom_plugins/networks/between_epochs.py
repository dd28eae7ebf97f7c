"""What callbacks decide between epochs, done by Keras: see `gridloom.Callback`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import keras

from gridloom import Decision, Draft, Following, StopRun, Work
from gridloom_plugins.networks.metric_values import one_value


class BetweenEpochs(keras.callbacks.Callback):
    """Tells the callbacks of a training of its epochs, and does what they decide.

    The model ends with the weights that were kept last, and its optimizer with the learning rate that it began with.
    """

    def __init__(self, following: Following) -> None:
        super().__init__()
        self.following = following
        self._rate: float | None = None
        self._began_with: float | None = None
        self._started = 0.0
        self.kept_weights: list[Any] | None = None

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        """Let callbacks set the learning rate of the first epoch."""
        self._started = time.perf_counter()
        self._began_with = learning_rate(self.model.optimizer)
        self._do(self.following.begin(self._began_with))

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        """Note the learning rate of this epoch: other callbacks may change it at its begin and at its end."""
        if batch == 0:
            self._rate = learning_rate(self.model.optimizer)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Tell the callbacks of this epoch (from 0, as Keras counts), and do what they decide."""
        seconds = time.perf_counter() - self._started
        noted = {name: one_value(name, value) for name, value in (logs or {}).items()}
        self._do(self.following.after_epoch(epoch + 1, noted, self._rate, seconds))

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        """Put the weights back that were kept last, and the learning rate."""
        self.end_with(self.kept_weights)

    def end_with(self, kept: list[Any] | None) -> None:
        """Put weights back that were kept, if there are any, and the learning rate that the training began with."""
        if kept is not None:
            self.model.set_weights(kept)
        if self._began_with is not None:
            self.model.optimizer.learning_rate = self._began_with

    def _do(self, decision: Decision) -> None:
        if decision.learning_rate is not None:
            self.model.optimizer.learning_rate = decision.learning_rate
        if decision.keep:
            self.kept_weights = self.model.get_weights()
        if decision.stop:
            self.model.stop_training = True


def learning_rate(optimizer: Any) -> float | None:
    """The learning rate of a Keras optimizer; None where it is not one number but a schedule."""
    rate = getattr(optimizer, "learning_rate", None)
    return float(rate.numpy()) if isinstance(rate, keras.Variable) else None


def keras_callbacks(work: Work, draft: Draft, between: BetweenEpochs) -> list[keras.callbacks.Callback]:
    """The callbacks of Keras for one training, in the order of the draft: all that are Gridloom's stand for the last of them.

    StopRun for one that should be Keras's, and is not.
    """
    own = work.keras_callbacks(draft.callbacks)
    for name, made in own.items():
        if not isinstance(made, keras.callbacks.Callback):
            raise StopRun(
                f"the callback '{name}' should make a keras.callbacks.Callback, not {type(made).__name__}; without "
                f"keras=True it is a callback of Gridloom"
            )
    names = [part.class_name for part in draft.callbacks]
    last = max((index for index, name in enumerate(names) if name not in own), default=None)
    return [own.get(name, between) for index, name in enumerate(names) if name in own or index == last]
