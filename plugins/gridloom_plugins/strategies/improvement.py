"""What the strategy `bayesian` has learned from trials, and which candidates it expects to improve on them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import linalg, special

from gridloom import Candidate, Status, Trial
from gridloom_plugins.strategies.encoding import Encoding
from gridloom_plugins.strategies.gaussian_process import Array, fitted

FAR = -1e3
"""Below this, log(1 - x) has few digits left, and what it comes near to has more."""

DOUBT = 4
"""How many scores the common variance of noise counts for beside those of a trial."""


class Learned:
    """A process fitted to the scores of trials. Those that failed count as the worst of the others."""

    def __init__(self, trials: Sequence[Trial], encoding: Encoding, theta: Array | None) -> None:
        self.encoding = encoding
        self.candidates = [trial.candidate for trial in trials]
        means = np.array([trial.mean for trial in trials])
        means = np.where(np.isnan(means), np.nanmin(means), means)
        scores, unit = standardized(means)
        noise, excess = _noise(trials)
        level = None if noise is None else noise / unit**2
        self.rows = encoding.rows(self.candidates)
        self.process = fitted(self.rows, scores, encoding.owners, level, excess / unit**2, theta)
        self.theta: Array = self.process.kernel_.theta
        self.expected = self.process.predict(self.rows)

    def best(self, number: int) -> list[Candidate]:
        """The candidates among those tried that are expected to score best."""
        return [self.candidates[place] for place in _order(self.expected)[:number]]


def standardized(means: Array) -> tuple[Array, float]:
    """Scores with mean 0 and deviation 1, and the unit they are in. Those far below the others are drawn near.

    How much worse a bad candidate is says nothing of the best, and one that diverged would be the only one to stand
    out.
    """
    middle = float(np.median(means))
    reach = max(float(means.max()) - middle, middle - float(np.quantile(means, 0.25)))
    clipped = np.maximum(means, middle - 2 * reach)
    unit = float(clipped.std()) or 1.0
    return (clipped - clipped.mean()) / unit, unit


def _noise(trials: Sequence[Trial]) -> tuple[float | None, Array]:
    """The variance of a mean score that splits and seeds make, and what each trial has on top; (None, zeros) if unknown.

    What all candidates have in common on a split is no noise: it changes no comparison.
    """
    excess = np.zeros(len(trials))
    cells = max(len(trial.fits) for trial in trials)
    places = [i for i, trial in enumerate(trials) if trial.status is Status.COMPLETE and len(trial.fits) == cells]
    if cells < 2 or len(places) < 2:  # noqa: PLR2004
        return None, excess
    scores = np.array([trials[place].scores for place in places], dtype=float)
    rest = scores - np.median(scores, axis=0)
    variances = rest.var(axis=1, ddof=1)
    common = float(np.median(variances))
    own = (DOUBT * common + (cells - 1) * variances) / (DOUBT + cells - 1)
    excess[places] = np.maximum(own - common, 0) / cells
    return common / cells, excess


class Beliefs:
    """What a process expects of a pool of candidates, and how that changes as some of them are picked.

    A picked candidate is believed to score what is expected of it: this leaves all means as they are, and shrinks the variance
    around it (the Kriging believer of Ginsbourger, Le Riche and Carraro, "Kriging is well-suited to parallelize
    optimization", 2010).
    """

    def __init__(self, learned: Learned, pool: Sequence[Candidate], rows: Array | None = None) -> None:
        process = learned.process
        self._learned, self._candidates = learned, list(pool)
        self._pool = learned.encoding.rows(pool) if rows is None else rows
        self._kernel = process.kernel_.k1
        self._noise = float(process.kernel_.k2.noise_level)
        cross = self._kernel(process.X_train_, self._pool)
        self._halves = linalg.solve_triangular(process.L_, cross, lower=True, check_finite=False)
        self._mean = cross.T @ process.alpha_
        self._variance = np.maximum(self._kernel.diag(self._pool) - (self._halves**2).sum(axis=0), 1e-12)
        self._best = float(learned.expected.max())
        self._shrunk: list[Array] = []

    def beside(self, candidates: Sequence[Candidate]) -> Beliefs:
        """What is expected of the pool with these candidates beside it."""
        known = set(self._candidates)
        added = [candidate for candidate in candidates if candidate not in known]
        rows = np.concatenate([self._pool, self._learned.encoding.rows(added)])
        return Beliefs(self._learned, [*self._candidates, *added], rows)

    def best(self, number: int) -> list[Candidate]:
        """So many candidates, the largest expected improvement first."""
        return [self._candidates[place] for place in _order(self._log_improvement())[:number]]

    def picks(self, number: int) -> list[Candidate]:
        """So many candidates, the largest expected improvement first, each given those before it."""
        picked: list[int] = []
        for _ in range(min(number, len(self._candidates))):
            order = _order(self._log_improvement())
            picked.append(next(place for place in order if place not in picked))
            self._believe(picked[-1])
        return [self._candidates[place] for place in picked]

    def _log_improvement(self) -> Array:
        deviation = np.sqrt(self._variance)
        return np.asarray(np.log(deviation) + log_h((self._mean - self._best) / deviation))

    def _believe(self, place: int) -> None:
        """Go on as if the candidate at this place had scored what is expected of it."""
        covariance = self._kernel(self._pool, self._pool[[place]])[:, 0] - self._halves.T @ self._halves[:, place]
        for earlier in self._shrunk:
            covariance -= earlier * earlier[place]
        change = covariance / np.sqrt(self._variance[place] + self._noise)
        self._shrunk.append(change)
        self._variance = np.maximum(self._variance - change**2, 1e-12)
        self._best = max(self._best, float(self._mean[place]))


def _order(values: Array) -> list[int]:
    """Places by falling value, to nine digits: what differs by less keeps its order."""
    return [int(place) for place in np.argsort(-np.round(values, 9), kind="stable")]


def log_h(z: Array) -> Array:
    """log(pdf(z) + z cdf(z)) of the normal distribution, also where that is too small for a float.

    Ament et al., "Unexpected improvements to expected improvement for Bayesian optimization", NeurIPS 2023.
    """
    far = np.minimum(z, -1.0)
    root = np.sqrt(np.pi / 2)
    ratio = special.log1p(-np.minimum(root * special.erfcx(-far / np.sqrt(2)) * -far, 1 - 1e-16))
    ratio = np.where(far < FAR, -2 * np.log(-far), ratio)
    below = -(far**2) / 2 - np.log(2 * np.pi) / 2 + ratio
    near = np.maximum(z, -1.0)
    above = np.log(np.exp(-(near**2) / 2) / np.sqrt(2 * np.pi) + near * special.ndtr(near))
    return np.asarray(np.where(z > -1.0, above, below))
