"""What a call of `fit` and a search's own parameters give, as far as the engine `fused` can follow them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.utils.metadata_routing import process_routing
from sklearn.utils.multiclass import type_of_target

from gridloom.sklearn.last_step import last_of, prefix_of
from gridloom.sklearn.reasons import NotFused


def given_to_fit(search: Any, params: Mapping[str, Any]) -> dict[str, Any]:
    """What the `fit` of the network's estimator would be given besides rows, by name; NotFused where nobody can know."""
    from sklearn import get_config

    prefix = prefix_of(search.estimator)
    if get_config()["enable_metadata_routing"]:
        given = _routed(search, params) if params else {}
    else:
        given = {name.removeprefix(prefix): value for name, value in params.items() if name != "groups"}
        if prefix and (plain := sorted(set(given) & set(params))):
            raise NotFused(f"fit() was given {', '.join(plain)}, which is not for the last step of the pipeline")
    return given


def _routed(search: Any, params: Mapping[str, Any]) -> dict[str, Any]:
    """What metadata routing passes on to the network's estimator."""
    try:
        given: dict[str, Any] = dict(process_routing(search, "fit", **params).estimator.fit)
        if last_of(search.estimator) is search.estimator or not given:
            return given
        steps = process_routing(search.estimator, "fit", **given)
    except (TypeError, ValueError) as error:  # scikit-learn raises it again
        raise NotFused(str(error)) from error
    last = search.estimator.steps[-1][0]
    if other := [name for name, routed in steps.items() if name != last and any(routed.values())]:
        raise NotFused(f"metadata routing passes something on to the step '{other[0]}'")
    return dict(steps[last].fit)


def numbers(X: Any) -> Any:
    """Features as an array of numbers, of shape (rows, ...); NotFused where they are something else."""
    if hasattr(X, "tocsr"):
        raise NotFused("the features are sparse")
    found = np.asarray(X)
    if found.dtype.kind not in "fiub" or found.ndim < 2:  # noqa: PLR2004
        raise NotFused(f"the features are no table of numbers, but of {found.dtype} with shape {found.shape}")
    return found


def targets_of(y: Any, *, classifies: bool) -> tuple[Any, Any]:
    """Targets, as class numbers where there are classes; and the classes, in ascending order, else None."""
    targets = np.asarray(y)
    kind = type_of_target(targets)
    if targets.ndim != 1 or (classifies and kind not in ("binary", "multiclass")):
        raise NotFused(f"the targets are {kind}, with shape {targets.shape}")
    if not classifies:
        return targets, None
    classes, codes = np.unique(targets, return_inverse=True)
    return codes, classes


def metrics_of(scoring: Any, refit: Any, *, classifies: bool) -> tuple[list[str] | None, str | None]:
    """The scorers by scikit-learn's names, if all have one, and which of several ranks.

    NotFused for a function of the estimator, which may ask for the network itself.
    """
    if scoring is None:
        return ["accuracy" if classifies else "r2"], None
    if isinstance(scoring, str):
        return [scoring], None
    scorer = type(make_scorer(accuracy_score))
    listed = scoring if isinstance(scoring, list | tuple | set) else []
    items = scoring.values() if isinstance(scoring, Mapping) else listed or [scoring]
    if not all(isinstance(item, str | scorer) for item in items):
        raise NotFused("scoring is a function of the estimator, which may ask for its network")
    if not listed or not all(isinstance(item, str) for item in listed):
        return None, None
    return list(listed), refit if isinstance(refit, str) and refit in listed else None
