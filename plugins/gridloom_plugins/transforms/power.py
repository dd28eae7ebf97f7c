"""The transform `power`: skewed numbers made more like a normal distribution."""

from __future__ import annotations

from typing import Any

from gridloom import Transform


def make() -> Any:
    """Apply the power of Yeo and Johnson that suits the training rows best, then standardize.

    See I.-K. Yeo and R. A. Johnson, "A new family of power transformations to improve normality or symmetry" (2000).
    """
    from sklearn.preprocessing import PowerTransformer

    return PowerTransformer()


TRANSFORM = Transform("power", "Makes skewed numbers more normally distributed.", make)
