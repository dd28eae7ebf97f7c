"""The callback `terminate_on_nan`: a training ends when its loss is no number any more."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gridloom import Callback, Decision, Epoch


@dataclass
class TerminateOnNaN:
    """Stop after the epoch in which the training loss became NaN or infinite, like Keras's `TerminateOnNaN`.

    The fit fails, as any fit with such a loss does, but without wasting more time. With `restore_best_weights: true` of
    `early_stopping`, it ends with the weights of its best epoch instead, and is scored.
    """

    def after_epoch(self, epoch: Epoch) -> Decision:
        """Whether the loss is no number any more."""
        return Decision(stop=not math.isfinite(epoch.value("loss")))


CALLBACK = Callback("terminate_on_nan", "Stops when the training loss becomes NaN or infinite.", TerminateOnNaN)
