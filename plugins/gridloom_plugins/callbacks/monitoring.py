"""Whether what a callback monitors has become better: one rule for all of them, that of Keras's callbacks."""

from __future__ import annotations

import math
import re
from array import array
from dataclasses import dataclass
from typing import Literal

from gridloom import Epoch, StopRun, spelled

Mode = Literal["auto", "min", "max"]

HELD_OUT = "val_"

UP = frozenset(
    (
        *("accuracy", "acc", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"),
        *("top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy"),
        *("auc", "precision", "recall", "precision_at_recall", "recall_at_precision", "f1_score", "fbeta_score"),
        *("sensitivity_at_specificity", "specificity_at_sensitivity"),
        *("io_u", "binary_io_u", "mean_io_u", "one_hot_io_u", "one_hot_mean_io_u"),
        *("r2_score", "cosine_similarity", "pearson_correlation", "concordance_correlation"),
    )
)
"""What Keras calls the metrics of which more is better."""

DOWN = frozenset(
    (
        *("loss", "mse", "mae", "mape", "msle", "mean_squared_error", "mean_absolute_error"),
        *("mean_absolute_percentage_error", "mean_squared_logarithmic_error", "root_mean_squared_error", "logcosh"),
        *("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy", "kl_divergence"),
        *("hinge", "squared_hinge", "categorical_hinge", "poisson"),
    )
)
"""What Keras calls the metrics of which less is better."""


def direction(monitor: str, mode: Mode) -> Literal["min", "max"]:
    """Which way is better; StopRun where the mode is `auto` and the name tells nothing.

    A number behind the name, as in `val_auc_1`, does not count.
    """
    if mode != "auto":
        return mode
    name = re.sub(r"_\d+$", "", monitor.removeprefix(HELD_OUT).lower())
    if name in UP:
        return "max"
    if name in DOWN:
        return "min"
    raise StopRun(
        f"it is not known whether a higher '{monitor}' is better; write {spelled('mode', 'max')} or {spelled('mode', 'min')}"
    )


@dataclass
class Monitored:
    """The best value so far of what is monitored.

    The first value is; another one is where it is better by more than `min_delta`, compared in float32 as Keras does. Anything is
    better than NaN: with Keras's own callbacks, nothing ever is once the first value was NaN.
    """

    monitor: str
    mode: Mode
    min_delta: float
    best: float | None = None

    def __post_init__(self) -> None:
        self._sign = 1.0 if direction(self.monitor, self.mode) == "min" else -1.0

    def improves(self, epoch: Epoch) -> bool:
        """Whether the value of this epoch is better than the best so far, which it then is; StopRun where there is none."""
        value = epoch.value(self.monitor)
        if self.best is None or (math.isnan(self.best) and not math.isnan(value)):
            is_better = True
        else:
            demanded, best = _float32(value + self._sign * self.min_delta), _float32(self.best)
            is_better = self._sign * demanded < self._sign * best
        if is_better:
            self.best = value
        return is_better


def _float32(value: float) -> float:
    return array("f", (value,))[0]
