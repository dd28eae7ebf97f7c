"""The transform `minmax`: numbers from 0 to 1."""

from __future__ import annotations

from typing import Any

from gridloom import Transform


def make(clip: bool = False) -> Any:
    """Let the smallest number of the training rows be 0 and the largest 1; `clip` keeps others within these."""
    from sklearn.preprocessing import MinMaxScaler

    return MinMaxScaler(clip=clip)


TRANSFORM = Transform("minmax", "Numbers from 0 to 1.", make)
