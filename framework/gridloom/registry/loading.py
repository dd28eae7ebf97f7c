"""Imports plugins that are not installed: files, modules by name, and objects as they are."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from gridloom.errors import PluginError, named
from gridloom.registry.in_memory import InMemory

_OURS = (f"{Path(__file__).parent}{os.sep}", f"{Path(importlib.__file__).parent}{os.sep}", "<")
"""Where a traceback passes through Gridloom and what imports modules."""


def load_plugin(source: object) -> Any:
    """The module of a file ending in .py or of a module's name, or what one in memory holds; any other object is a plugin itself.

    Raises PluginError when it cannot be imported.
    """
    if isinstance(source, InMemory):
        return source.plugin
    if not isinstance(source, str):
        return source
    try:
        return _module_of_file(Path(source)) if source.endswith(".py") else _module_by_name(source)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit, too
        raise PluginError(f"plugin '{source}' cannot be imported: {one_line(error)}") from None


def place_of(source: object) -> object:
    """What tells sources apart: a file by its full path, a module by its name, an object by itself."""
    if isinstance(source, ModuleType):
        return source.__name__
    if isinstance(source, str):
        return known_anywhere(source)
    return source if isinstance(source, InMemory) else id(source)


def known_anywhere(plugin: str) -> str:
    """The file of a plugin by its full path, so that it is found from other folders too; a module by its name."""
    return str(Path(plugin).resolve()) if plugin.endswith(".py") else plugin


def name_of(source: object) -> str:
    """What a plugin that is not installed is called."""
    if isinstance(source, str):
        return Path(source).stem if source.endswith(".py") else source
    if isinstance(source, InMemory):
        return source.name
    return str(getattr(source, "__name__", type(source).__name__))


def one_line(error: BaseException) -> str:
    """An error as a line of text, with the file and the line that raised it."""
    if isinstance(error, PluginError):
        return str(error)
    return f"{' '.join(named(error).split())}{_raised_at(error)}"


def _raised_at(error: BaseException) -> str:
    """The innermost place in a traceback that is neither in Gridloom nor in what imports modules."""
    others = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_ours(Path(frame.filename))]
    return f" ({others[-1].filename}:{others[-1].lineno})" if others else ""


def _is_ours(file: Path) -> bool:
    # the package importlib_metadata may stand in for Python's own
    return str(file).startswith(_OURS) or file.parent.name == "importlib_metadata"


def _module_of_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise PluginError(f"there is no file {path}")
    content = hashlib.sha256(str(path.resolve()).encode() + b"\n" + path.read_bytes())
    name = f"gridloom_plugin_{path.stem}_{content.hexdigest()[:12]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PluginError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _module_by_name(name: str) -> ModuleType:
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))
    return importlib.import_module(name)
