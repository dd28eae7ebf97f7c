"""What is said of networks that compute NaN or infinity."""

from __future__ import annotations

import math
from collections.abc import Sequence


class NotFinite(ArithmeticError):
    """A network computes NaN or infinity, so that a score of it would mean nothing."""


def check_losses(losses: Sequence[float], kept: int | None = None) -> None:
    """Raise NotFinite when a training loss, one an epoch, is not finite.

    Where the model ends with the weights of an earlier epoch (`kept`, its number from 1), what came after that does not count.
    """
    for epoch, loss in enumerate(losses[:kept], start=1):
        if not math.isfinite(loss):
            raise NotFinite(f"the training loss became {loss} in epoch {epoch}")
