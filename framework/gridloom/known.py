"""Which packages are known to provide a name, by an index that comes with Gridloom."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from gridloom.records import KINDS, Record

INDEX = "known_plugins.toml"


@dataclass(frozen=True)
class Package:
    """A package of the index; `provides` holds names by the part of the hook's name behind `gridloom_`."""

    name: str
    summary: str
    install: str
    provides: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def known_packages() -> tuple[Package, ...]:
    """The packages of the index."""
    index = tomllib.loads(files("gridloom").joinpath(INDEX).read_text(encoding="utf-8"))
    return tuple(_package(**table) for table in index["package"])


def _package(*, name: str, summary: str, install: str, **provides: list[str]) -> Package:
    return Package(name, summary, install, {kind: tuple(names) for kind, names in provides.items()})


def hint(name: str, installed: Iterable[str], kinds: Iterable[type[Record]] = KINDS) -> str:
    """A line for every known package with a thing of this name and one of these kinds, each after a line break.

    `installed` are distributions that need not be named, since what they provide is known.
    """
    short = name.rpartition(":")[2]
    here = {_normal(distribution) for distribution in installed}
    return "".join(
        f"\n  the package {package.name} ({package.summary}) provides the {kind.kind} '{short}'; to install it: "
        f"{package.install}"
        for package in known_packages()
        if _normal(package.name) not in here
        for kind in kinds
        if short in package.provides.get(kind.hook.removeprefix("gridloom_"), ())
    )


def _normal(name: str) -> str:
    """The name of a distribution as all its spellings have it."""
    return re.sub(r"[-_.]+", "-", name).lower()
