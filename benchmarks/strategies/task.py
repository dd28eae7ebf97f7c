"""A search without training: a task of known learning curves, and the meter that says what a search has spent on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gridloom import Candidate, Range

Floats = NDArray[np.float64]
Domains = Mapping[str, Mapping[str, Range]]


@dataclass(frozen=True)
class Curves:
    """What training candidates for so many units gives: scores and seconds, both of shape (candidates, units asked for)."""

    scores: Floats
    seconds: Floats


@dataclass(frozen=True)
class Task:
    """A search problem: the domains, and for (candidates, seed, units) their curves there; higher scores are better.

    A full training takes `units` of what `unit` names: epochs of one fit, or fits of one candidate (with a seed each,
    and their mean so far as the score).
    """

    name: str
    bench: str
    unit: str
    units: int
    domains: Domains
    curves: Callable[[Sequence[Candidate], int, Sequence[int]], Curves]


@dataclass(frozen=True)
class Step:
    """A trial in the order of the search: what it costs when kept states go on, and when each training starts anew."""

    units: int
    score: float
    final: float
    kept: tuple[int, float]
    anew: tuple[int, float]
    thought: float


@dataclass
class Meter:
    """Trains by looking curves up, and notes what that costs, until `limit` units are spent.

    `thought` are the CPU seconds of this thread outside of `train`: those of the strategy. `keeps` says which way of
    counting is the strategy's own: it goes on from kept states, or starts anew.
    """

    task: Task
    seed: int
    limit: int
    keeps: bool = True
    steps: list[Step] = field(default_factory=list)
    spent: int = 0
    thought: float = 0.0
    _known: dict[str, dict[int, tuple[float, float]]] = field(default_factory=dict)
    _since: float = field(default_factory=time.thread_time)

    @property
    def done(self) -> bool:
        """Whether the limit is reached."""
        return self.spent >= self.limit

    def train(self, wave: Sequence[tuple[Candidate, int, int]]) -> list[float]:
        """The scores of these (candidate, units, units of them that a kept state has)."""
        self.thought += time.thread_time() - self._since
        full = self.task.units
        self._look_up([one for one, _, _ in wave], sorted({full, *(at for _, *both in wave for at in both if at)}))
        found = []
        for candidate, units, start in wave:
            known = self._known[candidate.key]
            score, seconds = known[units]
            before = known[start][1] if start else 0.0
            kept = max(units - start, 0), max(seconds - before, 0.0)
            anew = (0, 0.0) if start >= units else (units, seconds)
            self.steps.append(Step(units, score, known[full][0], kept, anew, self.thought))
            self.spent += kept[0] if self.keeps else anew[0]
            found.append(score)
        self._since = time.thread_time()
        return found

    def look(self, candidate: Candidate, units: int) -> list[float]:
        """The scores after each of so many units, at no cost: for who trains them anyway, or says later when it stopped."""
        self.thought += time.thread_time() - self._since
        self._look_up([candidate], range(1, self.task.units + 1))
        self._since = time.thread_time()
        return [self._known[candidate.key][unit][0] for unit in range(1, units + 1)]

    def _look_up(self, candidates: Sequence[Candidate], units: Sequence[int]) -> None:
        """Have the curves of candidates at these units known."""
        missing = {one.key: one for one in candidates if not self._known.get(one.key, {}).keys() >= set(units)}
        if missing:
            curves = self.task.curves(list(missing.values()), self.seed, units)
            for key, scores, seconds in zip(missing, curves.scores.tolist(), curves.seconds.tolist(), strict=True):
                pairs = zip(scores, seconds, strict=True)
                self._known.setdefault(key, {}).update(zip(units, pairs, strict=True))
