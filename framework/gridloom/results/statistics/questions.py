"""The two questions that scores can answer, seeds and new data, and how far a mean may be trusted under each.

Scores are an array of shape (candidates, repeats, folds, seeds), all finite. Functions never ask both questions at once:
they are given one, as `Seeds()` or `NewData(ratio)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from gridloom.results.statistics.answers import SCOPES
from gridloom.results.statistics.distributions import t_above, t_tail

Numbers = NDArray[np.float64]

ROUNDING = 1e-12
"""What is smaller than this part of the largest score is taken for the rounding of sums, that is for zero."""

LARGEST = 1e150
"""Squares of larger scores are no longer numbers."""

MANY = 2
"""The fewest runs or splits whose spread can be seen."""


def checked(scores: Numbers) -> Numbers:
    """The scores as floats; ValueError unless they have four axes, at least one of each, and are finite and below 1e150."""
    scores = np.asarray(scores, dtype=float)
    if scores.ndim != 4 or not scores.size:  # noqa: PLR2004
        raise ValueError(f"scores have the shape (candidates, repeats, folds, seeds), not {scores.shape}")
    if not (np.abs(scores) <= LARGEST).all():
        raise ValueError(f"scores must be finite, and at most {LARGEST:g}; exclude candidates that failed")
    return scores


@dataclass(frozen=True)
class Estimates:
    """Numbers, their standard errors and degrees of freedom: three arrays of one shape."""

    value: Numbers
    error: Numbers
    df: Numbers

    @property
    def t(self) -> Numbers:
        """Numbers in units of their errors: 0 where both are 0, infinite where the error alone is 0."""
        with np.errstate(all="ignore"):
            exact = np.where(self.value == 0, 0.0, np.sign(self.value) * np.inf)
            return np.where(self.error > 0, self.value / self.error, exact)

    @property
    def p(self) -> Numbers:
        """Two-sided p-values of the hypotheses that the numbers are 0, by Student's t."""
        result: Numbers = np.minimum(1.0, 2 * t_tail(np.abs(self.t), self.df))
        return result

    def bounds(self, level: float) -> tuple[Numbers, Numbers]:
        """Both ends of the intervals that hold the true numbers at this level, by Student's t."""
        half = t_above((1 - level) / 2, self.df) * self.error
        return self.value - half, self.value + half


def _settled(numbers: Numbers, largest: float) -> Numbers:
    """The numbers, with zeros for what is only the rounding of sums of scores; `largest` is that of the scores."""
    return np.where(np.abs(numbers) <= ROUNDING * largest, 0.0, numbers)


def _welch(variances: Numbers, df: Numbers, axis: int = 0) -> Numbers:
    """Degrees of freedom of a sum of independent variances along an axis (Satterthwaite 1946, Welch 1947)."""
    total = variances.sum(axis, keepdims=True)
    parts = np.divide(variances, total, out=np.zeros_like(variances), where=total > 0)
    weights = (parts**2 / df).sum(axis)
    found: Numbers = np.divide(1.0, weights, out=np.ones_like(weights), where=weights > 0)
    return found


@dataclass(frozen=True)
class Seeds:
    """The question: with these data and these splits, what would the mean over ever more seeds be.

    A run is one seed: its score is the mean over all splits. The fits of a candidate have independent seeds, also on
    different splits, so the variance of its mean is put together split by split: S seeds on J splits give up to J(S - 1)
    degrees of freedom rather than the S - 1 of the runs. `least` has the variance that a fit is taken to have at least,
    one a split, where that is known.
    """

    least: tuple[float, ...] = ()

    name: ClassVar[str] = "seeds"
    unit: ClassVar[str] = "seeds"
    scope: ClassVar[str] = SCOPES[name]

    def is_answered_by(self, scores: Numbers) -> bool:
        """Whether there are at least two seeds."""
        return bool(scores.shape[3] >= MANY)

    def units(self, scores: Numbers) -> Numbers:
        """The runs: shape (candidates, seeds)."""
        runs: Numbers = scores.mean(axis=(1, 2))
        return runs

    def trials(self, scores: Numbers) -> Estimates:
        """Each candidate's mean, with the same error that comparisons take: see `means`."""
        return self.means(scores)

    def means(self, scores: Numbers) -> Estimates:
        """Each candidate's mean, with the error that its fits show, split by split."""
        count, seeds = len(scores), scores.shape[3]
        splits = scores.reshape(count, -1, seeds)
        spread = _settled(splits.std(axis=2, ddof=1), np.abs(scores).max())
        variances = np.maximum(spread**2, self.least or 0.0) / seeds / splits.shape[1] ** 2
        df = _welch(variances, np.full_like(variances, seeds - 1.0), axis=1)
        return Estimates(splits.mean(axis=(1, 2)), np.sqrt(variances.sum(axis=1)), df)

    def overall(self, scores: Numbers) -> Estimates:
        """The mean of all candidates given, a single number: the candidates are fixed, their seeds are not."""
        means = self.means(scores)
        variances = (means.error / len(scores)) ** 2
        return Estimates(means.value.mean(), np.sqrt(variances.sum()), _welch(variances, means.df))

    def differences(self, scores: Numbers, reference: int) -> Estimates:
        """The reference's mean less each candidate's (Welch 1947): their seeds are independent."""
        return self.between(self.means(scores), reference)

    def between(self, means: Estimates, reference: int) -> Estimates:
        """The same from the candidates' means."""
        one = np.full(len(means.value), reference)
        variances = np.stack([means.error**2, means.error[one] ** 2])
        value = _settled(means.value[reference] - means.value, np.abs(means.value).max())
        error = np.sqrt(variances.sum(axis=0))
        error[reference] = 0.0
        return Estimates(value, error, _welch(variances, np.stack([means.df, means.df[one]])))

    def between_runs(self, first: Numbers, second: Numbers) -> Estimates:
        """The second run's means less the first's, of the same candidates (Welch 1947); they may differ in seeds."""
        one, other = self.means(first), self.means(second)
        variances = np.stack([one.error**2, other.error**2])
        df = _welch(variances, np.stack([one.df, other.df]))
        return Estimates(_settled(other.value - one.value, np.abs(second).max()), np.sqrt(variances.sum(axis=0)), df)

    def noise(self, scores: Numbers) -> float:
        """The variance that seeds give a candidate's mean, averaged over the candidates."""
        return float((self.means(scores).error ** 2).mean())

    def with_units(self, pair: Estimates, now: int, then: int) -> Estimates:
        """What an estimate from `now` seeds would be with `then` seeds, were the spread the same."""
        return Estimates(pair.value, pair.error * np.sqrt(now / then), pair.df * (then - 1) / (now - 1))


