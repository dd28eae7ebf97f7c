"""The transform `one_hot`: a column of 0 and 1 for every category."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Ge

from gridloom import Transform


def make(max_categories: Annotated[int, Ge(2)] | None = None, drop: Literal["first", "if_binary"] | None = None) -> Any:
    """Make a column for every category of the training rows; all are 0 for a category that is not among them.

    `max_categories` gathers the rarest ones in a column of their own. `drop` leaves out a column that the others tell.
    """
    from sklearn.preprocessing import OneHotEncoder

    unknown = "ignore" if max_categories is None else "infrequent_if_exist"
    return OneHotEncoder(handle_unknown=unknown, max_categories=max_categories, drop=drop, sparse_output=False)


TRANSFORM = Transform(
    "one_hot",
    "A column of 0 and 1 for every category.",
    make,
    takes=("category",),
    gives="indicator",
    fills_gaps=True,
)
