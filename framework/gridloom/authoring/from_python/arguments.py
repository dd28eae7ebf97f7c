"""Arguments that the functions of `gridloom` do not have: one error says what they are called, or where they belong."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from gridloom.core.spelling import Speech, speaking
from gridloom.errors import InvalidInput, Location, Problem

P = ParamSpec("P")
T = TypeVar("T")


_FAILED = "a fit that fails fails its trial alone; result.failed has these trials"


def explaining_arguments(speech: Speech) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A decorator: the function raises InvalidInput for unknown arguments, in place of a TypeError for the first of them.

    Its messages spell everything as `speech` says.
    """

    def decorated(function: Callable[P, T]) -> Callable[P, T]:
        known = [*inspect.signature(function).parameters]

        @wraps(function)
        def call(*given: P.args, **named: P.kwargs) -> T:
            with speaking(speech):
                if unknown := {name: value for name, value in named.items() if name not in known}:
                    raise _refusal(unknown, known)
                return function(*given, **named)

        return call

    return decorated


def _refusal(unknown: dict[str, object], known: list[str]) -> InvalidInput:
    """The error about unknown arguments, each with what to write."""
    from gridloom.experiment.elsewhere import elsewhere
    from gridloom.experiment.keys import of_top_level
    from gridloom.registry.options import advice_on
    from gridloom.registry.registry import load_registry

    top_level = {} if "space" in known else of_top_level()
    belonging = {name: told for name, told in (elsewhere(load_registry()) | top_level).items() if name not in known}
    quiet = "reporters=[]" if "reporters" in known else "settings=['reporters=[]']"
    belonging |= {"verbose": f"write {quiet} for a search that prints nothing", "error_score": _FAILED}
    return InvalidInput(
        [Problem(Location(name), f"unknown argument '{name}'; {advice_on(name, known, belonging)}") for name in unknown]
    )
