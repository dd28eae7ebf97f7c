"""What a metric notes of an epoch is one number, which Keras's F1Score and the like give as an array."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gridloom import StopRun


def one_value(name: str, value: Any) -> Any:
    """The number that a metric of this name gives, be it in an array; StopRun where there are several."""
    shape = getattr(value, "shape", ())
    check_shape(name, shape)
    return np.asarray(value).reshape(()).item() if shape else value


def check_shape(name: str, shape: tuple[int, ...]) -> None:
    """Raise StopRun where what a metric gives is not one number, as its shape tells."""
    if (values := math.prod(shape)) != 1:
        raise StopRun(
            f"the metric '{name}' gives {values} values per epoch, but histories and callbacks need one; compile the "
            f"model with an average of them, such as F1Score(average='macro')"
        )
