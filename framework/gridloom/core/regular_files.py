"""Files that are read whole: regular ones, up to a size, so that no device or pipe hangs a run or fills the memory."""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path

from gridloom.errors import InvalidInput, Location


def check_regular(path: Path, most: int) -> None:
    """Raise InvalidInput for a pipe, a device and the like, and for a file of more than `most` bytes.

    What is not there, is a folder, or may not be looked at, whoever opens it finds out.
    """
    place = Location(str(path))
    if (kind := kind_of(path)) and kind != FOLDER:
        raise InvalidInput.at(place, f"this is {kind}, not a file")
    with suppress(OSError, ValueError):
        if (found := path.stat().st_size) > most and not kind:
            size, limit = (f"{number / 2**20:,.0f} MiB" for number in (found, most))
            raise InvalidInput.at(place, f"this file has {size}; at most {limit} are read")


def kind_of(path: Path) -> str:
    """What stands in the place of a file: a folder, a pipe, a device or a socket; empty for a file, and for nothing.

    Links are followed. Where nothing can be seen of it, whoever opens it gets the error.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return ""
    return next((words for test, words in _KINDS if test(mode)), "")


FOLDER = "a folder"
_KINDS = (
    (stat.S_ISDIR, FOLDER),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