@dataclass(frozen=True)
class NewData:
    """The question: what would the mean be on new data.

    The splits share training rows, so their scores are not independent. Nadeau and Bengio, "Inference for the
    generalization error", Machine Learning 52 (2003): the variance of the mean over J splits is taken as
    (1/J + n_test/n_train) s^2, where s^2 is the variance of the J split means (over seeds first), with J - 1 degrees of
    freedom. `ratio` is n_test/n_train. It is an approximation: nobody can estimate this variance without bias from one
    cross-validation (Bengio and Grandvalet, JMLR 5, 2004).
    """

    ratio: float

    name: ClassVar[str] = "new data"
    unit: ClassVar[str] = "splits"
    scope: ClassVar[str] = SCOPES[name]

    def __post_init__(self) -> None:
        if not 0 < self.ratio < np.inf:
            raise ValueError(f"the ratio of test to training rows lies above 0, not {self.ratio}")

    def is_answered_by(self, scores: Numbers) -> bool:
        """Whether there are at least two splits."""
        return bool(scores.shape[1] * scores.shape[2] >= MANY)

    def units(self, scores: Numbers) -> Numbers:
        """The split means over seeds: shape (candidates, splits)."""
        means: Numbers = scores.mean(axis=3).reshape(len(scores), -1)
        return means

    def trials(self, scores: Numbers) -> Estimates:
        """Each candidate's mean, with its corrected error."""
        return self._corrected(self.units(scores), np.abs(scores).max())

    def overall(self, scores: Numbers) -> Estimates:
        """The mean of all candidates given, a single number: the candidates are fixed, the data are not."""
        one = self._corrected(self.units(scores).mean(axis=0, keepdims=True), np.abs(scores).max())
        return Estimates(one.value[0], one.error[0], one.df[0])

    def differences(self, scores: Numbers, reference: int) -> Estimates:
        """The reference's mean less each candidate's: the corrected resampled t-test, paired by split."""
        return self.differences_from(scores)(reference, np.arange(len(scores)))

    def differences_from(self, scores: Numbers) -> Callable[[int, NDArray[np.intp]], Estimates]:
        """What calculates differences of these scores, of any reference from some candidates (rows)."""
        units, largest = self.units(scores), np.abs(scores).max()
        return lambda reference, others: self._corrected(units[reference] - units[others], largest)

    def between_runs(self, first: Numbers, second: Numbers) -> Estimates:
        """The second run's means less the first's, of the same candidates on the same splits: paired by split."""
        return self._corrected(self.units(second) - self.units(first), np.abs(second).max())

    def noise(self, scores: Numbers) -> float:
        """The variance that data give the differences of candidates' means, as if each mean had a variance of its own.

        It is the mean square of the interaction of candidates and splits times the correction; 0 for one candidate.
        """
        units = self.units(scores)
        rest = units - units.mean(axis=0) - units.mean(axis=1, keepdims=True) + units.mean()
        count, splits = units.shape
        square = (rest**2).sum() / max(1, (count - 1) * (splits - 1))
        return float((1 / splits + self.ratio) * square)

    def with_units(self, pair: Estimates, now: int, then: int) -> Estimates:
        """What an estimate from `now` splits would be with `then` splits of the same sizes (more repeats)."""
        factor = np.sqrt((1 / then + self.ratio) / (1 / now + self.ratio))
        return Estimates(pair.value, pair.error * factor, np.full_like(pair.df, then - 1.0))

    def _corrected(self, units: Numbers, largest: float) -> Estimates:
        splits = units.shape[1]
        error = _settled(units.std(axis=1, ddof=1), largest) * np.sqrt(1 / splits + self.ratio)
        return Estimates(_settled(units.mean(axis=1), largest), error, np.full(len(units), splits - 1.0))


Question = Seeds | NewData
