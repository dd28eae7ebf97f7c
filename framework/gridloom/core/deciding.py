"""What happens between epochs: what a callback gets, and what it decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gridloom.errors import StopRun, near, nearest


@dataclass(frozen=True)
class Epoch:
    """A training between two epochs, as passed to a callback.

    - `number`: how many epochs have been trained; 0 before the first one.
    - `logs`: the values of the last epoch, by name: `loss`, the metrics that the model was compiled with, and with
    `training: {validation: 0.2}` the same on the validation rows, prefixed with `val_`. - `learning_rate`: that of the
    last epoch (before the first epoch, that of the first); None if the optimizer has its own schedule.
    - `seconds`: how long the fit has been trained.
    - `total`: how many epochs the training has if nothing stops it, regardless of a smaller budget.
    """

    number: int
    logs: Mapping[str, float] = field(default_factory=dict)
    learning_rate: float | None = None
    seconds: float = 0.0
    total: int = 1

    def value(self, name: str) -> float:
        """The value of this name in the last epoch; StopRun, which lists the known names, if there is none."""
        if name in self.logs:
            return self.logs[name]
        if near(name, self.logs):
            raise StopRun(f"there is no '{name}' to monitor; {nearest(name, self.logs)}")
        is_held_out = name.startswith("val_")
        if is_held_out and not any(other.startswith("val_") for other in self.logs):
            advice = "; for values on held-out rows, write validation: 0.2 under training"
        else:
            advice = f"; compile the model with the metric '{name.removeprefix('val_')}'"
        raise StopRun(f"there is no '{name}' to monitor; known: {', '.join(self.logs)}{advice}")


@dataclass(frozen=True)
class Decision:
    """What a callback decides between two epochs.

    - `stop`: the training ends here.
    - `learning_rate`: the one from the next epoch on; None for no change.
    - `keep`: the model ends with the weights it has now, unless a later decision keeps others.
    """

    stop: bool = False
    learning_rate: float | None = None
    keep: bool = False


class Decides(Protocol):
    """What a callback makes for each training: an object whose decisions depend only on the epochs that it gets.

    It may also have a method `begin`, which is called before the first epoch and may set a learning rate.
    """

    def after_epoch(self, epoch: Epoch, /) -> Decision | None:
        """What to do after an epoch; None for nothing."""
