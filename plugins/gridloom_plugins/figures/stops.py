"""Which fits stopped early, as far as a result knows how long they should have trained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridloom import Result, Trial

STOPPING = ("callbacks", "early_stopping")
"""Groups of a search space whose parameters say when to stop."""

RESTORE = "restore_best_weights"
"""The option of a callback that puts the best weights back at the end."""


@dataclass(frozen=True)
class Stops:
    """How many fits of a candidate stopped early, by the epoch (from 1) that was their last.

    `fits` is how many have a history, `planned` how many epochs they should have trained, if that is known.
    """

    fits: int
    planned: int | None
    by_epoch: Mapping[int, int]

    @property
    def count(self) -> int:
        """How many fits stopped early."""
        return sum(self.by_epoch.values())

    @property
    def sentence(self) -> str:
        """How many fits stopped, and when; empty where none did."""
        if not self.by_epoch:
            return ""
        first, last = min(self.by_epoch), max(self.by_epoch)
        who = f"{self.count} of {self.fits} fits" if self.count < self.fits else f"all {self.fits} fits"
        who = "the only fit" if self.fits == 1 else who
        when = f"at epoch {first}" if first == last else f"at epochs {first} to {last}"
        return f"{who[0].upper()}{who[1:]} stopped early, {when}{f' of {self.planned}' if self.planned else ''}."

    def at(self, epoch: int) -> str:
        """How many fits stopped at this epoch, for a pointer that rests there."""
        count = self.by_epoch.get(epoch, 0)
        return f"{count} of {self.fits} fit{'s' * (self.fits != 1)} stopped at epoch {epoch}"


def stops_of(result: Result, trial: Trial) -> Stops:
    """The fits of a trial that stopped before the epoch that was planned to be the last.

    Where it is not known how many were planned, that is the last epoch of the longest fit.
    """
    epochs = [found.epochs for found in trial.results if found and found.epochs]
    longest = max(epochs, default=0)
    planned = _planned(result, trial) if len(set(epochs)) > 1 or has_callbacks(result, trial) else None
    if planned is not None and planned < longest:
        planned = None
    last = planned or longest
    return Stops(len(epochs), planned, dict(sorted(Counter(epoch for epoch in epochs if epoch < last).items())))


def has_callbacks(result: Result, trial: Trial) -> bool:
    """Whether callbacks are known to have watched a trial; a family of a plugin may have added others."""
    return bool(_training(result).get("callbacks")) or any(group in trial.candidate.values for group in STOPPING)


def restores_weights(result: Result, trial: Trial) -> bool:
    """Whether a callback is known to have put the best weights back in place of the last ones."""
    chosen = [
        value
        for group in trial.candidate.values.values()
        for name, value in group.items()
        if name.rpartition(".")[2] == RESTORE
    ]
    given = [callback.get(RESTORE) for callback in _training(result).get("callbacks") or ()]
    return any(chosen or given)


def _planned(result: Result, trial: Trial) -> int | None:
    """How many epochs a trial should train: its budget, else its own number, else the experiment's."""
    own = trial.candidate.values.get("training", {}).get("epochs", trial.params.get("epochs"))
    given = (trial.proposal.budget.epochs, own, _training(result).get("epochs"))
    return next((number for number in given if isinstance(number, int) and not isinstance(number, bool)), None)


def _training(result: Result) -> Mapping[str, Any]:
    """The settings of the training, as far as the manifest has them."""
    return result.manifest.get("experiment", {}).get("training") or {}
