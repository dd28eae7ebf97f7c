"""Models that leave a run: what an engine writes, and what it gives back when it loads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gridloom.core.code import Code
from gridloom.core.predictions import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class KeptModel:
    """A model that an engine has written: its file, and a note for loading it again, as plain data for JSON.

    The note has what the file lacks, such as whether the network's outputs are probabilities or logits.
    """

    file: Path
    note: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Exporter:
    """How `gridloom export` writes a kept model in a format, named as in its option `--format`.

    `write(path, note, modules, folder)` gets the file that `Engine.refit` has written, its note and the modules of
    plugins that the user trusts. It writes files into the folder, and returns code that does not need Gridloom:
    `load(folder)` returns the model in these files, and `predict(model, X)` probabilities of shape (rows, classes), or
    numbers of shape (rows,). It runs in its own process, which has the variables of `environment` before it imports
    anything.
    """

    format: str
    write: Callable[[Path, Mapping[str, Any], Sequence[ModuleType], Path], Code]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LoadedModel:
    """A model that an engine has loaded: the model itself, and what it predicts for features of shape (rows, ...).

    Several inputs are side by side in the features, as in `Data.X`.
    """

    model: Any
    predict: Callable[[NDArray[Any]], Predictions]
