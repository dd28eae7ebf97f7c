"""Values as text that is equal for equal values in every process, whatever Python's hashes and addresses are there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import PurePath
from types import ModuleType
from typing import Any

from gridloom.authoring.from_python.whose_module import is_installed

SCALARS = (bool, int, float, complex, str, bytes)
DEEPEST = 20


def digest(text: str | bytes) -> str:
    """Twelve hexadecimal digits of a text."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()[:12]


def as_text(value: Any, other: Callable[[Any], str], depth: int = 0) -> str:
    """The text of a value; `other` says that of functions, classes and modules in it.

    Of objects that are none of these, nor data, the type and the parameters count, as far as there is a way to ask for them.
    """

    def inner(item: Any) -> str:
        return as_text(item, other, depth + 1)

    if value is None or value is Ellipsis or type(value) in SCALARS:
        return repr(value)
    if depth > DEEPEST:
        return "..."
    if isinstance(value, list | tuple | set | frozenset | Mapping):
        return _of_container(value, inner)
    is_named = (callable(value) and hasattr(value, "__qualname__")) or isinstance(value, ModuleType)
    return other(value) if is_named else _of_object(value, inner, other)


def _of_container(value: Any, inner: Callable[[Any], str]) -> str:
    kind = "" if type(value) in (list, tuple, dict) else type(value).__name__
    if isinstance(value, Mapping):
        return f"{kind}{{{', '.join(f'{inner(key)}: {inner(item)}' for key, item in value.items())}}}"
    items = [*map(inner, value)]
    if isinstance(value, set | frozenset):
        return f"{kind}{{{', '.join(sorted(items))}}}"
    return f"{kind}[{', '.join(items)}]" if isinstance(value, list) else f"{kind}({', '.join(items)})"


def _of_object(value: Any, inner: Callable[[Any], str], other: Callable[[Any], str]) -> str:
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, Enum | PurePath):
        return f"{kind} {value}"
    if (data := _of_data(value, inner)) is not None:
        return f"{kind} {data}"
    parameters: Any = None
    if is_dataclass(value):
        parameters = {item.name: getattr(value, item.name, None) for item in fields(value)}
    for ask in ("get_config", "get_params"):
        with suppress(Exception):  # of any class: there is no such way
            parameters = parameters or dict(getattr(value, ask)())
    if parameters is None and not is_installed(type(value)):
        parameters = getattr(value, "__dict__", None)
    return f"{other(type(value))}{'' if parameters is None else f' {inner(parameters)}'}"


def _of_data(value: Any, inner: Callable[[Any], str]) -> str | None:
    """An array or a table: its type, shape and content; None for anything else."""
    top = type(value).__module__.partition(".")[0]
    if top == "numpy" and hasattr(value, "tobytes") and hasattr(value, "dtype"):
        if value.dtype.hasobject:
            return inner(value.tolist())
        return f"{value.dtype} {value.shape} {digest(value.tobytes())}"
    if top == "numpy" and hasattr(value, "str"):  # a type of numbers
        return str(value)
    return digest(text) if (text := _text_of_table(value, top)) is not None else None


def _text_of_table(value: Any, top: str) -> str | None:
    """The content of a frame or a series of pandas or polars, whose package is `top`; None for anything else."""
    if top == "pandas" and hasattr(value, "to_csv"):
        return str(value.to_csv())
    if top == "polars" and hasattr(value, "rows"):
        return f"{value.schema} {value.rows()}"
    if top == "polars" and hasattr(value, "to_list"):
        return f"{value.name} {value.dtype} {value.to_list()}"
    return None
