"""States of trainings that a smaller budget has ended: kept in the folder of a run, for the same trainings with a larger one.

A file has NumPy arrays (npz, without pickle) and a checksum behind them, of these and of what the training is: what is torn,
damaged or of another training is as if it were not there.
"""

from __future__ import annotations

import hashlib
import io
import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridloom.core.files import make_folder, write_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridloom.core.trials import Fit

MOST = 2**30
"""About the most bytes of all states of a run; beyond that, and on a disk with less to spare, none are kept."""

BETWEEN = 2**24
"""How many bytes a worker writes before it measures again what all have written."""

BLOCK = 2**12
"""About how many bytes a file takes beside the numbers in it."""

EPOCHS = "epochs"
"""The name of the array with the number of epochs in a file."""

_CHECKSUM = 32
"""Bytes of SHA-256."""

_log = logging.getLogger("gridloom")

Arrays = Mapping[str, "NDArray[Any]"]


def state_name(fit: Fit) -> str:
    """The name of the file with the state of a fit's training, which is the same for all its budgets in epochs."""
    return f"{replace(fit, budget=replace(fit.budget, epochs=None)).key}.npz"


@dataclass
class States:
    """The states in a folder, as a worker uses them while it trains a batch.

    They are a saving and no more: whatever cannot be read or written is trained anew, and is no failure of a fit.
    """

    folder: Path
    run: str = ""
    """What run the states are of: those of others are not used."""
    most: int = MOST
    _longer: set[str] = field(default_factory=set)
    """Names of files that are not to be replaced, since they have more epochs than were asked for."""
    _room: int = 0
    """How many bytes may be written before the folder is measured again."""
    _is_full: bool = False

    def has(self, name: str) -> bool:
        """Whether there is a file of this name, whatever it holds: to say what a training is takes time where data are large."""
        return (self.folder / name).is_file()

    def load(self, name: str, training: bytes, epochs: int | None) -> dict[str, NDArray[Any]] | None:
        """The arrays in the file of this name, if they are of this training and of at most so many epochs; else None."""
        found = self._read(name, training)
        if found is None:
            return None
        number = int(found.pop(EPOCHS))
        if epochs is not None and number > epochs:
            self._longer.add(name)
            return None
        return found

    def keep(self, name: str, training: bytes, epochs: int, arrays: Arrays) -> None:
        """Write the arrays, in the place of those of fewer epochs; it is logged once when there is no room for more."""
        import numpy as np

        if name in self._longer or self._is_full:
            return
        try:
            make_folder(self.folder)
            if self._has_room(BLOCK + sum(array.nbytes for array in arrays.values())):
                content = io.BytesIO()
                np.savez(content, allow_pickle=False, **{**arrays, EPOCHS: np.asarray(epochs)})
                data = content.getbuffer()
                write_file(self.folder / name, b"".join([data, self._checksum(training, data)]))
        except OSError as error:
            self._stop(str(error))

    def _read(self, name: str, training: bytes) -> dict[str, NDArray[Any]] | None:
        """All that is in the file of this name, the number of epochs among it; None unless it is whole and of this training."""
        import numpy as np

        path = self.folder / name
        with suppress(OSError, ValueError, KeyError):
            if not path.is_file() or path.stat().st_size > self.most:
                return None
            content = memoryview(path.read_bytes())
            data, checksum = content[:-_CHECKSUM], content[-_CHECKSUM:]
            if self._checksum(training, data) == checksum:
                with np.load(io.BytesIO(data), allow_pickle=False) as found:
                    return {array: found[array] for array in found.files}
        return None

    def _checksum(self, training: bytes, data: memoryview) -> bytes:
        """What is at the end of a file with these data of a training."""
        found = hashlib.sha256(repr((self.run, training)).encode())
        found.update(data)
        return found.digest()

    def _has_room(self, size: int) -> bool:
        """Whether so many bytes more may be written."""
        if size > self._room:
            used = sum(_sizes(self.folder))
            left = self.most - used - size
            if left < 0:
                self._stop(f"they take {used / 2**20:,.0f} MiB, and no more than {self.most / 2**20:,.0f} MiB is kept")
                return False
            if shutil.disk_usage(self.folder).free - size < self.most:
                self._stop(f"the disk has less than {self.most / 2**20:,.0f} MiB to spare")
                return False
            self._room = size + min(left, BETWEEN)
        self._room -= size
        return True

    def _stop(self, reason: str) -> None:
        """Keep nothing more of this batch."""
        self._is_full = True
        _log.warning("training states are not kept in %s: %s; larger budgets train from the start", self.folder, reason)


def _sizes(folder: Path) -> Iterator[int]:
    """The bytes that each file takes; one that has just been replaced or deleted takes none."""
    for file in folder.iterdir():
        with suppress(FileNotFoundError):
            yield BLOCK + file.stat().st_size
