"""The model builder `logistic_regression`: scikit-learn's, on standardized features."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge, Gt

from gridloom import ModelBuilder, StopRun, Task


def build(task: Task, C: Annotated[float, Gt(0)] = 1.0, max_iter: Annotated[int, Ge(1)] = 1000) -> Any:
    """Standardize the features, then fit `sklearn.linear_model.LogisticRegression`; for classes and labels only.

    With several labels, each has its own regression, by `MultiOutputClassifier`. `C` is the inverse strength of the L2
    regularization, `max_iter` the largest number of solver iterations.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if task.is_numeric:
        raise StopRun(f"logistic_regression predicts classes, but {task.in_words}")
    regression = LogisticRegression(C=C, max_iter=max_iter)
    if task.kind == "multilabel":
        from sklearn.multioutput import MultiOutputClassifier

        regression = MultiOutputClassifier(regression)
    return make_pipeline(StandardScaler(), regression)


BUILDER = ModelBuilder(
    name="logistic_regression",
    summary="Logistic regression by scikit-learn, on standardized features.",
    build=build,
    makes="estimator",
)
