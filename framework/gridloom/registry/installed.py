"""Which installed distributions have plugins; looking through all of them takes longer than loading the plugins."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Iterable
from functools import lru_cache
from importlib.metadata import Distribution, distributions, entry_points
from pathlib import Path

from gridloom.registry import hookspecs


def with_entry_points() -> tuple[tuple[str, Distribution], ...]:
    """Names and distributions that have entry points of ours, by name; all where those of one cannot be read.

    The first distribution of a name on the path counts. They are looked for again once something has been installed.
    """
    return _found(tuple(map(id, sys.meta_path)), tuple(map(_state, sys.path)))


def _state(entry: str) -> Hashable:
    """What is another after an installation into this folder of the path."""
    folder = Path(entry).absolute()
    try:
        return folder, folder.stat().st_mtime_ns
    except (OSError, ValueError):
        return folder, None


@lru_cache(maxsize=1)
def _found(*_: Hashable) -> tuple[tuple[str, Distribution], ...]:
    """The distributions at present; metadata are read of few, since that is slow."""
    try:
        ours: Iterable[Distribution] = {point.dist for point in entry_points(group=hookspecs.PROJECT) if point.dist}
    except Exception:
        ours = distributions()
    found: dict[str, tuple[str, Distribution]] = {}
    for distribution in ours:
        if name := _name_in(distribution):
            found.setdefault(name.lower(), (name, distribution))
    return tuple(item for _, item in sorted(found.items(), key=lambda pair: pair[0]))


def _name_in(distribution: Distribution) -> str | None:
    """The name of a distribution; None where its metadata are missing."""
    try:
        return distribution.metadata["Name"]
    except FileNotFoundError:  # so raises the package importlib_metadata, which takes over once it is imported
        return None
