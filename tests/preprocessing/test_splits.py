"""Steps are fitted on the rows that train a fit, once for all fits that share them, and on no others."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_selection import SelectKBest

import gridloom
from gridloom.core.preparing import Step, fitted, prepare
from gridloom.registry.records import Transform

SPIES = str(Path(__file__).with_name("spies.py"))
NETWORK = {"model": {"name": "mlp", "hidden": [2]}, "training": {"epochs": 1}}
SEARCHED = {
    "sklearn": {"model": "logistic_regression", "search": {"space": {"model": {"C": [0.1, 1.0, 10.0]}}}},
    "fused": {**NETWORK, "search": {"space": {"neurons": {"neurons": [2, 3, 4]}}}},
    "scikeras": {**NETWORK, "search": {"space": {"neurons": {"neurons": [2, 3, 4]}}}},
}


@pytest.fixture
def search(write, tmp_path):
    def search(**keys):
        file = write(**{"dataset": "numbered", "reporters": [], **keys})
        return gridloom.run(file, n_jobs=1, out=tmp_path / "runs", plugins=[SPIES])

    return search


def seen(folder):
    return [json.loads(line) for file in folder.glob("*.jsonl") for line in file.read_text().splitlines()]


@pytest.mark.parametrize(("engine", "nested"), [("sklearn", {"folds": 3}), ("fused", {"folds": 3}), ("scikeras", None)])
def test_a_step_sees_the_training_rows_of_each_split_once_and_then_those_that_test(engine, nested, search, tmp_path):
    (folder := tmp_path / "seen").mkdir()
    validation = {"method": "stratified_kfold", "folds": 2, "seeds": 2} | ({"nested": nested} if nested else {})
    result = search(
        **SEARCHED[engine],
        engine=engine,
        preprocess=[{"name": "spy", "folder": str(folder), "columns": ["row", "noise"]}],
        validation=validation,
    )
    assert not result.failed
    experiment = gridloom.experiment.bind.read_experiment(
        result.folder / "experiment.yaml", gridloom.registry.registry.load_registry([SPIES]), plugins=[SPIES]
    )
    splits = experiment.materialise(experiment.load_data())
    assert len(splits) == (2 if not nested else 2 + 3 * (2 + 1))
    notes = [(what, tuple(rows)) for what, rows in seen(folder)]
    fits = Counter(rows for what, rows in notes if what == "fit")
    assert fits == Counter(tuple(split.train.tolist()) for split in splits)
    transformed = Counter(rows for what, rows in notes if what == "transform")
    assert transformed == Counter(tuple(rows.tolist()) for split in splits for rows in (split.train, split.test))


@pytest.mark.parametrize("engine", ["sklearn", "fused"])
def test_what_knows_the_targets_of_its_training_rows_does_not_help(engine, search):
    steps = [{"name": "oracle", "columns": ["row", "noise"]}, {"name": "select_k_best", "k": 1}]
    few = (
        SEARCHED[engine] | {"search": {"space": {"training": {"epochs": [30]}}}}
        if engine == "fused"
        else SEARCHED[engine]
    )
    result = search(**few, engine=engine, preprocess=steps, validation={"method": "stratified_kfold", "folds": 3})
    assert result.best.mean <= 0.7


def test_the_share_of_a_budget_is_what_a_step_is_fitted_on(search, tmp_path):
    plugin = tmp_path / "halves.py"
    plugin.write_text(
        "import gridloom\n\n"
        "def halves(space):\n"
        "    yield [gridloom.Proposal(candidate, gridloom.Budget(share=0.5)) for candidate in space.enumerate()]\n"
        "    yield [gridloom.Proposal(candidate) for candidate in space.enumerate()]\n\n"
        "@gridloom.hookimpl\n"
        "def gridloom_strategies():\n"
        "    yield gridloom.Strategy('halves', 'Half of the rows, then all.', halves)\n"
    )
    (folder := tmp_path / "seen").mkdir()
    file = tmp_path / "small.yaml"
    file.write_text(
        "dataset: numbered\nmodel: logistic_regression\n"
        f"preprocess: [{{name: spy, folder: '{folder}', columns: [row, noise]}}]\n"
        "search: {strategy: halves, space: {model: {C: [0.1, 1.0]}}}\nvalidation: {folds: 3}\nreporters: []\n"
    )
    result = gridloom.run(file, n_jobs=1, out=tmp_path / "runs", plugins=[SPIES, str(plugin)])
    assert not result.failed
    assert Counter(len(rows) for what, rows in seen(folder) if what == "fit") == {10: 3, 20: 3}


A, B = np.tile([0.0, 1.0, 2.0], 4), np.arange(12.0) ** 2
PLAN = gridloom.Column("plan", "category", ("basic", "pro", "x"))


def prepared(registry, columns, X, *steps):
    """The names and features that these steps make of a table; a step is its name and columns."""
    data = gridloom.Data(np.column_stack(X), np.tile([0, 1], 6), classes=("a", "b"), columns=columns)
    made = []
    for number, (name, chosen) in enumerate(steps):
        record = registry.find(Transform, name).record
        make = partial(record.transformer_for, data.task)
        step = Step(f"{name} {number}", make, record.takes, record.gives, record.column_by_column, chosen)
        made.append(step)
    found = prepare(data, made, np.arange(8), np.arange(8, 12))
    return dict(zip(found.names, found.X.T, strict=True))


def test_columns_of_one_name_are_told_apart_by_the_step_that_makes_them(registry):
    found = prepared(registry, (gridloom.Column("plan_pro"), PLAN), [B, A], ("one_hot", None))
    np.testing.assert_array_equal(found["plan_pro"], B)
    np.testing.assert_array_equal(found["one_hot 0__plan_pro"], A == 1)
    numbers = tuple(map(gridloom.Column, "abcd"))
    steps = ("pca", ("a", "b")), ("pca", ("c", "d"))
    found = prepared(registry, numbers, [A, B, B % 5, B % 7], *steps)
    alone = prepared(registry, numbers[2:], [B % 5, B % 7], ("pca", ("c", "d")))
    np.testing.assert_allclose(found["pca 1__pca0"], alone["pca0"])
    other = gridloom.Column("plan_x", "category", ("pro", "z"))
    same = gridloom.Column("plan", "category", ("x_pro", "y"))
    with pytest.raises(
        ValueError, match="the step 'one_hot 0' makes two columns of the same name from plan_x, plan; rename"
    ):
        prepared(registry, (other, same), [A % 2, A % 2], ("one_hot", None))


def test_a_column_without_a_cell_in_the_training_rows_keeps_its_place(registry):
    gap = np.where(np.arange(12) < 8, np.nan, 3.0)
    columns = (
        gridloom.Column("a"),
        gridloom.Column("late", gaps=True),
        gridloom.Column("kind", "category", ("x", "y"), True),
    )
    kind = np.array([np.nan] * 9 + [0, 1, np.nan])
    steps = ("impute", None), ("standardize", ("late",))
    found = prepared(registry, columns, [A, gap, kind], *steps, ("ordinal", ("kind",)))
    assert found["late"].tolist() == [0.0] * 8 + [3.0] * 4  # what is missing is 0
    assert found["kind"].tolist() == [0.0] * 9 + [-1.0, -1.0, 0.0]
    found = prepared(registry, columns, [A, gap, kind], *steps, ("one_hot", None))
    assert found["kind_0"].tolist() == [1.0] * 9 + [0.0, 0.0, 1.0]


@pytest.mark.parametrize(("k", "fits"), [(2, True), (3, False)])
def test_more_columns_than_there_are_cannot_be_selected(k, fits):
    step = Step("best", lambda: SelectKBest(k=k), ("numeric",), None, column_by_column=False)
    columns = gridloom.Column("a"), gridloom.Column("b")
    frame = pd.DataFrame({"a": A, "b": A % 5})
    if fits:
        assert [*fitted([step], columns, frame, A % 2)[1]] == ["a", "b"]
        return
    with pytest.raises(ValueError, match=r"^the step 'best' would keep all columns: k=3 is greater than n_features=2$"):
        fitted([step], columns, frame, A % 2)
