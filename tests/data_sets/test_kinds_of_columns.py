"""What columns of CSV files are taken for, and those that stand beside the features."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gridloom_plugins.datasets import csv

ROWS = 60


@pytest.fixture
def mixed():
    """A table of all kinds as pandas has it, with missing cells in the first column of each kind."""
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "age": np.where(rng.random(ROWS) < 0.2, np.nan, rng.integers(18, 90, ROWS)),
            "income": rng.normal(3e4, 1e4, ROWS),
            "plan": rng.choice(["basic", "plus, more", 'pro"x', None], ROWS),
            "city": rng.choice(["Ö", "数", "-"], ROWS),
            "active": rng.choice([True, False], ROWS),
            "paid": rng.choice(["yes", "no", None], ROWS),
            "since": pd.to_datetime(rng.integers(0, 20_000, ROWS), unit="D"),
            "seen": pd.to_datetime(rng.integers(0, 2_000_000_000, ROWS), unit="s"),
            "note": [f"note {row}" for row in range(ROWS)],
            "y": rng.choice(["stay", "leave"], ROWS),
        }
    )


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
def test_a_mixed_table_is_read_as_pandas_reads_it(load, mixed, monkeypatch, large):
    if large:
        monkeypatch.setattr(csv, "LARGE", 0)
    data = load(mixed.to_csv(index=False))
    assert {column.name: (column.kind, column.gaps) for column in data.columns} == {
        "age": ("numeric", True),
        "income": ("numeric", False),
        "plan": ("category", True),
        "city": ("category", False),
        "active": ("boolean", False),
        "paid": ("boolean", True),
        "since": ("date", False),
        "seen": ("date", False),
        "note": ("text", False),
    }
    frame = pd.read_csv(pd.io.common.StringIO(mixed.to_csv(index=False)), parse_dates=["since", "seen"])
    for place, column in enumerate(data.columns):
        texts = column.values  # noqa: PD011  (no pandas)
        found, cells = data.X[:, place], frame[column.name]
        if column.kind == "date":
            cells = (cells - pd.Timestamp(0)) / pd.Timedelta(days=1)
        elif column.is_coded:
            assert texts == tuple(sorted(cells.dropna().unique()))
            cells = cells.map({text: code for code, text in enumerate(texts)})
        elif column.name == "paid":
            cells = cells.map({"no": 0, "yes": 1})
        assert np.array_equal(found, cells.to_numpy(dtype=float), equal_nan=True), column.name
    assert [data.classes[code] for code in data.y] == [*frame["y"]]


def test_large_mixed_files_are_read_by_pandas_alone(load, mixed, monkeypatch):
    monkeypatch.setattr(csv, "LARGE", 0)
    tables = []
    whole = csv.Layout.table
    monkeypatch.setattr(csv.Layout, "table", lambda self, most=None: tables.append(most) or whole(self, most))
    load(mixed.to_csv(index=False))
    assert tables == [1]


@pytest.mark.parametrize("options", [{}, {"missing": [-99]}, {"types": {"income": "category", "age": "category"}}])
def test_large_files_are_parsed_twice_at_most(load, mixed, monkeypatch, options):
    monkeypatch.setattr(csv, "LARGE", 0)
    read, calls = pd.read_csv, []
    monkeypatch.setattr(pd, "read_csv", lambda *given, **more: calls.append(1) or read(*given, **more))
    load(mixed.fillna({"age": -99}).drop(columns="plan").to_csv(index=False), **options)
    assert len(calls) == 2


def test_plain_numbers_have_no_columns_to_tell_of(load):
    assert load("a,b,y\n1,2,u\n3,4,v\n").columns == ()
    assert load("a,b,y\n1,2,u\n3,4,v\n", types={"a": "numeric"}, missing=["x"]).columns == ()


def test_texts_are_categories_if_there_are_few_different_ones(load):
    def kind(values, rows):
        (column,) = load("t,y\n" + "".join(f"t{row % values},{row % 2}\n" for row in range(rows))).columns
        return column.kind

    assert (kind(20, 40), kind(21, 40)) == ("category", "text")
    assert (kind(30, 600), kind(31, 600)) == ("category", "text")
    assert (kind(1000, 30_000), kind(1001, 30_000)) == ("category", "text")


@pytest.mark.parametrize(
    ("kind", "cells", "values"),
    [
        ("category", ["1", "01", "x"], [1, 0, 2]),
        ("text", ["q", "p", "r"], [1, 0, 2]),
        ("boolean", ["1", "0.0", "YES"], [1, 0, 1]),
        ("date", ["1970-01-01", "?", "1970-01-01T12:00"], [0, np.nan, 0.5]),
        ("numeric", ["1", "NA", "2.5"], [1, np.nan, 2.5]),
    ],
)
def test_types_say_what_a_column_is(load, kind, cells, values):
    data = load("a,y\n" + "".join(f"{cell},{'uvv'[row]}\n" for row, cell in enumerate(cells)), types={"a": kind})
    assert data.columns[0].kind == kind
    assert np.array_equal(data.X[:, 0], values, equal_nan=True)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("numeric", "'x' is not a finite number; write 'missing: [x]' if that means missing"),
        ("boolean", "'x' is not true or false, yes or no, t or f, 1 or 0; write"),
        ("date", "'1' is not an ISO 8601 date, such as 2026-12-31, nor is 'x' in line 3; write"),
    ],
)
def test_cells_that_are_not_of_the_kind_that_types_say_are_refused(problems, kind, message):
    ((_, column, found),) = problems("a,y\n1,u\nx,v\n", types={"a": kind})
    assert column == 1
    assert found.startswith(f"column 'a': {message}")


BESIDE = "a,patient,day,fold,weight,y\n" + "".join(
    f"{row},p{row % 3},2026-01-{row + 1:02},{row % 2 - 1},{row / 2},{'uv'[row % 2]}\n" for row in range(6)
)
ROLES = {"groups": "patient", "order": "day", "folds": "fold", "weights": "weight"}


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
def test_columns_beside_the_features_fill_the_fields_of_the_data_and_are_not_learned_from(load, monkeypatch, large):
    if large:
        monkeypatch.setattr(csv, "LARGE", 0)
    data = load(BESIDE, **ROLES)
    assert data.feature_names == ("a",)
    assert data.groups.tolist() == [0, 1, 2, 0, 1, 2]
    assert data.order.tolist() == [20454.0 + row for row in range(6)]
    assert data.folds.tolist() == [-1, 0, -1, 0, -1, 0]
    assert data.weights.tolist() == [row / 2 for row in range(6)]


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("1,p1", "1,", (3, 3), "column 'patient' (groups): '' is missing, but every row needs a group"),
        ("2026-01-03", "3", (4, 6), "column 'day' (order): '3' is not a place in order: write numbers in all rows, or ISO 8601 dates"),
        (",-1,1.0", ",0.5,1.0", (4, 17), "column 'fold' (folds): '0.5' is not a fold: write a whole number from 0"),
        ("0,1.5", "0,-1.5", (5, 19), "column 'weight' (weights): '-1.5' is not a weight: write a number that is not negative"),
    ],
)  # fmt: skip
def test_what_is_wrong_beside_the_features_is_refused_at_its_place(problems, old, new, place, message):
    assert old in BESIDE
    ((line, column, found),) = problems(BESIDE.replace(old, new, 1), **ROLES)
    assert (line, column) == place
    assert found.startswith(message)


@pytest.mark.parametrize("name", ["id", "ID", "customer_id", "PassengerId", "customerID", "uuid", "index", "order id"])
@pytest.mark.parametrize("cells", [("7", "9", "8"), ("a", "c", "b")], ids=["numbers", "texts"])
def test_a_column_that_looks_like_an_id_is_told_once(load, caplog, name, cells):
    content = f"{name},a,y\n" + "".join(f"{cell},1,{'uvv'[row]}\n" for row, cell in enumerate(cells))
    assert len(load(content).feature_names) == 2
    (record,) = caplog.records
    drop = f"'drop: [{name}]'"
    assert f"data.csv:1:1: '{name}' has a different value in every row, like ids; exclude ids" in record.getMessage()
    assert drop in record.getMessage()
    assert load(content, drop=[name]).feature_names == ("a",)
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    "content", ["width,y\n1,u\n2,v\n3,v\n", "id,y\n1,u\n1,v\n", "id,y\n1.5,u\n2,v\n", "valid,y\n1,u\n2,v\n"]
)
def test_other_columns_are_no_ids(load, caplog, content):
    load(content)
    assert not caplog.records
