"""The callback `early_stopping`: a training ends when it has not become better for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge

from gridloom import Callback, Decision, Epoch
from gridloom_plugins.callbacks.monitoring import Mode, Monitored


@dataclass
class EarlyStopping:
    """Stop when the monitored value has not improved for `patience` epochs, like Keras's `EarlyStopping`.

    `monitor` is `val_loss`, `loss` or a metric of either; `mode` says whether lower (`min`) or higher (`max`) values
    are better, and `auto` decides by the name. An improvement must exceed `min_delta`. With `restore_best_weights`, the
    model ends with the weights of the best epoch, even if training was not stopped early; otherwise with those of the
    last epoch. The first `start_from_epoch` epochs do not count.
    """

    monitor: str = "val_loss"
    mode: Mode = "auto"
    patience: Annotated[int, Ge(0)] = 0
    min_delta: Annotated[float, Ge(0)] = 0.0
    restore_best_weights: bool = False
    start_from_epoch: Annotated[int, Ge(0)] = 0

    def __post_init__(self) -> None:
        self._monitored = Monitored(self.monitor, self.mode, self.min_delta)
        self._waited = 0

    def after_epoch(self, epoch: Epoch) -> Decision | None:
        """Whether to stop, and whether these are the best weights so far."""
        epoch.value(self.monitor)
        if epoch.number <= self.start_from_epoch:
            return None
        if self._monitored.improves(epoch):
            self._waited = 0
            return Decision(keep=self.restore_best_weights)
        self._waited += 1
        return Decision(stop=self._waited >= self.patience)


CALLBACK = Callback("early_stopping", "Stops when the monitored value has not improved for a while.", EarlyStopping)
