"""The transform `quantile`: numbers by the share of training rows below them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Ge, Le

from gridloom import Transform


def make(
    n_quantiles: Annotated[int, Ge(2), Le(10_000)] = 100, distribution: Literal["uniform", "normal"] = "uniform"
) -> Any:
    """Spread numbers evenly from 0 to 1, or as a normal distribution, by `n_quantiles` quantiles of the training rows."""
    from sklearn.preprocessing import QuantileTransformer

    return QuantileTransformer(n_quantiles=n_quantiles, output_distribution=distribution, random_state=0)


TRANSFORM = Transform("quantile", "Maps numbers to the share of rows below them.", make)
