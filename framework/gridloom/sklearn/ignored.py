"""Parameters that SciKeras ignores in silence: a network that its function compiles is not compiled again."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from sklearn.base import clone
from sklearn.model_selection import ParameterGrid, ParameterSampler

from gridloom.sklearn import from_scikeras
from gridloom.sklearn.last_step import last_of, prefix_of, steps_before

OF_COMPILING = ("optimizer", "loss", "metrics", "compile")
"""What SciKeras passes to `compile`, and what names of their own parameters begin with."""

FEW = 100
"""So many rows say as which kinds of values a function gets its metadata."""


def warn_of_ignored(search: Any, X: Any, y: Any) -> None:
    """Warn of parameters that are searched and change nothing, since the function for the network compiles it."""
    if not from_scikeras.matches(last_of(search.estimator)):
        return
    prefix = prefix_of(search.estimator)
    searched = [name for name in sorted(_names(search)) if _is_of_compiling(name.removeprefix(prefix), name, prefix)]
    if not searched or not _compiles(search, X, y):
        return
    name = searched[0]
    setting = name.removeprefix(prefix).rpartition("__")[2]
    warnings.warn(
        f"'{name}' is searched, but SciKeras ignores it, since the function for 'model' compiles the network: give the function a "
        f"parameter and search '{prefix}model__{setting}', or leave compiling to SciKeras",
        stacklevel=3,
    )


def _is_of_compiling(own: str, name: str, prefix: str) -> bool:
    return name.startswith(prefix) and own.partition("__")[0] in OF_COMPILING


def _names(search: Any) -> set[str]:
    return {name for space in _spaces(search) for name in space}


def _spaces(search: Any) -> Iterator[Mapping[str, Any]]:
    given = getattr(search, "param_grid", None)
    given = getattr(search, "param_distributions", None) if given is None else given
    yield from [given] if isinstance(given, Mapping) else given or ()


def _compiles(search: Any, X: Any, y: Any) -> bool:
    """Whether the network of some candidate comes compiled from its function; what goes wrong, its training will tell."""
    try:
        if hasattr(search, "param_grid"):
            params = next(iter(ParameterGrid(search.param_grid)))
        else:
            params = next(iter(ParameterSampler(search.param_distributions, 1, random_state=0)))
        made = clone(search.estimator).set_params(**clone(params, safe=False))
        steps, rows = steps_before(made), X[:FEW] if not hasattr(X, "iloc") else X.iloc[:FEW]
        targets = y[:FEW] if not hasattr(y, "iloc") else y.iloc[:FEW]
        if steps is not None:
            rows = steps.fit_transform(rows, targets)
        return bool(from_scikeras.built(last_of(made), rows, targets).compiled)
    except Exception:
        return False
