"""The waves of a search: which trials each had, and the fits that were trained for it alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from gridloom.core.budgets import Budget
from gridloom.core.trials import FitResult, Status, Trial, ranked


@dataclass(frozen=True)
class Wave:
    """Trials that a strategy proposed together, and their finished fits, except those of earlier waves.

    If budgets count cells, a fit may belong to several waves: it is trained once, and counts in the first of them.
    """

    number: int
    """From 0, as `Trial.wave`."""
    trials: tuple[Trial, ...] = field(repr=False)
    results: tuple[FitResult, ...] = field(repr=False)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that the strategy gave its trials, each once; empty if it gave none."""
        return tuple(dict.fromkeys(label for trial in self.trials if (label := trial.proposal.label)))

    @property
    def budgets(self) -> tuple[Budget, ...]:
        """The budgets of its trials, each once, smallest first."""
        return tuple(sorted({trial.proposal.budget for trial in self.trials}, key=lambda budget: budget.size))

    @property
    def complete(self) -> int:
        """How many of its trials are complete."""
        return sum(trial.status is Status.COMPLETE for trial in self.trials)

    @property
    def failed(self) -> int:
        """How many of its trials failed."""
        return sum(trial.status is Status.FAILED for trial in self.trials)

    @property
    def best(self) -> Trial | None:
        """Its best trial of its largest budget; None if none is complete."""
        return next(iter(ranked(self.trials)), None)

    @property
    def fits(self) -> int:
        """How many fits were trained for it."""
        return len(self.results)

    @property
    def epochs(self) -> int:
        """How many epochs these fits have in their histories; 0 if engines keep no histories.

        A fit that went on from where a smaller budget had ended counts from its first epoch, as one that trained anew.
        """
        return sum(result.epochs for result in self.results)

    @property
    def seconds(self) -> float:
        """How long these fits took, added up: more than wall-clock time, since workers train in parallel."""
        return math.fsum(result.fit_seconds + result.score_seconds for result in self.results)


def waves_of(trials: Iterable[Trial]) -> tuple[Wave, ...]:
    """The waves that these trials are of, in their order."""
    found, asked = [], set[str]()
    in_order = sorted(trials, key=lambda trial: (trial.wave, trial.number))
    for number, members in groupby(in_order, key=lambda trial: trial.wave):
        wave = tuple(members)
        found.append(Wave(number, wave, tuple(_new_results(wave, asked))))
    return tuple(found)


def _new_results(trials: Sequence[Trial], asked: set[str]) -> Iterator[FitResult]:
    """The results of fits whose keys are not among those asked for, which they are from now on."""
    for trial in trials:
        for fit, result in zip(trial.fits, trial.results, strict=True):
            if result is not None and fit.key not in asked:
                asked.add(fit.key)
                yield result
