"""The transform `select_k_best`: the columns that tell the most of the target, each on its own."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Ge

from gridloom import StopRun, Task, Transform


def make(task: Task, k: Annotated[int, Ge(1)] = 10, by: Literal["variance", "mutual_information"] = "variance") -> Any:
    """Keep the `k` columns that score best on the training rows; a fit fails where there are fewer.

    "variance" scores a column by the F-test of scikit-learn's `f_classif` (`f_regression` for numbers as targets),
    "mutual_information" by its estimate of mutual information.
    """
    if task.n_outputs > 1:
        raise StopRun(f"select_k_best scores columns by a single target, but {task.in_words}; remove this step")
    from functools import partial

    from sklearn import feature_selection as tests

    if by == "variance":
        score = tests.f_classif if task.n_classes else tests.f_regression
    else:
        score = partial(tests.mutual_info_classif if task.n_classes else tests.mutual_info_regression, random_state=0)
    return tests.SelectKBest(score, k=k)


TRANSFORM = Transform(
    "select_k_best",
    "Keeps the columns that are most informative about the target.",
    make,
    takes=("numeric", "boolean", "date", "indicator"),
)
