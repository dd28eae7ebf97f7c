"""How many epochs fits were trained, as far as their histories say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from gridloom.core.trials import Status, Trial


def mean_epochs(trials: Sequence[Trial]) -> dict[int, float]:
    """The mean number of epochs over the fits of each trial, by its number.

    Fits that failed, and those of engines that keep no history, do not count; a trial without other fits is omitted.
    """
    found = {trial.number: _epochs(trial) for trial in trials}
    return {number: math.fsum(epochs) / len(epochs) for number, epochs in found.items() if epochs}


def epochs_column(trials: Sequence[Trial]) -> dict[str, Any]:
    """The column `epochs` of `cv_results_`: an array of the means, NaN where a trial has none."""
    import numpy as np

    known = mean_epochs(trials)
    return {"epochs": np.array([known.get(trial.number, math.nan) for trial in trials])}


def epochs_vary(trials: Sequence[Trial], manifest: Mapping[str, Any]) -> bool:
    """Whether fits were trained for different numbers of epochs, or callbacks could have made it so."""
    lengths = {epochs for trial in trials for epochs in _epochs(trial)}
    training = manifest.get("experiment", {}).get("training") or {}
    return len(lengths) > 1 or bool(lengths and training.get("callbacks"))


def _epochs(trial: Trial) -> list[int]:
    fits = [result for result in trial.results if result and result.status is Status.COMPLETE]
    return [result.epochs for result in fits if result.epochs]
