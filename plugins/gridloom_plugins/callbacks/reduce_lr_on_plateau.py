"""The callback `reduce_lr_on_plateau`: a smaller learning rate once a training has not become better for a while."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Gt, Lt

from gridloom import Callback, Decision, Epoch
from gridloom_plugins.callbacks.monitoring import Mode, Monitored
from gridloom_plugins.callbacks.rates import rate_of

NAME = "reduce_lr_on_plateau"


@dataclass
class ReduceOnPlateau:
    """Multiply the learning rate by `factor` when the monitored value has not improved for `patience` epochs.

    It works like Keras's `ReduceLROnPlateau`. `monitor` is `val_loss`, `loss` or a metric of either; `mode` says
    whether lower (`min`) or higher (`max`) values are better, and `auto` decides by the name. An improvement must
    exceed `min_delta`. After a reduction, `cooldown` epochs do not count. The learning rate never falls below `min_lr`.
    """

    monitor: str = "val_loss"
    mode: Mode = "auto"
    factor: Annotated[float, Gt(0), Lt(1)] = 0.1
    patience: Annotated[int, Ge(0)] = 10
    min_delta: Annotated[float, Ge(0)] = 1e-4
    cooldown: Annotated[int, Ge(0)] = 0
    min_lr: Annotated[float, Ge(0)] = 0.0

    def __post_init__(self) -> None:
        self._monitored = Monitored(self.monitor, self.mode, self.min_delta)
        self._waited = 0
        self._cooling = 0

    def begin(self, epoch: Epoch) -> Decision:
        """The learning rate as it is, by which this callback says that it sets it; StopRun where there is none to reduce."""
        return Decision(learning_rate=rate_of(epoch, NAME))

    def after_epoch(self, epoch: Epoch) -> Decision | None:
        """The next learning rate, when it is time for another one."""
        if self._cooling:
            self._cooling -= 1
            self._waited = 0
        if self._monitored.improves(epoch):
            self._waited = 0
            return None
        if self._cooling:
            return None
        self._waited += 1
        rate = rate_of(epoch, NAME)
        if self._waited < self.patience or rate <= array("f", (self.min_lr,))[0]:
            return None
        self._cooling, self._waited = self.cooldown, 0
        return Decision(learning_rate=max(rate * self.factor, self.min_lr))


CALLBACK = Callback(
    NAME, "Reduces the learning rate when the monitored value has not improved for a while.", ReduceOnPlateau
)
