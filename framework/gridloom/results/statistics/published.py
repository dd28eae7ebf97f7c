"""Whether a published score is what a new run could have scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gridloom.core.budgets import FULL
from gridloom.core.trials import Status, Trial
from gridloom.experiment.published import PublishedScores
from gridloom.results.statistics.answers import Published
from gridloom.results.statistics.bounds import UNBOUNDED, Ends, within
from gridloom.results.statistics.distributions import t_above
from gridloom.results.statistics.questions import MANY, Numbers, Seeds
from gridloom.results.statistics.summary import is_usable, scores_of

LEVEL = 0.99
"""The chance that the interval holds a new run: with dozens of candidates, one in twenty would often lie outside."""

TOLD = 3
"""How many scores that lie outside a sentence names in full."""


def prediction_interval(runs: Numbers, level: float = 0.95) -> tuple[float, float]:
    """Both ends of the interval that holds the score of a new run with the chance `level`.

    `runs` has shape (seeds,): each seed's mean over the splits; ValueError when there are fewer than two. Student's
    prediction interval, mean -+ t s sqrt(1 + 1/n) (Hahn and Meeker, Statistical Intervals, 1991, section 4.8); it takes
    runs as normal.
    """
    runs = np.asarray(runs, dtype=float)
    if runs.ndim != 1 or len(runs) < MANY:
        raise ValueError("a prediction interval needs at least two runs, one number each")
    half = t_above((1 - level) / 2, len(runs) - 1) * runs.std(ddof=1) * np.sqrt(1 + 1 / len(runs))
    return float(runs.mean() - half), float(runs.mean() + half)


def check_published(
    score: float, runs: Numbers, level: float = 0.95, decimals: int = 6, bounds: Ends = UNBOUNDED
) -> Published:
    """A published score, rounded to so many decimals, beside our runs of the same candidate: shape (seeds,).

    The interval is `prediction_interval`, shown within `bounds`; the score counts as inside when what it was rounded
    from can be inside the whole of it.
    """
    low, high = prediction_interval(runs, level)
    rounding = 0.5 * 10.0**-decimals * (1 + 1e-9)  # and a hair for the binary rounding of decimals
    inside = bool(low - rounding <= score <= high + rounding)
    return Published(score, inside=inside, **within(bounds, low, high))


def beside_published(
    trials: Sequence[Trial], known: PublishedScores, level: float = LEVEL, bounds: Ends = UNBOUNDED
) -> dict[int, Published]:
    """The published scores of the trials that trained in full, by number, each beside its trial's runs."""
    found = {}
    for trial in _in_full(trials):
        score = known.of(trial.candidate)
        if score is None:
            continue
        runs = _runs(trial)
        found[trial.number] = (
            check_published(score, runs, level, known.decimals, bounds) if len(runs) >= MANY else Published(score)
        )
    return found


def published_sentence(trials: Sequence[Trial], known: PublishedScores, found: Mapping[int, Published]) -> str:
    """How many published scores lie inside, which do not, and what has no counterpart.

    `found` is what `beside_published` says of these trials and scores.
    """
    outside = [number for number, item in found.items() if item.inside is False]
    judged = sum(item.inside is not None for item in found.values())
    parts = [_count(judged, judged - len(outside))] if judged else []
    if outside:
        parts.append(_outside(outside, found, {trial.number: trial for trial in trials}))
    if judged < len(found):
        parts.append(f"{len(found) - judged} cannot be judged, since that takes two seeds of a complete candidate")
    in_full = _in_full(trials)
    scored = {trial.candidate.key for trial in in_full if trial.number in found}
    lacking = {trial.candidate.key for trial in in_full} - scored
    others = {trial.candidate.key: trial.candidate for trial in trials}.items()
    smaller = sum(key not in scored | lacking and known.of(candidate) is not None for key, candidate in others)
    counts = {
        "of candidates trained on a smaller budget only": smaller,
        "of candidates that were not tried": len(known.scores) - len(scored) - smaller,
        "candidates without a published score": len(lacking),
    }
    parts += [f"{what}: {count}" for what, count in counts.items() if count]
    text = "; ".join(parts)
    return f"{text}." if judged else f"Published scores: {text}."


def _in_full(trials: Sequence[Trial]) -> list[Trial]:
    """The trials without a budget: what is published was trained in full."""
    return [trial for trial in trials if trial.proposal.budget == FULL]


def _runs(trial: Trial) -> Numbers:
    """The mean over the splits of each seed; none for a trial that is not complete, or whose scores are too large."""
    if trial.status is not Status.COMPLETE or not is_usable([trial]):
        return np.array([])
    (runs,) = Seeds().units(scores_of([trial]))
    return np.asarray(runs, dtype=float)


def _count(judged: int, inside: int) -> str:
    noun = "scores lie" if judged > 1 else "score lies"
    return f"{inside} of {judged} published {noun} inside the {100 * LEVEL:g} % prediction interval of a new run"


def _outside(numbers: Sequence[int], found: Mapping[int, Published], trials: Mapping[int, Trial]) -> str:
    """The scores that lie outside, each with its candidate and the mean of this run."""
    told = [
        f"{trials[number].params} ({found[number].score:g}, mean of this run {trials[number].mean:.4f})"
        for number in numbers[:TOLD]
    ]
    more = [f"{len(numbers) - TOLD} more"] if len(numbers) > TOLD else []
    return f"outside: {', '.join([*told, *more])}"
