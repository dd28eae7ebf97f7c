"""What exports share: packages that may be missing, rows to try a model with, and code that runs ONNX files."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from gridloom import GridloomError, StopRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

ONNX = "model.onnx"

TRIED_ROWS = 64
"""How many rows a model predicts again, loaded from its file."""

CLOSE = 1e-5
"""How far an exported model may be off, relatively and absolutely."""


def require(*packages: str) -> None:
    """Import packages; GridloomError with the way to install them where one is missing."""
    for package in packages:
        try:
            importlib.import_module(package)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != package:
                raise
            raise GridloomError(f"the format onnx needs {package}: pip install 'gridloom[onnx]'") from None


def tried_rows(shape: Sequence[int]) -> NDArray[np.float32]:
    """Rows of this shape to try a model with: numbers from 0 to 1, which layers that look rows up take for 0."""
    import numpy as np

    return np.random.default_rng(0).random((TRIED_ROWS, *shape), dtype=np.float32)


def check_same(before: Any, after: Any, file: str) -> None:
    """StopRun unless what a model predicted is what the exported one does."""
    import numpy as np

    before, after = np.asarray(before), np.asarray(after)
    if before.shape != after.shape or not np.allclose(before, after, rtol=CLOSE, atol=CLOSE, equal_nan=True):
        raise StopRun(f"the model in {file} predicts differently from the kept model, so it is not exported")
