"""Packages that only some reporters need, and that an installation may lack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from gridloom import GridloomError


@contextmanager
def needed(package: str, reporter: str) -> Iterator[None]:
    """Turn what an import of this package raises where there is none into a GridloomError that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        what = "it" if package == reporter else package
        raise GridloomError(f"the reporter '{reporter}' needs {what}: pip install 'gridloom[{reporter}]'") from None
