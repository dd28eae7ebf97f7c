"""All that the scores of a search say, in one record for reporters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gridloom.statistics.best_set import best_set
from gridloom.statistics.comparisons import Comparison, compare
from gridloom.statistics.effects import Effects, effects
from gridloom.statistics.optimism import Optimism, optimism
from gridloom.statistics.power import Power, power
from gridloom.statistics.questions import LARGEST, NewData, Numbers, Question, Seeds
from gridloom.statistics.sentence import NO_SCATTER, TOO_LARGE, sentence
from gridloom.statistics.simplicity import simplest
from gridloom.trials import Status, Trial

if TYPE_CHECKING:
    from gridloom.results import Result


@dataclass(frozen=True)
class Interval:
    """The interval of a trial's mean, by the trial's number."""

    trial: int
    mean: float
    std: float
    low: float
    high: float


@dataclass(frozen=True)
class Answer:
    """What the scores say about one question; trials and candidates are named by their trials' numbers.

    - `intervals`: of each trial's mean; `std` is the population standard deviation over all fits, as scikit-learn's.
    - `comparisons`: each other trial with the best.
    - `members`: the trials that cannot be told from the best, best first.
    - `runner_up`: the trial with the second highest mean.
    - `simplest`: the simplest of them, or None where no family declares what is simpler.
    - `power`: what would tell the first two apart; None for a single trial.
    - `optimism`: by how much the best score is too high for having been picked.
    - `effects`: what each parameter does; None where none differs.
    """

    question: str
    intervals: tuple[Interval, ...]
    comparisons: tuple[Comparison, ...]
    members: tuple[int, ...]
    runner_up: int | None
    simplest: int | None
    power: Power | None
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
        return Seeds.scope if self.question == Seeds.name else NewData.scope

    @cached_property
    def interval_of(self) -> dict[int, Interval]:
        """The intervals by the number of their trial; what was not compared has none."""
        return {interval.trial: interval for interval in self.intervals}


@dataclass(frozen=True)
class Summary:
    """What the scores of a search say.

    `seeds` and `new_data` answer two different questions (docs/statistics.md); one is None where the design cannot
    answer it: a single seed, or a single split. Trials that failed or are not finished are left out, and so are trials
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

    @property
    def answer(self) -> Answer | None:
        """The answer that the sentence gives: about seeds where there is one, else about new data."""
        return self.seeds or self.new_data

    def describe(self) -> dict[str, Any]:
        """Everything as plain data for JSON."""
        return {
            item.name: value.describe() if isinstance(value := getattr(self, item.name), Answer) else value
            for item in fields(self)
        }


def _plain(value: Any) -> Any:
    """The value with dictionaries in place of the records in it."""
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def summarise(result: Result, level: float = 0.95) -> Summary:
    """What the scores of a result say, with intervals and sets at this level; never raises for what failed."""
    best = result.best
    trials = [trial for trial in result.ranked if best and trial.proposal.budget == best.proposal.budget]
    trials.sort(key=lambda trial: trial.number)
    answers = _answers(trials, result, level)
    failed = sum(trial.status is Status.FAILED for trial in result.trials)
    incomplete = sum(trial.status is Status.INCOMPLETE for trial in result.trials)
    answer = answers.get(Seeds.name) or answers.get(NewData.name)
    reason = NO_SCATTER if is_usable(trials) else TOO_LARGE
    params = {trial.number: trial.params for trial in trials}
    return Summary(
        level=level,
        compared=len(trials),
        failed=failed,
        incomplete=incomplete,
        best=best.number if best else None,
        seeds=answers.get(Seeds.name),
        new_data=answers.get(NewData.name),
        sentence=sentence(answer or reason, params, level, failed, incomplete),
    )


def scores_of(trials: Sequence[Trial]) -> Numbers:
    """The scores of complete trials of one design: shape (trials, repeats, folds, seeds)."""
    fits = trials[0].fits
    shape = tuple(1 + max(getattr(fit, axis) for fit in fits) for axis in ("repeat", "fold", "replica"))
    return np.array([trial.scores for trial in trials], dtype=float).reshape(len(trials), *shape)


def questions_of(manifest: Mapping[str, Any]) -> list[Question]:
    """The questions that can be asked of a run; about new data only where the sizes of its splits are known."""
    validation = manifest.get("experiment", {}).get("validation", {})
    questions: list[Question] = [Seeds()]
    if "test_share" in validation:
        share = validation["test_share"]
        questions.append(NewData(share / (1 - share)))
    elif validation.get("folds", 1) > 1:
        questions.append(NewData(1 / (validation["folds"] - 1)))
    return questions


def is_usable(trials: Sequence[Trial]) -> bool:
    """Whether no score is too large to be squared."""
    return all(abs(score) <= LARGEST for trial in trials for score in trial.scores if score is not None)


def _answers(trials: Sequence[Trial], result: Result, level: float) -> dict[str, Answer]:
    """The answers to the questions that the design can answer, by their names."""
    if not trials or result.best is None or not is_usable(trials):
        return {}
    scores = scores_of(trials)
    best = [trial.number for trial in trials].index(result.best.number)
    return {
        question.name: _answer(scores, trials, best, question, level, result.simpler)
        for question in questions_of(result.manifest)
        if question.is_answered_by(scores) and not _is_deaf_to_seeds(question, scores)
    }


def _is_deaf_to_seeds(question: Question, scores: Numbers) -> bool:
    """Whether it is asked about other seeds, which change no score: that would make every difference certain."""
    return isinstance(question, Seeds) and not np.ptp(scores, axis=3).any()


def _answer(
    scores: Numbers,
    trials: Sequence[Trial],
    best: int,
    question: Question,
    level: float,
    simpler: Mapping[str, Mapping[str, str]],
) -> Answer:
    by_mean = sorted(range(len(trials)), key=lambda row: (row != best, -trials[row].mean))
    inside = best_set(scores, question, level)
    inside[best] = True
    members = [row for row in by_mean if inside[row]]
    plain = simplest([trials[row].candidate for row in members], simpler)
    return Answer(
        question=question.name,
        intervals=_intervals(scores, trials, question, level),
        comparisons=tuple(
            replace(found, candidate=trials[found.candidate].number) for found in compare(scores, question, best, level)
        ),
        members=tuple(trials[row].number for row in members),
        runner_up=trials[by_mean[1]].number if len(trials) > 1 else None,
        simplest=None if plain is None else trials[members[plain]].number,
        power=power(scores, question, (by_mean[0], by_mean[1]), level) if len(trials) > 1 else None,
        optimism=optimism(scores, question),
        find_effects=partial(effects, scores, [trial.params for trial in trials], question, level),
    )


def _intervals(scores: Numbers, trials: Sequence[Trial], question: Question, level: float) -> tuple[Interval, ...]:
    low, high = question.trials(scores).bounds(level)
    return tuple(
        Interval(trial.number, trial.mean, trial.std, float(low[row]), float(high[row]))
        for row, trial in enumerate(trials)
    )
