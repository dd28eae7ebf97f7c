"""Steps are fitted on the rows that train a fit, once for all fits that share them, and on no others."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

import gridloom

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
