"""What scores say, as plain data: everything that reporters read, and nothing that computes.

Functions in the other modules of this package make it; they need numpy and scipy, and this module neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any

SCOPES: Mapping[str, str] = {
    "seeds": "across seeds on this data",
    "new data": "on new data",
}
"""What each question is about, in words that go on from a comma."""


@dataclass(frozen=True)
class Comparison:
    """The best's mean less a candidate's (by row), the interval of that, the two-sided p-value, and Holm's."""

    candidate: int
    difference: float
    low: float
    high: float
    p: float
    holm: float


@dataclass(frozen=True)
class Power:
    """What would separate two candidates: how many `unit` in all, and how many more than there are; None says `why` not.

    It takes the differences and the spread that were seen for the true ones, and is as uncertain as they are.
    """

    unit: str
    total: int | None
    more: int | None
    why: str = ""


@dataclass(frozen=True)
class Optimism:
    """The winner's mean score, the bias-corrected score, which different runs pick and score, and the selection bias."""

    score: float
    corrected: float
    excess: float


@dataclass(frozen=True)
class Share:
    """The part of the variance that a parameter, a pair, or all larger groups together (no names) account for.

    `noise` is the part that would be expected there if the parameters did nothing and only noise moved the means.
    """

    parameters: tuple[str, ...]
    share: float
    noise: float


@dataclass(frozen=True)
class Importance:
    """How much of the variance among candidates the forest no longer explains when a parameter is shuffled."""

    parameter: str
    loss: float


@dataclass(frozen=True)
class Importances:
    """The importance of each parameter, and the share of the variance that the forest explains with all of them.

    Both are measured on candidates that the forest has not seen; where `explained` is near 0 or below, the forest has
    found nothing and the importances mean nothing.
    """

    explained: float
    parameters: tuple[Importance, ...]


@dataclass(frozen=True)
class Level:
    """A value of a parameter, and the mean over the candidates that have it, with its interval.

    `low`, `high` and `exact` are as those of an `Interval`.
    """

    value: Any
    candidates: int
    mean: float
    low: float
    high: float
    exact: tuple[float, float] | None = None


@dataclass(frozen=True)
class Effect:
    """The marginal means of a parameter."""

    parameter: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Pair:
    """The means of two parameters' combinations: a row for each level of the first, a column for each of the second."""

    parameters: tuple[str, str]
    means: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Effects:
    """What the parameters do under a question.

    `shares` where the candidates are a full grid, else `importances` (see there); the other is None. A pair is omitted
    when a combination of its levels was not tried.
    """

    question: str
    parameters: tuple[Effect, ...]
    pairs: tuple[Pair, ...]
    shares: tuple[Share, ...] | None
    importances: Importances | None


@dataclass(frozen=True)
class Interval:
    """The interval of a trial's mean, by the trial's number.

    `low` and `high` lie within what the score can be. Student's t knows no such ends: where it goes beyond them, `exact`
    has both ends as they were computed, otherwise it is None.
    """

    trial: int
    mean: float
    std: float
    low: float
    high: float
    exact: tuple[float, float] | None = None


@dataclass(frozen=True)
class Answer:
    """What the scores say about one question; trials and candidates are named by their trials' numbers.

    - `intervals`: of each trial's mean; `std` is the population standard deviation over all fits, as scikit-learn's.
    - `comparisons`: each other trial with the best.
    - `tied`: the tie set: the trials that are statistically tied with the best, itself included, best first.
    - `runner_up`: the trial with the second highest mean.
    - `simplest`: the simplest of those tied whose means are within one standard error of the best one's, or None where no
      family declares what is simpler.
    - `power`: what would separate the top two; None for a single trial.
    - `critical_difference`: how far below the best a typical mean has to be to be significantly worse; None for a single trial.
    - `optimism`: the selection bias of the best score.
    - `effects`: what each parameter does; None where none differs.
    """

    question: str
    intervals: tuple[Interval, ...]
    comparisons: tuple[Comparison, ...]
    tied: tuple[int, ...]
    runner_up: int | None
    simplest: int | None
    power: Power | None
    critical_difference: float | None
    optimism: Optimism | None
    find_effects: Callable[[], Effects | None] = field(repr=False, compare=False)
    """Makes `effects`."""

    @cached_property
    def effects(self) -> Effects | None:
        """What the parameters do; it may take seconds where they are no full grid, so only whoever asks waits for it."""
        return self.find_effects()

    def describe(self) -> dict[str, Any]:
        """Everything as plain data for JSON."""
        plain = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "find_effects"}
        return {name: _plain(value) for name, value in (plain | {"effects": self.effects}).items()}

    @property
    def scope(self) -> str:
        """What the answer is about, in words that go on from a comma."""
        return SCOPES[self.question]

    def is_tied(self, number: int) -> bool:
        """Whether the trial of this number is in the tie set."""
        return number in self._tie_set

    @cached_property
    def _tie_set(self) -> frozenset[int]:
        return frozenset(self.tied)

    @cached_property
    def interval_of(self) -> dict[int, Interval]:
        """The intervals by the number of their trial; what was not compared has none."""
        return {interval.trial: interval for interval in self.intervals}


@dataclass(frozen=True)
class Summary:
    """What the scores of a search say.

    `seeds` and `new_data` answer two different questions (docs/statistics.md); one is None where the design cannot
    answer it: a single seed, or a single split. Trials that failed or are not finished are excluded, and so are trials
    of another budget than the best one's.
    """

    level: float
    compared: int
    failed: int
    incomplete: int
    best: int | None
    seeds: Answer | None
    new_data: Answer | None
    sentence: str
    """The verdict: a winner or a tie, and who was not compared."""
    next_step: str = ""
    """What would separate the top two, in a sentence; empty where nothing is known to, or they are separate."""
    smaller: int = 0
    """How many candidates are complete only on a smaller budget than the best one's, so that they are not compared."""

    @property
    def answer(self) -> Answer | None:
        """The answer that the verdict gives: across seeds where there is one, else on new data."""
        return self.seeds or self.new_data

    def describe(self) -> dict[str, Any]:
        """Everything as plain data for JSON."""
        return {
            item.name: value.describe() if isinstance(value := getattr(self, item.name), Answer) else value
            for item in fields(self)
        }


@dataclass(frozen=True)
class Published:
    """A published score, the prediction interval of a new run, and whether the score lies inside; None where there is none.

    `low`, `high` and `exact` are as those of an `Interval`.
    """

    score: float
    low: float | None = None
    high: float | None = None
    inside: bool | None = None
    exact: tuple[float, float] | None = None


def _plain(value: Any) -> Any:
    """The value with dictionaries in place of the records in it."""
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
