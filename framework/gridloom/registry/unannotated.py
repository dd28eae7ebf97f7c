"""What parameters without an annotation accept: all but what their defaults make very unlikely to be meant."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator

EITHER = (0, 1)
"""Whole numbers that are as often written for 0.0 and 1.0, as in `dropout=0`."""


def annotation_of(parameter: inspect.Parameter, hints: Mapping[str, Any]) -> Any:
    """The annotation of a parameter, evaluated among `hints` unless that cannot be; what its default says if it has none.

    A number rules text out, and a whole number other than 0 and 1 rules floats out: they would fail in training, if at
    all. Lists, null and truth values are accepted everywhere, since `3` may stand for `(3, 3)`, and null for "none".
    """
    default = parameter.default
    is_bare = parameter.annotation is inspect.Parameter.empty
    if not is_bare or isinstance(default, bool) or not isinstance(default, int | float):
        return hints.get(parameter.name, Any)
    return Annotated[Any, AfterValidator(partial(_checked, parameter))]


def _checked(parameter: inspect.Parameter, value: Any) -> Any:
    """The value, unless the default of its parameter rules it out; ValueError then."""
    name, default = parameter.name, parameter.default
    is_whole = isinstance(default, int) and default not in EITHER
    if not isinstance(value, str) and not (is_whole and isinstance(value, float)):
        return value
    kind = "a whole number" if is_whole else "a number"
    wider = f"{type(default).__name__} | str" if isinstance(value, str) else "float"
    raise ValueError(
        f"should be {kind} like the default, {default} (else annotate the parameter, such as {name}: {wider})"
    )
