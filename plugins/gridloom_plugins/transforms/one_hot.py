"""The transform `one_hot`: a column of 0 and 1 for every category."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Ge

from gridloom import Transform


def make(max_categories: Annotated[int, Ge(2)] | None = None, drop: Literal["first", "if_binary"] | None = None) -> Any:
    """Make a column for every category of the training rows; other categories have 0 in all of them.

    `max_categories` gathers the rarest categories in one column. `drop` omits a column that follows from the others.
    """
    from sklearn.preprocessing import OneHotEncoder

    unknown = "ignore" if max_categories is None else "infrequent_if_exist"
    return OneHotEncoder(handle_unknown=unknown, max_categories=max_categories, drop=drop, sparse_output=False)


TRANSFORM = Transform(
    "one_hot",
    "One column of 0 and 1 for every category.",
    make,
    takes=("category",),
    gives="indicator",
    fills_gaps=True,
)
