"""Hypermodels that are searched: from Python, and from a plugin file whose experiment says `model: default`."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import gridloom as loom
from from_keras_tuner.hypermodels import loop_of_layers


class Regression:
    """A hypermodel of an estimator."""

    def __init__(self, solver="lbfgs"):
        self.solver = solver

    def build(self, hp):
        """A logistic regression."""
        return LogisticRegression(C=hp.Float("C", 0.1, 10.0, step=10, sampling="log", default=1.0), solver=self.solver)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Search a hypermodel on 60 rows in an empty folder."""
    monkeypatch.chdir(tmp_path)
    X = np.random.default_rng(0).normal(size=(60, 3))

    def run(given, **more):
        found = loom.from_keras_tuner(given)
        usual = {"space": found.space, "validation": {"folds": 2}, "reporters": [], "n_jobs": 1}
        return loom.search(found.builder, X, (X[:, 0] > 0).astype(int), **usual | more)

    return run


def test_a_search_tries_what_the_hypermodel_says_beginning_with_the_defaults(run):
    found = loom.from_keras_tuner(Regression())
    result = run(Regression(), first=found.first, refit=True)
    assert [trial.params for trial in result.trials] == [{"C": 1.0}, {"C": 0.1}, {"C": 10.0}]
    assert result.folder.name == "Regression"
    assert "# python:Regression stands for the function" in result.experiment_yaml()


def test_other_code_or_other_attributes_are_another_experiment(run):
    run(Regression())
    assert run(Regression()).is_complete
    with pytest.raises(loom.GridloomError, match="contains fits of another experiment"):
        run(Regression("liblinear"))


def test_the_space_is_also_what_default_means(run):
    assert len(run(Regression(), space={"model": "default"}).trials) == 3


PLUGIN = """
import gridloom


{source}

tuned = gridloom.from_keras_tuner(loop_of_layers, name="tuned")


@gridloom.hookimpl
def gridloom_model_builders():
    yield tuned.builder
"""


@pytest.fixture
def plugin(tmp_path):
    """A plugin file with a hypermodel."""
    file = tmp_path / "tuned.py"
    file.write_text(PLUGIN.format(source=inspect.getsource(loop_of_layers)))
    return file


@pytest.mark.slow
def test_a_plugin_file_provides_the_builder_with_its_own_values_to_try(plugin, gridloom, write):
    search = {"strategy": {"name": "random", "candidates": 3}, "space": {"model": "default"}}
    given = {"dataset": "pima", "model": "tuned", "search": search, "training": {"epochs": 1, "batch_size": 64}}
    done = gridloom("run", write(**given, validation={"folds": 2}), "-p", plugin)
    assert done.returncode == 0, done.stderr
    assert "num_layers=" in done.stdout
    text = (plugin.parent / "runs" / "small" / "experiment.yaml").read_text()
    assert "when: {num_layers: 3}" in text or "num_layers: 3" in text
    again = gridloom("run", plugin.parent / "runs" / "small" / "experiment.yaml", "-p", plugin)
    assert again.returncode == 0, again.stderr


def test_one_parameter_may_have_its_own_values_and_another_ones_of_yours(plugin, gridloom, write):
    space = {"model": {"units_0": "default", "activation": ["relu"]}}
    done = gridloom("check", write(dataset="pima", model="tuned", search={"space": space}), "-p", plugin)
    assert "4 by grid: units_0 (4) x activation (1)" in done.stdout
    done = gridloom("plugins", "show", "tuned", "-p", plugin)
    assert "tries by default [8, 16, 24, 32]" in done.stdout


def test_a_model_without_values_of_its_own_says_so(gridloom, write):
    done = gridloom("check", write(search={"space": {"model": "default"}}))
    assert done.returncode == 2
    assert "the model 'logistic_regression' has no values of its own to try; write a mapping" in done.stderr


def test_a_builder_only_has_values_for_its_options():
    with pytest.raises(TypeError, match="has values to try for 'D', which is none of its options"):
        loom.ModelBuilder("own", "A model.", Regression, domains={"D": loom.Choices(1)})
    with pytest.raises(TypeError, match="must be a domain such as"):
        loom.ModelBuilder("own", "A model.", Regression, domains={"solver": ["a"]})
