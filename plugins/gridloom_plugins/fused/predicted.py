"""What a network's outputs predict, as scorers take it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloom import Predictions
from gridloom_plugins.networks.finite import NotFinite


def predictions_of(outputs: NDArray[Any], classes: int) -> Predictions:
    """The predictions of outputs with an entry for each row, for so many classes (0: a number).

    Outputs are probabilities of the classes, or of the second of two. Raises NotFinite when one is not finite.
    """
    if not np.isfinite(outputs).all():
        raise NotFinite("the network predicts values that are not finite")
    outputs = outputs.reshape(len(outputs), -1)
    if not classes:
        return Predictions(values=outputs[:, 0])
    probabilities = outputs if outputs.shape[1] > 1 else np.hstack([1 - outputs, outputs])
    return Predictions(probabilities.argmax(axis=1), probabilities)
