"""Every check of the contract of model builders fails for a builder that breaks it."""

from __future__ import annotations

import pytest

from contracts.breaking import Bad, breaks, checks_of
from gridloom.testing import ModelBuilderContract

pytestmark = pytest.mark.slow


def estimator(body, extra=""):
    return builder(f"from sklearn.dummy import DummyClassifier, DummyRegressor\n{body}", "estimator", extra)


def network(body, extra=""):
    return builder(f"import keras\nfrom keras import layers\n{body}", "network", extra)


def builder(body, makes, extra):
    lines = "\n    ".join(body.splitlines())
    return f"""
{extra}

def build(task, alpha: float = 1.0):
    {lines}

@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("bad", "Bad.", build, {makes!r})
"""


ONE_TASK = {"tasks": ["binary"]}

BAD = {
    "test_it_says_so_when_it_cannot_learn_a_task": [
        Bad(estimator("return DummyClassifier()"), "DID NOT RAISE", attributes=ONE_TASK, error=pytest.fail.Exception),
        Bad(estimator("raise KeyError(task.kind)"), "multiclass|regression", attributes=ONE_TASK, error=KeyError),
    ],
    "test_its_models_are_what_it_claims_to_make": [
        Bad(estimator("return {}"), "it returns a dict, not an estimator"),
        Bad(network("return {}"), r"it returns a dict, not a keras\.Model"),
        Bad(builder("pass", "machine", ""), "it returns None for a binary task"),
    ],
    "test_its_models_predict_what_the_task_asks_for": [
        Bad(estimator("return DummyRegressor()"), "it is not an estimator for a binary task"),
        Bad(
            network("return keras.Sequential([keras.Input(task.input_shape), layers.Dense(1)])"),
            r"for a multiclass task a row gives an output of shape \(1,\)",
        ),
        Bad(
            network(
                "return keras.Sequential([keras.Input(task.input_shape), layers.Reshape((4, 1)), layers.Dense(1)])"
            ),
            r"for a binary task a row gives an output of shape \(4, 1\)",
        ),
    ],
    "test_its_models_are_fresh_and_independent": [
        Bad(estimator("return ONE", extra="ONE = object()"), "it returns the same model twice"),
        Bad(
            network(
                "SHARED.append(SHARED[0] if SHARED else layers.Dense(1))\n"
                "return keras.Sequential([keras.Input(task.input_shape), SHARED[-1]])",
                extra="SHARED = []",
            ),
            "two of its models share 2 variables",
        ),
    ],
    "test_its_models_begin_alike_given_the_same_seed": [
        Bad(
            network(
                "import random\n"
                "start = keras.initializers.Constant(random.SystemRandom().random())\n"
                "return keras.Sequential([keras.Input(task.input_shape), layers.Dense(1, kernel_initializer=start)])"
            ),
            "it uses its own random generator",
        ),
    ],
    "test_an_experiment_trains_it": [
        Bad(estimator("return DummyClassifier(strategy='no such thing')"), r"(?s)it cannot be trained:.*no such thing"),
    ],
}


@pytest.mark.parametrize(("check", "bad"), [(check, bad) for check, found in BAD.items() for bad in found])
def test_the_check_fails_for_the_bad_builder(check, bad, tmp_path):
    breaks(ModelBuilderContract, check, bad, tmp_path, tmp_path=tmp_path)


def test_every_check_has_a_bad_builder():
    assert set(BAD) == checks_of(ModelBuilderContract)


def test_a_builder_without_options_is_told_to_name_a_space(tmp_path):
    text = estimator("return DummyClassifier()").replace(", alpha: float = 1.0", "")
    bad = Bad(text, "'bad' has no options to search; name a space in 'experiment'", error=TypeError)
    breaks(ModelBuilderContract, "test_an_experiment_trains_it", bad, tmp_path, tmp_path=tmp_path)
