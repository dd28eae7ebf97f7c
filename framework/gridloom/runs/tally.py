"""What is finished of a run while it trains, kept up to date fit by fit, and told to those who watch."""

from __future__ import annotations

import time
from collections.abc import KeysView, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gridloom.core.candidate import Candidate
from gridloom.core.progress import Plan, Progress
from gridloom.core.spelling import spelled_rerun
from gridloom.core.split import ALL_ROWS
from gridloom.core.trials import Fit, FitResult, Status, Trial
from gridloom.core.worker_shares import WorkerShare
from gridloom.errors import StorageError
from gridloom.results.reporting import Watcher
from gridloom.runs.journal import Journal
from gridloom.searching.loop import filled


@dataclass
class Tally:
    """The finished fits of a run by key, their counts, and the best complete candidate so far.

    A batch costs as much as it has fits, however many the run has: every fit knows its trial, and every trial how many of
    its fits are missing.
    """

    journal: Journal
    watcher: Watcher
    finished: dict[str, FitResult]
    plan: Plan
    asked: set[str] = field(default_factory=set)
    resumed: int = 0
    done: int = 0
    failed: int = 0
    best: tuple[Candidate, float] | None = None
    best_size: tuple[float, ...] = ()
    """The size of the best one's budget: a larger budget counts before a higher mean."""
    started: float = field(default_factory=time.monotonic)
    _wave: Sequence[Trial] = ()
    _place: dict[str, int] = field(default_factory=dict)
    """The place in the wave of the trial that a missing fit belongs to, by the fit's key."""
    _missing: list[int] = field(default_factory=list)
    """How many fits are missing of each trial of the wave."""

    @property
    def total(self) -> int:
        """How many fits are asked for, or are certain to be."""
        return max(len(self.asked), self.plan.fits) if self.plan.is_plain else len(self.asked)

    @property
    def later(self) -> int | None:
        """How many more fits there may be; None where nobody knows."""
        most = self.plan.total
        return None if most is None else max(0, most - self.total)

    def ask(self, wave: Sequence[Trial]) -> KeysView[str]:
        """Note the trials of a wave; returns the keys of their fits that are missing.

        Of two equal trials the first counts: they finish at once, with one mean.
        """
        self._wave, self._place, self._missing = wave, {}, [0] * len(wave)
        for place, trial in enumerate(wave):
            for fit in trial.fits:
                known = self.finished.get(fit.key)
                if known is None and self._place.setdefault(fit.key, place) == place:
                    self._missing[place] += 1
                elif known and fit.key not in self.asked:
                    self.resumed += 1
                    self._count(known)
                self.asked.add(fit.key)
            if not self._missing[place]:
                self._rank(trial)
        self.tell()
        return self._place.keys()

    def keep(self, batch: Sequence[Fit], results: Sequence[FitResult], shares: Sequence[WorkerShare] = ()) -> None:
        """Journal a batch with what workers on other machines have done, then count it and tell the watchers."""
        pairs = list(zip(batch, results, strict=True))
        self.journal.record(pairs, shares)
        for fit, result in pairs:
            self.finished[fit.key] = result
            self._count(result)
            place = self._place.pop(fit.key)
            self._missing[place] -= 1
            if not self._missing[place]:
                self._rank(self._wave[place])
        self.tell()

    def answer(self) -> list[Trial]:
        """The trials of the wave with the results that are there."""
        return [filled(trial, self.finished) for trial in self._wave]

    def tell(self) -> None:
        """Tell the watchers how far the run is."""
        seconds = time.monotonic() - self.started
        self.watcher(Progress(self.done, self.failed, self.resumed, self.total, seconds, self.best, self.later))

    def kept_in(self, folder: Path) -> str:
        """What is safe, and how to resume; the journal knows best, since Ctrl-C may strike between it and our count."""
        try:
            self.journal.check_place()
        except StorageError:
            return f"nothing of this run is left in {folder}; {spelled_rerun()} to start over"
        try:
            kept = self.journal.keys()
        except StorageError:
            kept = set(self.finished)
        of = f" of {self.total}" if self.plan.is_plain else ""
        return f"{len(kept & self.asked)}{of} fits are kept in {folder}; {spelled_rerun()} to resume"

    def _count(self, result: FitResult) -> None:
        self.done += 1
        self.failed += result.status is Status.FAILED

    def _rank(self, trial: Trial) -> None:
        """Count a trial none of whose fits is missing; those of outer folds and of held-out rows do not rank."""
        complete = filled(trial, self.finished)
        first = trial.fits[0]
        if complete.status is not Status.COMPLETE or first.outer is not None or first.fold == ALL_ROWS:
            return
        size = trial.proposal.budget.size
        if self.best is None or (size, complete.mean) > (self.best_size, self.best[1]):
            self.best, self.best_size = (trial.candidate, complete.mean), size
