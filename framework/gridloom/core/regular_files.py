"""Files that are read whole: regular ones, up to a size, so that no device or pipe hangs a run or fills the memory."""

from __future__ import annotations

import stat
from pathlib import Path

from gridloom.errors import InvalidInput, Location


def check_regular(path: Path, most: int) -> None:
    """Raise InvalidInput for a pipe, a device and the like, and for a file of more than `most` bytes.

    What is not there, is a folder, or may not be looked at, whoever opens it finds out.
    """
    try:
        found = path.stat()
    except (OSError, ValueError):
        return
    place = Location(str(path))
    if stat.S_ISDIR(found.st_mode):
        return
    if not stat.S_ISREG(found.st_mode):
        raise InvalidInput.at(place, "this is a device or a pipe, not a file")
    if found.st_size > most:
        size, limit = (f"{number / 2**20:,.0f} MiB" for number in (found.st_size, most))
        raise InvalidInput.at(place, f"this file has {size}; at most {limit} are read")
