"""The waves of a search as a short table: alike ones, such as those of a model that proposes one by one, share a line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from gridloom import Budget, Result, Trial, Wave
from gridloom_plugins.figures.texts import NOTHING, one_line, score_text

LABELS = 80
"""How many characters of labels are shown."""


@dataclass(frozen=True)
class WaveRow:
    """A wave, or several that follow each other with the same budgets: what they are called, and what came of them."""

    name: str
    labels: str
    budget: str
    trials: int
    failed: int
    best: Trial | None
    fits: int
    epochs: int
    seconds: float

    @property
    def best_text(self) -> str:
        """The best mean."""
        return score_text(self.best.mean) if self.best else NOTHING

    @property
    def epochs_text(self) -> str:
        """The number of epochs."""
        return f"{self.epochs:,}" if self.epochs else NOTHING


def wave_rows(result: Result, most: int) -> list[WaveRow]:
    """The waves of a search that had several, in their order; empty where it had one.

    Each wave has a line as long as these are at most so many lines; else those of the same budgets that follow each
    other share a line, and what is left is cut down to the first and last ones around a line for all between.
    """
    waves = result.waves
    if len(waves) == 1 or not waves:
        return []
    groups = [[wave] for wave in waves]
    if len(groups) > most:
        groups = [list(group) for _, group in groupby(waves, key=lambda wave: wave.budgets)]
    if len(groups) > most:
        first, last = (most + 1) // 2, most // 2 - 1
        between = [wave for group in groups[first : len(groups) - last] for wave in group]
        groups = [*groups[:first], between, *groups[len(groups) - last :]]
    return [_row(group) for group in groups]


def budgets_text(budgets: Sequence[Budget]) -> str:
    """What budgets limit, or "full"."""
    return one_line("; ".join(dict.fromkeys(budget.text or "full" for budget in budgets)), LABELS)


def _row(group: Sequence[Wave]) -> WaveRow:
    first, last = group[0].number, group[-1].number
    labels = list(dict.fromkeys(label for wave in group for label in wave.labels))
    bests = [wave.best for wave in group if wave.best]
    budgets = sorted({budget for wave in group for budget in wave.budgets}, key=lambda budget: budget.size)
    largest = max((best.proposal.budget.size for best in bests), default=None)
    rivals = [best for best in bests if best.proposal.budget.size == largest]
    return WaveRow(
        name=f"{first}" if first == last else f"{first} to {last}",
        labels=one_line("; ".join(labels), LABELS) if labels else "",
        budget=budgets_text(budgets),
        trials=sum(len(wave.trials) for wave in group),
        failed=sum(wave.failed for wave in group),
        best=max(rivals, key=lambda trial: trial.mean, default=None),
        fits=sum(wave.fits for wave in group),
        epochs=sum(wave.epochs for wave in group),
        seconds=math.fsum(wave.seconds for wave in group),
    )
