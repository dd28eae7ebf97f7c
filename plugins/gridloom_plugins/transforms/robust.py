"""The transform `robust`: numbers by their median and quartiles, which outliers do not move."""

from __future__ import annotations

from typing import Any

from gridloom import Transform


def make() -> Any:
    """Subtract the median of the training rows and divide by the distance of their quartiles."""
    from sklearn.preprocessing import RobustScaler

    return RobustScaler()


TRANSFORM = Transform("robust", "Numbers by their median and quartiles.", make)
