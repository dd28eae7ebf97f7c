"""Models that leave a run: what an engine writes, and what it gives back when it loads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridloom.core.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class KeptModel:
    """A model that an engine has written: its file, and a note for whoever loads it again, as plain data for JSON.

    The note tells what the file does not, such as whether the network's outputs are probabilities or logits.
    """

    file: Path
    note: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LoadedModel:
    """A model that an engine has loaded: the model itself, and what it predicts for features of shape (rows, ...).

    Several inputs stand side by side in the features, as in `Data.X`.
    """

    model: Any
    predict: Callable[[NDArray[Any]], Predictions]
