"""The transform `impute`: what is missing is filled in."""

from __future__ import annotations

from typing import Any, Literal

from gridloom import Transform


def make(numbers: Literal["median", "mean", "most_frequent"] = "median") -> Any:
    """Fill in missing cells: by the median of the training rows for numbers, by their most frequent value for the rest.

    A column without any cell in the training rows is filled with 0.
    """
    from sklearn.compose import ColumnTransformer, make_column_selector
    from sklearn.impute import SimpleImputer

    return ColumnTransformer(
        [
            (
                "numbers",
                SimpleImputer(strategy=numbers, keep_empty_features=True),
                make_column_selector(dtype_include="number"),
            ),
            (
                "texts",
                SimpleImputer(strategy="most_frequent", keep_empty_features=True),
                make_column_selector(dtype_exclude="number"),
            ),
        ],
        verbose_feature_names_out=False,
    )


TRANSFORM = Transform(
    "impute",
    "Fills in missing cells with the median or the most frequent category.",
    make,
    takes=("numeric", "category", "boolean", "date"),
    fills_gaps=True,
)
