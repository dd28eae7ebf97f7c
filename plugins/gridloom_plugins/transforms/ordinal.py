"""The transform `ordinal`: categories as numbers."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Lt

from gridloom import Transform


def make(unknown: Annotated[int, Lt(0)] = -1, missing: Annotated[int, Lt(0)] = -2) -> Any:
    """Number the categories of the training rows from 0, in the order of their names.

    `unknown` stands for other categories, `missing` for missing cells; if no training row has a missing cell, it is
    `unknown` as well.
    """
    from sklearn.preprocessing import OrdinalEncoder

    return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=unknown, encoded_missing_value=missing)


TRANSFORM = Transform("ordinal", "Categories as numbers.", make, takes=("category",), gives="numeric", fills_gaps=True)
