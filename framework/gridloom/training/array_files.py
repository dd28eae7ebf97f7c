"""Large arrays on their way to worker processes: each is written to a file once, which all workers map into memory."""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridloom.training.belongings import SHARED_MEMORY, owner

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIN_BYTES = 1024 * 1024
"""Smaller arrays are sent by value."""

_lock = threading.RLock()
_files: dict[int, str] = {}
"""The files of arrays that are alive, by the arrays' `id`."""


def reducers() -> dict[type, Callable[[NDArray[Any]], Any]]:
    """How to pickle arrays for another process of this machine, by type.

    The file of an array is deleted with the array, so the process that pickles keeps the array until the other has
    read it, and leaves it unchanged while it is in use. What the other process gets is read-only.
    """
    import numpy as np

    return {np.ndarray: _reduced, np.memmap: _reduced}


def _reduced(array: NDArray[Any]) -> Any:
    import numpy as np

    if array.nbytes >= MIN_BYTES and not array.dtype.hasobject:
        with suppress(OSError):  # a full disk: send it by value
            return _mapped, (_file_of(array),)
    return np.asarray(array).__reduce_ex__(pickle.HIGHEST_PROTOCOL)


def _mapped(file: str) -> NDArray[Any]:
    import numpy as np

    array: NDArray[Any] = np.load(file, mmap_mode="r")
    return array


def _file_of(array: NDArray[Any]) -> str:
    with _lock:
        file = _files.get(id(array))
        if file is None:
            file = _files[id(array)] = _written(array)
            weakref.finalize(array, _delete, id(array), file)
        return file


def _written(array: NDArray[Any]) -> str:
    """A new file with the array, which is deleted even if this process is killed."""
    import numpy as np
    from joblib.externals.loky.backend import resource_tracker

    handle, file = tempfile.mkstemp(prefix=f"{owner()}-", suffix=".npy", dir=_folder(array.nbytes))
    resource_tracker.register(file, "file")
    try:
        with os.fdopen(handle, "wb") as stream:
            np.save(stream, np.asarray(array), allow_pickle=False)
    except BaseException:
        _delete(id(array), file)
        raise
    return file


def _folder(size: int) -> str | None:
    """Where there is room for so many bytes: in memory, or else where temporary files belong."""
    if chosen := os.environ.get("JOBLIB_TEMP_FOLDER"):
        return chosen
    with suppress(OSError):
        if shutil.disk_usage(SHARED_MEMORY).free > 2 * size:
            return SHARED_MEMORY
    return None


def _delete(key: int, file: str) -> None:
    from joblib.externals.loky.backend import resource_tracker

    _files.pop(key, None)
    with suppress(OSError):
        Path(file).unlink()
    resource_tracker.unregister(file, "file")
