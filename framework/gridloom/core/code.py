"""Python code that stands without Gridloom: scikit-learn objects as the expressions that make them."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType
from typing import Any

from gridloom.errors import GridloomError


@dataclass(frozen=True)
class Code:
    """Python code: lines of imports, the text below them, and the names of modules to copy along with it."""

    text: str
    imports: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Script:
    """How a model is trained and used without Gridloom, as code that defines functions.

    - `train`: `train(X, y, weights)` returns the trained model, for features of shape (rows, ...) as preprocessing makes
      them (a dict of arrays for several inputs), class numbers or numbers, and weights of the rows, or None;
      `save(model, folder)` writes it. If rows are held out to monitor training, it is `train(X, y, weights, held_out)`,
      with the same three for those rows.
    - `predict`: `load(folder)` returns the model in the file that was kept, and `predict(model, X)` the probabilities of
      shape (rows, classes), or numbers of shape (rows,).
    """

    train: Code
    predict: Code


def estimator_code(thing: Any) -> Code:
    """The expression that makes this scikit-learn object again, not fitted; parameters with default values are omitted.

    Types of other modules are imported from copies of these, which must not need Gridloom. Raises GridloomError for a
    parameter for which no code can be written.
    """
    imports: set[str] = set()
    modules: set[str] = set()
    text = _expression(thing, imports, modules)
    return Code(text, frozenset(imports), frozenset(modules))


def _expression(thing: Any, imports: set[str], modules: set[str]) -> str:
    import numpy as np

    def inner(item: Any) -> str:
        return _expression(item, imports, modules)

    if isinstance(thing, np.generic):
        thing = thing.item()
    if isinstance(thing, list | tuple):
        parts = ", ".join(map(inner, thing))
        return f"[{parts}]" if isinstance(thing, list) else f"({parts}{',' if len(thing) == 1 else ''})"
    if isinstance(thing, Mapping):
        return f"{{{', '.join(f'{inner(key)}: {inner(value)}' for key, value in thing.items())}}}"
    if thing is None or isinstance(thing, bool | int | float | str):
        is_number = isinstance(thing, float) and math.isfinite(thing)
        return f'float("{thing}")' if isinstance(thing, float) and not is_number else repr(thing)
    if isinstance(thing, type | FunctionType | BuiltinFunctionType):
        return _imported(thing, imports, modules)
    if not hasattr(thing, "get_params") and not _is_selector(thing):
        raise GridloomError(f"cannot write code for a parameter of type {type(thing).__name__}: {thing!r:.80}")
    given = ", ".join(f"{name}={inner(value)}" for name, value in _parameters(thing).items())
    return f"{_imported(type(thing), imports, modules)}({given})"


def _is_selector(thing: Any) -> bool:
    return type(thing).__name__ == "make_column_selector"


def _parameters(thing: Any) -> dict[str, Any]:
    """The parameters that are not the default."""
    if _is_selector(thing):
        given = {name: getattr(thing, name) for name in ("pattern", "dtype_include", "dtype_exclude")}
        return {name: value for name, value in given.items() if value is not None}
    defaults = inspect.signature(type(thing).__init__).parameters
    return {
        name: value
        for name, value in thing.get_params(deep=False).items()
        if name not in defaults or not _is_same(value, defaults[name].default)
    }


def _is_same(value: Any, default: Any) -> bool:
    both_floats = isinstance(value, float) and isinstance(default, float)
    if both_floats and math.isnan(value):
        return math.isnan(default)
    return value is default or bool(type(value) is type(default) and value == default)


def _imported(thing: Any, imports: set[str], modules: set[str]) -> str:
    """The name of a type or function, whose import is noted: from the public module where there is one."""
    import importlib

    if thing.__module__ == "builtins":
        return str(thing.__name__)
    public = ".".join(part for part in thing.__module__.split(".") if not part.startswith("_"))
    if public.partition(".")[0] in ("sklearn", "numpy", "scipy"):
        while public and getattr(importlib.import_module(public), thing.__name__, None) is not thing:
            public = public.rpartition(".")[0]
        imports.add(f"from {public or thing.__module__} import {thing.__name__}")
    else:
        modules.add(thing.__module__)
        imports.add(f"from {copied_name(thing.__module__)} import {thing.__name__}")
    return str(thing.__name__)


def copied_name(module: str) -> str:
    """What the copy of a module is called."""
    return module.rpartition(".")[2]


def copied_source(module: str) -> str:
    """The source of a module that does without Gridloom; GridloomError for any other."""
    import sys

    found = sys.modules.get(module)
    source = inspect.getsource(found) if found else ""
    if not source or "import gridloom" in source or "from gridloom" in source:
        raise GridloomError(
            f"the module {module} imports Gridloom; define what the model needs in a module that does not"
        )
    return source
