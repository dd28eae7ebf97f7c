"""Imports of Keras and TensorFlow without what they would import beside, which may take as long as they do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder


class Without(MetaPathFinder):
    """Says that there are no such packages, unless they are imported already."""

    def __init__(self, packages: tuple[str, ...], reason: str) -> None:
        self.packages, self.reason = packages, reason

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:  # noqa: ARG002
        """Raise ModuleNotFoundError for these packages, and leave other modules to other finders."""
        if fullname in self.packages:
            raise ModuleNotFoundError(f"'{fullname}' {self.reason}", name=fullname)


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Import something that does without these packages where they are not installed; whoever wants them may have them later."""
    finder = Without(packages, "is not needed yet")
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
