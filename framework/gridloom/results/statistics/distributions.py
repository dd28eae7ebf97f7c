"""Quantiles and tails of the distributions that the tests need, from `scipy.special`: `scipy.stats` takes most of a second to import."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special


def normal_above(tail: Any) -> Any:
    """The values that a standard normal variable exceeds with these probabilities."""
    return -special.ndtri(tail)


def t_above(tail: Any, df: Any) -> Any:
    """The values that Student's t of `df` degrees of freedom exceeds with these probabilities."""
    return -special.stdtrit(df, tail)


def t_tail(values: Any, df: Any) -> Any:
    """The probabilities with which Student's t of `df` degrees of freedom exceeds these values."""
    return special.stdtr(df, -values)


def shifted_t_tail(value: Any, df: Any, shift: Any) -> Any:
    """The probabilities with which the noncentral t of `df` degrees of freedom exceeds a value, by its shift."""
    found = 1 - special.nctdtr(df, shift, value)
    if np.isnan(found).any():  # which it is far out, where scipy.stats takes another way
        from scipy import stats

        found = stats.nct.sf(value, df, shift)
    return found


def beta_below(share: float, a: Any, b: Any) -> Any:
    """The values below which a beta variable lies with this probability, by its two shapes."""
    return special.betaincinv(a, b, share)


def beta_binomial_log(counts: Any, number: Any, a: Any, b: Any) -> Any:
    """The logarithms of the probabilities of so many successes among a number of trials whose rate is beta distributed."""
    ways = -special.log1p(number) - special.betaln(number - counts + 1, counts + 1)
    return ways + special.betaln(counts + a, number - counts + b) - special.betaln(a, b)
