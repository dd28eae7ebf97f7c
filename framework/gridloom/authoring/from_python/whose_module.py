"""Whether a module comes with Python or a package that is installed, or is the user's own, whose code may change any time."""

from __future__ import annotations

import sysconfig
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from gridloom.registry.plugin_info import code_hash

_OF_PACKAGES = frozenset({"site-packages", "dist-packages"})
"""Folders of installed packages, also of users and of environments that this one extends."""

OURS = ("gridloom", "gridloom_plugins")


def name_of_module(value: Any) -> str:
    """The module of an object, or the name of one that is a module; empty where there is none."""
    found = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
    return found if isinstance(found, str) else ""


def is_installed(value: Any) -> bool:
    """Whether a module, or the one that an object is defined in, is part of Python or of an installed package.

    Then its version says what its code is. What was typed into a notebook or the interpreter is not.
    """
    import sys

    name = name_of_module(value)
    if name.partition(".")[0] in OURS:
        return True
    module = value if isinstance(value, ModuleType) else sys.modules.get(name)
    if module is None or name == "__main__":
        return False
    file = getattr(module, "__file__", None)
    if file is None or _OF_PACKAGES.intersection(Path(file).parts):
        return True
    return any(Path(file).is_relative_to(folder) for folder in _folders())


@lru_cache(maxsize=1)
def _folders() -> tuple[str, ...]:
    """Where Python and packages are installed."""
    paths = sysconfig.get_paths()
    return tuple({str(Path(paths[name])) for name in ("stdlib", "platstdlib", "purelib", "platlib")})


def state_of_module(module: ModuleType) -> str:
    """A hash of the code of a module, or of all modules of a package."""
    return code_hash(getattr(module, "__file__", None) or "")
