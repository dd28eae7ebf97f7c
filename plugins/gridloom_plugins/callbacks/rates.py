"""The learning rate that a callback starts from."""

from __future__ import annotations

from gridloom import Epoch, StopRun


def rate_of(epoch: Epoch, name: str) -> float:
    """The learning rate of an epoch; StopRun, which names the callback that would set it, where it is not one number."""
    if epoch.learning_rate is None:
        raise StopRun(
            f"'{name}' sets the learning rate, but the optimizer follows its own schedule; remove one of the two"
        )
    return epoch.learning_rate
