"""Keeps a search within its limits: what of a wave may be trained, in which parts, and whether it is to end."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gridloom.core.budgets import Budget
from gridloom.core.trials import Status, Trial
from gridloom.experiment.stopping import Stop

AT_ONCE = 16
"""How many trials of a wave are trained before scores are looked at: the same for any number of workers."""

Clock = Callable[[], bool]
"""Whether the time of a search is over."""


def never() -> bool:
    """The clock of a search that may last as long as it takes."""
    return False


@dataclass(frozen=True)
class Limits:
    """The limits of one search, and the clock of its run."""

    stop: Stop
    time_is_over: Clock = never
    largest: Budget | None = None
    """The largest budget that the strategies have planned: scores with less end no search. None where they do not say."""

    def admitted(self, done: Sequence[Trial], wave: Sequence[Trial]) -> tuple[Sequence[Trial], str]:
        """The trials of a wave that `trials` and `fits` leave room for; and why the others are not trained, if there are any."""
        room = math.inf if self.stop.trials is None else self.stop.trials - len(done)
        asked = {fit.key for trial in done for fit in trial.fits}
        for place, trial in enumerate(wave):
            asked.update(fit.key for fit in trial.fits)
            if place >= room:
                return wave[:place], f"stop.trials: {self.stop.trials:,}"
            if self.stop.fits is not None and len(asked) > self.stop.fits:
                return wave[:place], f"stop.fits: {self.stop.fits:,}"
        return wave, ""

    def parts(self, wave: Sequence[Trial]) -> Iterator[Sequence[Trial]]:
        """The parts of a wave after which `reached` is to be asked: the whole of it where no score ends the search."""
        size = len(wave) if self.stop.score is None and self.stop.no_gain is None else AT_ONCE
        for start in range(0, len(wave), max(size, 1)):
            yield wave[start : start + size]

    def reached(self, done: Sequence[Trial]) -> str:
        """Which limit the scores of these trials have reached; empty where there is none."""
        complete = [trial for trial in done if trial.status is Status.COMPLETE]
        planned = self.largest.size if self.largest else None
        largest = planned or max((trial.proposal.budget.size for trial in complete), default=None)
        means = [trial.mean for trial in complete if trial.proposal.budget.size == largest]
        if not means:
            return ""
        best = max(means)
        if self.stop.score is not None and best >= self.stop.score:
            return f"stop.score: {self.stop.score:g} is reached"
        if self.stop.no_gain is not None and len(means) - 1 - means.index(best) >= self.stop.no_gain:
            return f"stop.no_gain: {self.stop.no_gain:,} trials without an improvement"
        return ""
