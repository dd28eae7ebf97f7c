"""What is said of data in a line: by `gridloom check`, and in the reports."""

from __future__ import annotations

import numpy as np
import pytest

from gridloom import Column, Data
from gridloom.core.describing import described

ROWS = (
    "34,basic,yes,2024-03-01,no",
    ",pro,no,2023-11-20,yes",
    "45,basic,yes,2025-01-15,no",
    "52,plus,yes,2022-07-08,yes",
    "29,pro,no,2024-12-01,no",
    "70,basic,no,2021-05-30,yes",
)
TABLE = "\n".join(("age,plan,active,since,left", *ROWS, ""))
LINE = "1 numeric, 1 category (plan 3), 1 boolean, 1 date; missing cells in age (1)"


@pytest.fixture
def customers(write, tmp_path):
    """Write an experiment on a table of all kinds."""
    (tmp_path / "customers.csv").write_text(TABLE)
    dataset = {"name": "csv", "path": "customers.csv", "target": "left"}
    return lambda **changes: write(
        **{"dataset": dataset, "preprocess": ["impute", "one_hot", "standardize"], "validation": {"folds": 2}} | changes
    )


def test_plain_numbers_are_counted_and_images_have_a_shape():
    y = np.array([0, 1])
    assert described(Data(np.zeros((2, 1200)), y, classes=("a", "b"))) == "1,200 numeric"
    assert described(Data(np.zeros((2, 8, 6)), y, classes=("a", "b"))) == "shape 8 x 6"


def test_of_many_columns_a_few_are_named():
    columns = tuple(Column(f"c{place}", "category", ("p", "q"), gaps=True) for place in range(9))
    data = Data(np.full((2, 9), np.nan), np.array([0, 1]), classes=("a", "b"), columns=columns)
    assert described(data) == (
        "9 category (c0 2, c1 2, c2 2 and 6 more); missing cells in c0 (2), c1 (2), c2 (2), c3 (2), c4 (2) and 4 more"
    )


def test_check_says_what_the_columns_of_a_file_are(gridloom, customers):
    done = gridloom("check", customers())
    assert done.returncode == 0, done.stderr
    assert f"  columns     {LINE}\n" in done.stdout
    assert "  rows        6, left is one of 2 classes (no 3, yes 3)\n" in done.stdout


def test_check_says_nothing_of_the_columns_of_other_data_sets(gridloom, write):
    assert "columns" not in gridloom("check", write()).stdout


def test_check_refuses_data_that_cannot_be_used_and_prints_the_other_plans(gridloom, customers, write, tmp_path):
    bad = customers(file="bad.yaml", name="bad", preprocess=["standardize"])
    done = gridloom("check", bad, write())
    assert done.returncode == 2
    assert "bad.yaml" in done.stderr
    assert "the column 'plan' contains categories, and the column 'age' has missing cells" in done.stderr
    assert "'small' is valid" in done.stdout
    (tmp_path / "customers.csv").write_text(TABLE.replace("52", "n.a."))
    done = gridloom("check", customers())
    assert done.returncode == 2
    assert "customers.csv:5:1: column 'age': 'n.a.' is not a finite number" in done.stderr


def test_check_leaves_large_files_alone(gridloom, customers, monkeypatch):
    monkeypatch.setattr("gridloom.cli.check.LARGEST", 10)
    done = gridloom("check", customers())
    assert done.returncode == 0, done.stderr
    assert "columns" not in done.stdout


def test_reports_say_what_the_columns_are(gridloom, customers, tmp_path):
    done = gridloom("run", customers(reporters=["html", "markdown"]))
    assert done.returncode == 0, done.stderr
    for report in ("report.html", "results.md"):
        assert LINE in (tmp_path / "runs" / "small" / report).read_text("utf-8")
