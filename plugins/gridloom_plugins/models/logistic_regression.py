"""The model builder `logistic_regression`: scikit-learn's, on standardized features."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge, Gt

from gridloom import ModelBuilder, StopRun, Task


def build(task: Task, C: Annotated[float, Gt(0)] = 1.0, max_iter: Annotated[int, Ge(1)] = 1000) -> Any:
    """Standardize the features, then fit `sklearn.linear_model.LogisticRegression`; for classes only.

    `C` is the inverse strength of the L2 regularization, `max_iter` the most iterations of its solver.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if task.kind == "regression":
        raise StopRun("logistic_regression learns classes, but the target of this data set is a number")
    return make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=max_iter))


BUILDER = ModelBuilder(
    name="logistic_regression",
    summary="Logistic regression by scikit-learn, on standardized features.",
    build=build,
    makes="estimator",
)
