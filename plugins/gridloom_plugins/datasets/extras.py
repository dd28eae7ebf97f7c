"""Packages that only some data sets need, and that an installation may lack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from gridloom import GridloomError


@contextmanager
def needed(package: str, distribution: str, dataset: str) -> Iterator[None]:
    """Turn what an import of this package raises where there is none into a GridloomError that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        raise GridloomError(
            f"the data set '{dataset}' needs {distribution}: pip install 'gridloom[{dataset}]'"
        ) from None
