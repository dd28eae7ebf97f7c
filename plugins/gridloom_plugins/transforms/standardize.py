"""The transform `standardize`: numbers of mean 0 and standard deviation 1."""

from __future__ import annotations

from typing import Any

from gridloom import Transform


def make() -> Any:
    """Subtract the mean of the training rows and divide by their standard deviation; missing cells stay missing."""
    from sklearn.preprocessing import StandardScaler

    return StandardScaler()


TRANSFORM = Transform("standardize", "Scales numbers to mean 0 and standard deviation 1.", make)
