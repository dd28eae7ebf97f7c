"""The truth that predictions are compared with, and labels beside probabilities, as the journal keeps them."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from gridloom import Candidate, Fit, FitResult, Predictions
from gridloom.core.truth import Truth
from gridloom.errors import StorageError
from gridloom.runs.journal import Journal


def truth(y=(0.0, 1.0, 1.0)):
    tests = {(0, 0): np.array([2, 0]), (0, 1): np.array([1])}
    return Truth("binary", "ill", ("no", "é"), "é", np.array(y), tests)


def fit_result(predictions):
    return FitResult({"a": 0.5}, predicted=predictions.kept, labels=predictions.labels_beside_kept(2))


FIT = Fit(Candidate({"m": {"x": 1}}), 0, 0)


@pytest.fixture
def journal(tmp_path):
    opened = Journal(tmp_path / "journal.sqlite")
    yield opened
    opened.close()


@pytest.mark.parametrize("y", [(0.0, 1.0, 1.0), ((0.1, 1 / 3), (2.0, 1e300))])
def test_the_truth_is_read_as_it_was_written(y, journal):
    assert journal.truth is None
    journal.truth = truth()
    journal.truth = truth(y)
    found = journal.truth
    assert (found.kind, found.target, found.classes, found.positive) == ("binary", "ill", ("no", "é"), "é")
    assert found.y.tolist() == np.array(y).tolist()
    assert {place: rows.tolist() for place, rows in found.tests.items()} == {(0, 0): [2, 0], (0, 1): [1]}
    journal.clear()
    assert journal.truth is None


@pytest.mark.parametrize(
    ("labels", "shares", "has_own"),
    [([0, 1, 1], [0.2, 0.9, 0.7], False), ([0, 0, 1], [0.2, 0.9, 0.95], True), ([0, 1, 0], [-1.0, 0.3, -2.0], True)],
    ids=["above one half", "another threshold", "decision values"],
)
def test_classes_are_read_as_they_were_predicted(labels, shares, has_own, journal):
    values = np.array(shares)
    both = None if values.min() < 0 else np.column_stack([1 - values, values])
    result = fit_result(Predictions(np.array(labels), both, values if both is None else None))
    assert (result.labels is not None) == has_own
    journal.record([(FIT, result)])
    assert journal.results()[FIT.key].predicted_classes(2).tolist() == labels


@pytest.mark.parametrize("table", ["truth", "tests", "labels"])
def test_damage_is_refused(table, journal):
    journal.truth = truth()
    journal.record([(FIT, fit_result(Predictions(np.array([0, 0]), np.array([[0.1, 0.9], [0.2, 0.8]]))))])
    column = {"truth": "y", "tests": "rows", "labels": "labels"}[table]
    with sqlite3.connect(journal.path) as database:
        database.execute(f"UPDATE {table} SET {column} = x'00'")
    with pytest.raises(StorageError, match=r"damaged: .* do not match their checksum; restore it"):
        journal.results() if table == "labels" else journal.truth
