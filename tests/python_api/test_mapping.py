"""`gridloom.run` with a mapping, or an experiment that was read already, in place of a file."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import SMALL

import gridloom
from gridloom.experiment.bind import read_experiment


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda given, **options: gridloom.run(given, **{"n_jobs": 1} | options)


def test_a_mapping_runs_as_the_file_that_says_the_same(run, write):
    mapping = SMALL | {"reporters": [], "validation": {"method": "stratified_kfold", "folds": np.int64(3)}}
    by_mapping = run(mapping, settings=["search.space.model.C=[0.5, 1.0]"], out="one")
    by_file = run(write(reporters=[]), settings=["search.space.model.C=[0.5, 1.0]"], out="two")
    assert by_mapping.manifest["experiment"] == by_file.manifest["experiment"]
    assert by_mapping.cv_results_["mean_test_score"].tolist() == by_file.cv_results_["mean_test_score"].tolist()
    assert "in_memory" not in by_mapping.manifest


def test_files_in_a_mapping_are_relative_to_the_current_folder(run, tmp_path):
    (tmp_path / "mine.csv").write_text("a,ill\n" + "".join(f"{row},{row % 2}\n" for row in range(12)))
    mapping = SMALL | {"dataset": {"name": "csv", "path": "mine.csv", "target": "ill"}, "reporters": []}
    assert run(mapping | {"name": None, "validation": {"folds": 2}}).folder.name == "experiment"


def test_mistakes_in_a_mapping_have_keys_for_places(run):
    wrong = {
        "dataset": "irs",
        "model": "logistic_regression",
        "search": {"space": {"model": {"C": [1.0, "much"], "penalty": [{1: 2}]}}},
        "sed": 3,
    }
    with pytest.raises(gridloom.InvalidInput) as caught:
        run(wrong)
    assert str(caught.value) == "search.space.model.penalty[0]: keys must be strings, not 1"
    wrong["search"]["space"]["model"].pop("penalty")
    with pytest.raises(gridloom.InvalidInput) as caught:
        run(wrong)
    said = str(caught.value)
    assert said.startswith("dataset: unknown data set 'irs'; did you mean 'iris'?\nsearch.space.model.C[1]: ")
    assert said.endswith("\nsed: unknown option 'sed'; did you mean 'seed'?")


def test_an_experiment_that_was_read_runs(run, write, registry):
    experiment = read_experiment(write(reporters=[]), registry)
    assert run(experiment, settings=["validation.folds=2"]).manifest["experiment"]["validation"]["folds"] == 2


def test_anything_else_is_a_type_error(run):
    with pytest.raises(
        TypeError, match="experiment must be the path of a YAML file, or a dict with the content of one, not int"
    ):
        run(5)
