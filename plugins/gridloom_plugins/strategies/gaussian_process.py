"""The Gaussian process of the strategy `bayesian`: its kernel, and the fit of its length scales and noise."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import (
    ConstantKernel,
    Hyperparameter,
    Kernel,
    StationaryKernelMixin,
    WhiteKernel,
)

Array = NDArray[np.float64]

MOST_FITTED, MOST_KEPT = 250, 1500
"""The most trials that length scales are fitted to, and that predictions are conditioned on: n**3 of them is paid for."""

TYPICAL_NOISE = 0.007
"""The variance of noise, as a share of that of all scores, that is assumed where trials do not tell."""


class Matern(StationaryKernelMixin, Kernel):
    """The Matern kernel with nu = 5/2 and a length scale for each parameter, which all columns of the parameter share.

    `owners` has the parameter of each column, from 0. scikit-learn's own has a length scale for each column, of which
    a list of names has as many as it has names.
    """

    def __init__(self, length_scale: Any = (1.0,), owners: tuple[int, ...] = (0,)) -> None:
        self.length_scale = length_scale
        self.owners = owners

    @property
    def hyperparameter_length_scale(self) -> Hyperparameter:
        """What scikit-learn fits."""
        return Hyperparameter("length_scale", "numeric", (5e-3, 1e3), np.size(self.length_scale))

    def __call__(self, X: Array, Y: Array | None = None, eval_gradient: bool = False) -> Any:
        """The kernel of each row of X and each of Y (default: X), and its gradient by the logarithms of the scales."""
        scales = np.atleast_1d(np.asarray(self.length_scale, dtype=float))
        widths = scales[list(self.owners)]
        if not eval_gradient:
            return _matern(_squares(X / widths, (X if Y is None else Y) / widths))
        owners = np.asarray(self.owners)
        parts = np.stack(
            [_squares(part, part) for part in (X[:, owners == one] / scales[one] for one in range(len(scales)))],
            axis=-1,
        )
        total = parts.sum(axis=-1)
        root = np.sqrt(5 * total)
        slope = 5 / 3 * (1 + root) * np.exp(-root)
        return _matern(total), slope[..., None] * parts

    def diag(self, X: Array) -> Array:
        """The variance of each row, which is 1."""
        return np.ones(len(X))


def _squares(left: Array, right: Array) -> Array:
    """The squared distance of each row of one and each of the other."""
    cross = left @ right.T
    found = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1) - 2 * cross
    return np.asarray(np.maximum(found, 0.0))


def _matern(squares: Array) -> Array:
    root = np.sqrt(5 * squares)
    return np.asarray((1 + root + root**2 / 3) * np.exp(-root))


def fitted(
    X: Array, scores: Array, owners: tuple[int, ...], noise: float | None, excess: Array, start: Array | None
) -> GaussianProcessRegressor:
    """The process given encoded candidates (rows) and their standardized scores, by the mode of its posterior.

    `noise` is the variance that a score is expected to have of itself (None: unknown), `excess` what each row has on
    top; `start` are the hyperparameters of an earlier fit. The prior of the length scales grows with the root of the number of
    parameters: Hvarfner, Hellsten and Nardi, "Vanilla Bayesian optimization performs great in high dimensions", ICML
    2024. Beyond MOST_FITTED trials, hyperparameters are fitted to the best of them and an even choice of the others.
    """
    parameters = max(owners) + 1
    level = float(np.clip(TYPICAL_NOISE if noise is None else noise, 1e-4, 1.0))
    kernel = ConstantKernel(1.0, (1e-2, 1e2)) * Matern((0.5,) * parameters, owners) + WhiteKernel(level, (1e-5, 2.0))
    centre = np.array([0.0, *[np.sqrt(2) - 3 + np.log(parameters) / 2] * parameters, np.log(level)])
    spread = np.array([1.0, *[np.sqrt(3)] * parameters, 1.0])
    starts = [centre, centre + spread * ([0.0] + [-0.5] * parameters + [2.0])] if start is None else [centre, start]
    rows = _telling(scores, MOST_FITTED)
    search = GaussianProcessRegressor(kernel, alpha=excess[rows] + 1e-8, optimizer=_by_mode(centre, spread, starts))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # at a bound: we mean them
        theta = search.fit(X[rows], scores[rows]).kernel_.theta
    rows = _telling(scores, MOST_KEPT)
    process = GaussianProcessRegressor(kernel.clone_with_theta(theta), alpha=excess[rows] + 1e-8, optimizer=None)
    return process.fit(X[rows], scores[rows])


def _telling(scores: Array, most: int) -> NDArray[np.intp]:
    """The places of at most so many scores: half of them the best, the others evenly spaced among the rest."""
    if len(scores) <= most:
        return np.arange(len(scores))
    order = np.argsort(-scores, kind="stable")
    half = most // 2
    rest = order[half:][np.linspace(0, len(order) - half - 1, most - half).astype(int)]
    return np.sort(np.concatenate([order[:half], rest]))


def _by_mode(centre: Array, spread: Array, starts: list[Array]) -> Callable[..., tuple[Array, float]]:
    """An optimizer for scikit-learn that adds a normal prior of the logarithms to the likelihood."""

    def optimizer(objective: Callable[[Array], tuple[float, Array]], _: Array, bounds: Array) -> tuple[Array, float]:
        def penalized(theta: Array) -> tuple[float, Array]:
            value, gradient = objective(theta)
            off = (theta - centre) / spread
            return value + float(off @ off) / 2, gradient + off / spread

        found = [
            optimize.minimize(
                penalized,
                np.clip(start, *bounds.T),
                jac=True,
                method="L-BFGS-B",
                bounds=bounds,
                options={"maxiter": 60},
            )
            for start in starts
        ]
        best = min(found, key=lambda one: round(float(one.fun), 6))
        return best.x, best.fun

    return optimizer
