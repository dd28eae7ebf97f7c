"""What is said of networks that compute NaN or infinity."""

from __future__ import annotations

import math
from collections.abc import Sequence


class NotFinite(ArithmeticError):
    """A network computes NaN or infinity, so that a score of it would mean nothing."""


def check_losses(losses: Sequence[float], kept: int | None = None, *, stopped: bool = False) -> None:
    """Raise NotFinite when a training loss, one an epoch, is not finite.

    Unless the training was `stopped` by a callback after the first epoch with such a loss, and the model ends with the weights
    that were `kept` after an earlier one (its number, from 1).
    """
    for epoch, loss in enumerate(losses, start=1):
        if math.isfinite(loss):
            continue
        if kept is None or kept >= epoch:
            raise NotFinite(f"the training loss became {loss} in epoch {epoch}")
        if not (stopped and epoch == len(losses)):
            raise NotFinite(
                f"the training loss became {loss} in epoch {epoch}, and the training went on; with 'terminate_on_nan' among "
                f"the callbacks it would have ended there, with the weights of epoch {kept}"
            )
