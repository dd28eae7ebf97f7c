"""The transform `robust`: numbers by their median and quartiles, which outliers do not move."""

from __future__ import annotations

from typing import Any

from gridloom import Transform


def make() -> Any:
    """Subtract the median of the training rows and divide by their interquartile range."""
    from sklearn.preprocessing import RobustScaler

    return RobustScaler()


TRANSFORM = Transform("robust", "Scales numbers by median and interquartile range.", make)
