"""The model builder `random_forest`: scikit-learn's, for classes, labels and numbers."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge

from gridloom import ModelBuilder, Task


def build(
    task: Task,
    trees: Annotated[int, Ge(1)] = 100,
    max_depth: Annotated[int, Ge(1)] | None = None,
    min_samples_leaf: Annotated[int, Ge(1)] = 1,
) -> Any:
    """`sklearn.ensemble.RandomForestClassifier`, or `RandomForestRegressor` where the target is a number, or several.

    `trees` is their number; `max_depth` bounds their depth (null: no bound) and `min_samples_leaf` the rows in a leaf.
    """
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    forest = RandomForestRegressor if task.is_numeric else RandomForestClassifier
    return forest(n_estimators=trees, max_depth=max_depth, min_samples_leaf=min_samples_leaf)


BUILDER = ModelBuilder(name="random_forest", summary="Random forest by scikit-learn.", build=build, makes="estimator")
