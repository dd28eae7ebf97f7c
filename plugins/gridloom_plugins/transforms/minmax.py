"""The transform `minmax`: numbers from 0 to 1."""

from __future__ import annotations

from typing import Any

from gridloom import Transform


def make(clip: bool = False) -> Any:
    """Map the smallest number of the training rows to 0 and the largest to 1; `clip` limits others to this range."""
    from sklearn.preprocessing import MinMaxScaler

    return MinMaxScaler(clip=clip)


TRANSFORM = Transform("minmax", "Scales numbers to the range from 0 to 1.", make)
