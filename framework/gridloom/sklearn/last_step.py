"""The last step of a pipeline, which has the network, and those before it."""

from __future__ import annotations

from typing import Any

from sklearn.pipeline import Pipeline


def last_of(estimator: Any) -> Any:
    """The last step of a pipeline; any other estimator itself."""
    return estimator.steps[-1][1] if isinstance(estimator, Pipeline) else estimator


def prefix_of(estimator: Any) -> str:
    """What names of the last step's parameters begin with."""
    return f"{estimator.steps[-1][0]}__" if isinstance(estimator, Pipeline) else ""


def steps_before(estimator: Any) -> Pipeline | None:
    """The steps before the last one; None where there are none."""
    return estimator[:-1] if isinstance(estimator, Pipeline) and len(estimator.steps) > 1 else None
