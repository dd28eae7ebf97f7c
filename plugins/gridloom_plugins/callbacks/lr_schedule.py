"""The callback `lr_schedule`: a learning rate that is planned before the training begins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from gridloom import Callback, Decision, Epoch, StopRun, spelled
from gridloom_plugins.callbacks.rates import rate_of

NAME = "lr_schedule"

Schedule = Literal["cosine", "step", "exponential", "constant"]

FACTOR, EVERY = 0.1, 30


@dataclass
class LearningRateSchedule:
    """Schedule the learning rate of every epoch, starting from the optimizer's.

    In the first `warmup_epochs` epochs it rises linearly: in the first of 4 it is a fifth of the optimizer's, and in
    the fifth epoch all of it. After that, it depends on `schedule`:

    - `cosine`: it falls to `min_lr` along half a cosine within `epochs` epochs (null: by the end of training), as in
    Keras's `CosineDecay` and PyTorch's `CosineAnnealingLR` (Loshchilov and Hutter, "SGDR", 2017).
    - `step`: it is multiplied by `factor` (null: 0.1) after each `every` epochs (null: 30).
    - `exponential`: it falls equally fast, but by the same factor in each epoch, as in Keras's `ExponentialDecay`.
    - `constant`: it does not change.

    `min_lr` is the lowest learning rate. An optimizer whose learning rate is lower keeps it.
    """

    schedule: Schedule = "cosine"
    warmup_epochs: Annotated[int, Ge(0)] = 0
    epochs: Annotated[int, Ge(1)] | None = None
    factor: Annotated[float, Gt(0), Le(1)] | None = None
    every: Annotated[int, Ge(1)] | None = None
    min_lr: Annotated[float, Ge(0)] = 0.0

    def __post_init__(self) -> None:
        falls_by_factor = self.schedule in ("step", "exponential")
        for name, suits in (
            ("epochs", self.schedule == "cosine"),
            ("factor", falls_by_factor),
            ("every", falls_by_factor),
        ):
            if getattr(self, name) is not None and not suits:
                right = "cosine" if name == "epochs" else "step or exponential"
                raise StopRun(
                    f"'{name}' is for {spelled('schedule', right)}, not for {spelled('schedule', self.schedule)}"
                )
        if self.min_lr and self.schedule == "constant":
            raise StopRun(f"'min_lr' is for a schedule that falls, not for {spelled('schedule', 'constant')}")
        self._first = math.nan

    def begin(self, epoch: Epoch) -> Decision:
        """The learning rate of the first epoch."""
        self._first = rate_of(epoch, NAME)
        return Decision(learning_rate=self.rate(1, epoch.total))

    def after_epoch(self, epoch: Epoch) -> Decision:
        """The learning rate of the epoch after this one."""
        return Decision(learning_rate=self.rate(epoch.number + 1, epoch.total))

    def rate(self, number: int, total: int) -> float:
        """The learning rate of an epoch (from 1) of a training that has so many epochs."""
        passed = number - 1 - self.warmup_epochs
        if passed < 0:
            return self._first * number / (self.warmup_epochs + 1)
        least = min(self.min_lr, self._first)
        if self.schedule == "constant":
            return self._first
        if self.schedule == "cosine":
            share = min(1.0, passed / self.lasts(total))
            return least + (self._first - least) * (1 + math.cos(math.pi * share)) / 2
        every = self.every or EVERY
        times = passed // every if self.schedule == "step" else passed / every
        return max(least, self._first * float((self.factor or FACTOR) ** times))

    def lasts(self, total: int) -> int:
        """How many epochs a cosine lasts in a training that has so many in all."""
        return self.epochs or max(1, total - self.warmup_epochs)


def depends_on_total(schedule: Schedule, epochs: int | None, **_: object) -> bool:
    """Whether the learning rates are others when a training has more epochs in all."""
    return schedule == "cosine" and epochs is None


CALLBACK = Callback(
    NAME,
    "Schedules the learning rate: a warm-up, then cosine, step or exponential decay, or constant.",
    LearningRateSchedule,
    depends_on_total=depends_on_total,
)
