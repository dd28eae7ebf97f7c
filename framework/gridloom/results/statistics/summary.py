"""All that the scores of a search say, in one record for reporters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from gridloom.core.trials import Status, Trial, ranked
from gridloom.results.statistics.answers import Answer, Interval, Summary
from gridloom.results.statistics.best_set import best_set
from gridloom.results.statistics.bounds import UNBOUNDED, Ends, within
from gridloom.results.statistics.comparisons import compare
from gridloom.results.statistics.effects import effects
from gridloom.results.statistics.left_out import left_out
from gridloom.results.statistics.next_step import NoAnswer, more_seeds, next_step
from gridloom.results.statistics.noise import critical_difference, noise
from gridloom.results.statistics.optimism import optimism
from gridloom.results.statistics.power import power
from gridloom.results.statistics.questions import LARGEST, NewData, Numbers, Question, Seeds
from gridloom.results.statistics.sentence import sentence
from gridloom.results.statistics.simplicity import close_to, simplest


def summarise(
    trials: Sequence[Trial],
    validation: Mapping[str, Any],
    simpler: Mapping[str, Mapping[str, str]] | None = None,
    level: float = 0.95,
    bounds: Ends = UNBOUNDED,
    dropped: str = "",
    baseline: float | None = None,
) -> Summary:
    """What the scores of trials say, with intervals and sets at this level; never raises for what failed.

    `validation` holds the settings of the splits with all defaults, as a manifest has them; `simpler` says which numbers
    of a parameter are simpler, by group and name. `bounds` are the lowest and the highest that a score can be: intervals
    of means are shown within them, and nothing is decided by that. `dropped` is what the strategy says of candidates
    that it has dropped. `baseline` is the score of what learns nothing, if it is known.
    """
    best = next(iter(ranked(trials)), None)
    compared = [trial for trial in trials if best and _is_comparable(trial, best)]
    answers = _answers(compared, best, validation, simpler or {}, level, bounds) if best else {}
    others = left_out(trials, compared, dropped)
    answer = answers.get(Seeds.name) or answers.get(NewData.name) or _why_no_answer(validation, compared)
    params = {trial.number: trial.params for trial in compared}
    scores = len(compared[0].fits) if compared else 0
    noisy = noise(answer, scores, baseline, bounds) if isinstance(answer, Answer) else ""
    return Summary(
        level=level,
        compared=len(compared),
        failed=others.failed,
        incomplete=others.incomplete,
        best=best.number if best else None,
        seeds=answers.get(Seeds.name),
        new_data=answers.get(NewData.name),
        sentence=sentence(answer, params, level, others, answers.get(NewData.name), noisy),
        next_step=next_step(answer, _shape(compared[0])[2]) if len(compared) > 1 else "",
        smaller=others.smaller,
    )


def _why_no_answer(validation: Mapping[str, Any], compared: Sequence[Trial]) -> NoAnswer:
    if not is_usable(compared):
        return NoAnswer("the scores are too large to calculate with")
    if not has_whole_seeds(compared):
        return NoAnswer("the last seed of the largest budget lacks some of the splits")
    why = WHY_NOT_NEW_DATA.get(validation.get("method", ""))
    if validation.get("seeds", 1) > 1:
        return NoAnswer(f"{why or NO_SPREAD}, and seeds change no score")
    return NoAnswer(
        why or f"one seed and {NO_SPREAD}", f"{more_seeds()} to compare across seeds, if seeds change the scores"
    )


def _is_comparable(trial: Trial, best: Trial) -> bool:
    return trial.status is Status.COMPLETE and trial.proposal.budget.size == best.proposal.budget.size


def scores_of(trials: Sequence[Trial]) -> Numbers:
    """The scores of complete trials of one design: shape (trials, repeats, folds, seeds)."""
    return np.array([trial.scores for trial in trials], dtype=float).reshape(len(trials), *_shape(trials[0]))


NO_SPREAD = "one split (or splits of unknown size) show no spread of the scores"
"""Why there is no answer where no method is to blame."""

WHY_NOT_NEW_DATA: Mapping[str, str] = {
    "time_series": "the folds of time_series train on ever more rows, for which no interval on new data is known",
    "predefined": "how the folds in the data were made is not known, so there is no interval on new data",
    "leave_one_out": "tests of single rows do not show how scores vary with the training rows",
}
"""Why the scores of some methods say nothing about new data: the correction of Nadeau and Bengio does not hold for them."""


def has_whole_seeds(trials: Sequence[Trial]) -> bool:
    """Whether each seed of these trials has all of their splits, as it takes to compare them: a budget of cells may end between."""
    return all(len(trial.fits) == math.prod(_shape(trial)) for trial in trials)


def _shape(trial: Trial) -> tuple[int, ...]:
    """How many repeats, folds and seeds a trial has."""
    return tuple(1 + max(getattr(fit, axis) for fit in trial.fits) for axis in ("repeat", "fold", "replica"))


def questions_of(validation: Mapping[str, Any], trial: Trial) -> list[Question]:
    """The questions that can be asked of splits with these settings; about new data only where that is known to hold.

    A budget of the `trial` that leaves rows of the splits out leaves as many fewer to train on for each that tests.
    """
    trained = trial.proposal.budget.share or 1.0
    questions: list[Question] = [Seeds()]
    if validation.get("method") in WHY_NOT_NEW_DATA:
        return questions
    if "test_share" in validation:
        share = validation["test_share"]
        questions.append(NewData(share / (1 - share) / trained))
    elif validation.get("folds", 1) > 1:
        questions.append(NewData(1 / (validation["folds"] - 1) / trained))
    return questions


def is_usable(trials: Sequence[Trial]) -> bool:
    """Whether no score is too large to be squared."""
    return all(abs(score) <= LARGEST for trial in trials for score in trial.scores if score is not None)


def _answers(
    trials: Sequence[Trial],
    best: Trial,
    validation: Mapping[str, Any],
    simpler: Mapping[str, Mapping[str, str]],
    level: float,
    bounds: Ends,
) -> dict[str, Answer]:
    """The answers to the questions that the design can answer, by their names."""
    if not is_usable(trials) or not has_whole_seeds(trials):
        return {}
    scores = scores_of(trials)
    row = [trial.number for trial in trials].index(best.number)
    return {
        question.name: _answer(scores, trials, row, question, level, simpler, bounds)
        for question in questions_of(validation, best)
        if question.is_answered_by(scores) and not is_deaf_to_seeds(question, scores)
    }


def is_deaf_to_seeds(question: Question, scores: Numbers) -> bool:
    """Whether it is asked about seeds, which change no score: that would make every difference certain."""
    return isinstance(question, Seeds) and not np.ptp(scores, axis=3).any()


def _answer(
    scores: Numbers,
    trials: Sequence[Trial],
    best: int,
    question: Question,
    level: float,
    simpler: Mapping[str, Mapping[str, str]],
    bounds: Ends,
) -> Answer:
    by_mean = sorted(range(len(trials)), key=lambda row: (row != best, -trials[row].mean))
    inside = best_set(scores, question, level)
    inside[best] = True
    tied = [row for row in by_mean if inside[row]]
    close = close_to(scores, question, best, tied)
    plain = simplest([trials[row].candidate for row in close], simpler)
    return Answer(
        question=question.name,
        intervals=_intervals(scores, trials, question, level, bounds),
        comparisons=tuple(
            replace(found, candidate=trials[found.candidate].number) for found in compare(scores, question, best, level)
        ),
        tied=tuple(trials[row].number for row in tied),
        runner_up=trials[by_mean[1]].number if len(trials) > 1 else None,
        simplest=None if plain is None else trials[close[plain]].number,
        power=power(scores, question, (by_mean[0], by_mean[1]), level) if len(trials) > 1 else None,
        critical_difference=critical_difference(scores, question, best, level),
        optimism=optimism(scores, question),
        find_effects=partial(effects, scores, [trial.params for trial in trials], question, level, bounds),
    )


def _intervals(
    scores: Numbers, trials: Sequence[Trial], question: Question, level: float, bounds: Ends
) -> tuple[Interval, ...]:
    low, high = question.trials(scores).bounds(level)
    return tuple(
        Interval(trial.number, trial.mean, trial.std, **within(bounds, float(low[row]), float(high[row])))
        for row, trial in enumerate(trials)
    )
