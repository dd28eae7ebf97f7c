"""The callback `early_stopping`: a training ends when it has not become better for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge

from gridloom import Callback, Decision, Epoch


@dataclass
class EarlyStopping:
    """Stop when what is monitored has not become better for `patience` epochs, as Keras's `EarlyStopping` does."""

    monitor: str = "val_loss"
    mode: Literal["auto", "min", "max"] = "auto"
    patience: Annotated[int, Ge(0)] = 0
    min_delta: Annotated[float, Ge(0)] = 0.0
    restore_best_weights: bool = False
    start_from_epoch: Annotated[int, Ge(0)] = 0

    def __post_init__(self) -> None:
        self._best: float | None = None
        self._waited = 0

    def after_epoch(self, epoch: Epoch) -> Decision:
        """Whether to stop."""
        value = epoch.value(self.monitor)
        if self._best is None or value < self._best - self.min_delta:
            self._best, self._waited = value, 0
            return Decision(keep=self.restore_best_weights)
        self._waited += 1
        return Decision(stop=self._waited >= self.patience)


CALLBACK = Callback("early_stopping", "Stops when what is monitored has not become better for a while.", EarlyStopping)
