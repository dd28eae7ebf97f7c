"""Opens text files, gzipped ones too, within bounds and with errors in the user's words."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from gridloom.core.regular_files import check_regular
from gridloom.errors import InvalidInput, Location

MAX_BYTES = 2 * 2**30
"""The largest file that is read, 2 GiB, also once it is decompressed."""

GZIPPED = ".gz"


@contextmanager
def open_text(path: Path, encoding: str | None = None) -> Iterator[TextIO]:
    """Open a text file of up to 2 GiB with line ends unchanged, decompressed if its name ends in `.gz`.

    `encoding` is UTF-8 by default, with or without a byte order mark. Raises InvalidInput while the file is open: for a
    path that is not a regular file or cannot be read, text in another encoding, or a damaged gzip file.
    """
    check_regular(path, MAX_BYTES)
    codec = "utf-8-sig" if encoding in (None, "utf-8") else encoding
    try:
        if path.suffix == GZIPPED:
            with _Bounded(path) as compressed, TextIOWrapper(compressed, encoding=codec, newline="") as text:
                yield text
        else:
            with path.open(encoding=codec, newline="") as text:
                yield text
    except UnicodeError:
        raise InvalidInput.at(Location(str(path)), _not_text(encoding)) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InvalidInput.at(
            Location(str(path)), "this is not a complete gzip file, although its name ends in .gz"
        ) from None
    except OSError as error:
        raise InvalidInput.at(Location(str(path)), f"cannot be read: {error.strerror or error}") from None


class _Bounded(gzip.GzipFile):
    """A gzip file that is not decompressed beyond the largest size that is read."""

    def read1(self, size: int = -1) -> bytes:
        found = super().read1(size)
        if self.tell() > MAX_BYTES:
            raise OSError(f"it contains more than {MAX_BYTES / 2**20:,.0f} MiB, the largest size that is read")
        return found


def _not_text(encoding: str | None) -> str:
    if encoding is None:
        return "this is not UTF-8 text; save the file as UTF-8"
    return (
        f"this is not {encoding.upper()} text; name its encoding with 'encoding:' (cp1252, latin-1 or utf-16), or save "
        f"the file as UTF-8"
    )
