"""Polars frames in the place of pandas tables: the same scores, the same predictions, and what they cannot hold is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

import gridloom
from gridloom.core.polars_frames import as_pandas


def build(C=1.0):
    return LogisticRegression(C=C)


@pytest.fixture
def columns(data):
    """Columns of every kind, with gaps, as Python lists."""
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=row) for row in range(60)]
    return {
        "number": data[0][:, 0].tolist(),
        "whole": [None if row % 7 == 0 else row for row in range(60)],
        "price": [None if row == 3 else Decimal(row) / 4 for row in range(60)],
        "flag": [None if row == 5 else bool(row % 3) for row in range(60)],
        "sure": [bool(row % 2) for row in range(60)],
        "town": [("Köln", "Bonn", None)[row % 3] for row in range(60)],
        "size": [("S", "M", "L")[row % 3] for row in range(60)],
        "day": [None if row == 9 else day for row, day in enumerate(days)],
        "moment": [dt.datetime.combine(day, dt.time(row % 24), dt.UTC) for row, day in enumerate(days)],
    }


@pytest.fixture
def frames(columns):
    """The same table by polars and by pandas, and the classes."""
    polars = pl.DataFrame(columns).with_columns(
        pl.col("town").cast(pl.Categorical), pl.col("size").cast(pl.Enum("SML"))
    )
    pandas = pd.DataFrame(columns).astype({"town": "category", "size": "category", "flag": "boolean"})
    return polars, pandas.assign(whole=pandas["whole"].astype("Int64"))


PREPARED = {"preprocess": ["impute", "one_hot", "standardize"], "refit": True}


def test_a_frame_scores_and_predicts_as_that_of_pandas(search, data, frames):
    polars, pandas = frames
    classes = np.where(data[1], "ill", "well")
    first = search(build, pandas, pd.Series(classes, name="state"), name="pandas", **PREPARED)
    second = search(build, polars, pl.Series("state", classes), name="polars", **PREPARED)
    assert second.cv_results_["mean_test_score"].tolist() == first.cv_results_["mean_test_score"].tolist()
    assert second.manifest["data"] == first.manifest["data"]
    model = second.load()
    assert model.card["target"] == "state"
    np.testing.assert_array_equal(model.predict_proba(polars), model.predict_proba(pandas))
    np.testing.assert_array_equal(model.predict(polars[:5]), first.load().predict(pandas[:5]))
    pd.testing.assert_frame_equal(model.transform(polars), model.transform(pandas))


def test_the_run_of_one_is_resumed_with_the_other(search, data, frames):
    polars, pandas = frames
    first = search(build, polars, pl.Series(data[1]), **PREPARED)
    again = search(build, pandas, data[1].tolist(), **PREPARED)
    assert again.to_frame()["mean_fit_time"].tolist() == first.to_frame()["mean_fit_time"].tolist()  # from the journal
    assert type(again.to_frame()) is pd.DataFrame


@pytest.mark.parametrize("width", [pl.Float32, pl.Int8, pl.UInt64, pl.Int128, pl.Decimal(10, 2), pl.Boolean])
def test_numbers_of_any_width_are_numbers(width):
    series = pl.Series("a", [1, 0, None]).cast(width)
    np.testing.assert_array_equal(as_pandas(series).to_numpy(np.float64, na_value=np.nan), [1, 0, np.nan])


def test_a_column_of_an_enumeration_a_time_zone_or_nothing_is_what_it_says():
    state = Enum("state", {"on": "on", "off": "off"})
    frame = as_pandas(
        pl.DataFrame(
            {
                "state": pl.Series(["on", None], dtype=pl.Enum(state)),
                "moment": pl.Series([dt.datetime(2019, 12, 31, 23, tzinfo=dt.UTC), None]).dt.convert_time_zone(
                    "Europe/Berlin"
                ),
                "nothing": [None, None],
            }
        )
    )
    assert frame["state"].cat.categories.tolist() == ["on"]
    assert frame["moment"][0] == pd.Timestamp("2019-12-31T23:00Z")
    assert frame["nothing"].isna().all()
    assert len(as_pandas(pl.DataFrame({"a": []}))) == 0


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([[1, 2]] * 60, r"List\(Int64\), which a table cannot have; drop it, or make columns of its values"),
        (
            [{"a": 1}] * 60,
            r"Struct\(.*\), which a table cannot have; drop it, or make columns of its fields with .unnest",
        ),
        (
            [dt.timedelta(1)] * 60,
            r"Duration\(.*\), which a table cannot have; drop it, or make numbers of it, such as wi",
        ),
        ([dt.time(1)] * 60, r"Time, which a table cannot have; drop it, or make numbers of it"),
        ([b"a"] * 60, r"Binary, which a table cannot have; drop it, or make strings or numbers of it"),
    ],
)
def test_a_column_that_no_table_has_is_refused_with_what_to_do(cells, kind, search, data):
    X, y = pl.DataFrame({"a": data[0][:, 0], "odd": cells}), data[1]
    with pytest.raises(gridloom.InvalidInput, match=f"^X: column 'odd' has the polars type {kind}"):
        search(build, X, y)
    model = search(build, X.select("a"), y, refit=True).load()
    with pytest.raises(gridloom.DataError, match=f"^column 'odd' has the polars type {kind}"):
        model.predict(X)


def test_a_lazy_frame_is_refused(search, data):
    X = pl.DataFrame(data[0])
    told = r"a polars LazyFrame has no rows yet; call \.collect\(\) and pass the DataFrame$"
    with pytest.raises(gridloom.InvalidInput, match=f"^X: {told}"):
        search(build, X.lazy())
    with pytest.raises(gridloom.InvalidInput, match=rf"^X\['a'\]: {told}"):
        search(build, {"a": X.lazy(), "b": X})
    with pytest.raises(gridloom.DataError, match=f"^{told}"):
        search(build, X, refit=True).load().predict(X.lazy())


def test_what_stands_beside_the_features_may_be_series_and_targets_a_frame(search, data):
    X, y = pl.DataFrame(data[0], schema=["a", "b", "c"]), data[1]
    beside = {"groups": [f"patient {row // 4}" for row in range(60)], "sample_weight": np.arange(60) + 1.0}
    validation = {"method": "group_kfold", "folds": 3}
    first = search(build, X, y, name="lists", validation=validation, **beside)
    second = search(
        build,
        X,
        y,
        name="series",
        validation=validation,
        **{name: pl.Series(values) for name, values in beside.items()},
    )
    assert second.cv_results_["mean_test_score"].tolist() == first.cv_results_["mean_test_score"].tolist()
    ridge = {"space": {"model": {"hidden": [[4]]}}, "validation": {"folds": 2}, "training": {"epochs": 1}}
    several = search(
        "mlp", X.select("a"), X.select("b", "c"), name="several", preprocess=["standardize"], refit=True, **ridge
    )
    assert several.load().target_names == ("b", "c")


def test_a_column_that_is_missing_or_has_gaps_is_named(search, data):
    X, y = pl.DataFrame(data[0], schema=["a", "b", "c"]), data[1]
    model = search(build, X, y, refit=True).load()
    with pytest.raises(gridloom.DataError, match=r"^the table lacks the column 'c'"):
        model.predict(X.drop("c"))
    with pytest.raises(gridloom.DataError, match=r"the column 'c' has missing cells, but had none in training"):
        model.predict(X.with_columns(pl.lit(None, pl.Float64).alias("c")))
    with pytest.raises(
        gridloom.DataError, match=r"the column 'c' is numeric, but 'x' \(row 0, counted from 0\) is not"
    ):
        model.predict(X.with_columns(pl.lit("x").alias("c")))
    with pytest.raises(gridloom.InvalidInput, match="row 3: "):
        search(build, X, pl.Series([*y[:2].tolist(), None, *y[3:].tolist()]), name="gap")


def test_a_frame_that_a_function_refers_to_is_part_of_the_run(search):
    def made(table):
        def build(C=1.0):
            return LogisticRegression(C=C * table["a"][0])

        return build

    search(made(pl.DataFrame({"a": [1.0]})))
    assert search(made(pl.DataFrame({"a": [1.0]}))).is_complete
    with pytest.raises(gridloom.GridloomError, match=r"code\.table: was "):
        search(made(pl.DataFrame({"a": [2.0]})))


def test_pyarrow_is_not_needed_and_polars_is_not_imported_without_need(printed):
    found = printed(
        "import sys\n"
        "sys.modules['pyarrow'] = None\n"
        "import gridloom, numpy as np\n"
        "from gridloom.core.polars_frames import as_pandas\n"
        "assert as_pandas(3) == 3\n"
        "print('polars' in sys.modules)\n"
        "import polars as pl\n"
        "print(as_pandas(pl.DataFrame({'a': ['x', None], 'b': [1, 2]})).to_dict('list'))\n"
    )
    assert found == ("False\n{'a': ['x', nan], 'b': [1, 2]}\n", "")
