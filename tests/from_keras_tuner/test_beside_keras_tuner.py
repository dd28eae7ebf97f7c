"""The models that KerasTuner's own `hp` makes, and those of our builders, for equal values."""

from __future__ import annotations

import json
import random
import re
from functools import cache

import numpy as np
import pytest

import gridloom
from from_keras_tuner.hypermodels import HYPERMODELS

keras_tuner = pytest.importorskip("keras_tuner", reason="needs KerasTuner: pip install keras-tuner")

pytestmark = pytest.mark.slow

DRAWS = 8
RENAMED = {"cell_type": "cell type", "lambda_": "lambda", "name_": "name"}
"""KerasTuner's names of parameters, where they differ by more than a slash."""


@cache
def found_in(name):
    """The builder of a hypermodel and what to try, found once for all tests."""
    return gridloom.from_keras_tuner(HYPERMODELS[name])


def _theirs(parameter):
    """KerasTuner's name of a parameter."""
    return RENAMED.get(parameter) or re.sub(r"^(block_\d)_", r"\1/", parameter)


def _forget_models():
    """Number layers from the beginning again, without the time that it takes to collect garbage."""
    import keras

    keras.utils.clear_session(free_memory=False)


def described(model):
    """What a model is and how it was compiled, apart from names that count up."""
    text = json.dumps([model.get_config(), model.get_compile_config()], default=str, sort_keys=True)
    _forget_models()
    return text


@pytest.mark.parametrize("name", HYPERMODELS)
def test_equal_values_make_equal_models(name):
    build = getattr(HYPERMODELS[name], "build", HYPERMODELS[name])
    found = found_in(name)
    space = gridloom.Space(found.space)
    names = {parameter: _theirs(parameter) for parameter in found.space["model"]}
    _forget_models()
    for number in range(DRAWS):
        candidate = space.sample(np.random.default_rng(number))
        values = candidate.values["model"]
        theirs = keras_tuner.HyperParameters()
        theirs.values = {names[parameter]: value for parameter, value in values.items()}
        try:
            expected = described(build(theirs))
        except ValueError:  # too much pooling
            with pytest.raises(ValueError):
                found.builder.model_for(None, **values)
            _forget_models()
            continue
        assert described(found.builder.model_for(None, **values)) == expected
        used = {parameter: theirs.values[name] for parameter, name in names.items() if name in theirs.values}
        assert {name: used[name] for name in values} == values


@pytest.mark.parametrize("name", HYPERMODELS)
def test_what_keras_tuner_draws_is_in_the_space(name):
    """Every value that KerasTuner would sample, of what its own search space has."""
    build = getattr(HYPERMODELS[name], "build", HYPERMODELS[name])
    domains = found_in(name).space["model"]
    names = {_theirs(parameter): parameter for parameter in domains}
    hp = keras_tuner.HyperParameters()
    build(hp)
    rng = random.Random(0)
    for theirs in hp.space:
        ours = gridloom.bare(domains[names[theirs.name]])
        for _ in range(20):
            value = theirs.prob_to_value(rng.random())
            nearest = ours.at(min(ours.share_of(round(value, 12) if isinstance(value, float) else value), 1 - 2**-53))
            assert nearest == pytest.approx(value) if isinstance(value, float) else nearest == value


def test_a_hypermodel_of_keras_tuner_is_built_as_its_class_says():
    class Mine(keras_tuner.HyperModel):
        def build(self, hp):
            return HYPERMODELS["dense"](hp)

    found = gridloom.from_keras_tuner(Mine(name="mine"))
    assert found.builder.name == "mine"
    assert found.builder.model_for(None, units=64).layers[0].units == 64
    assert gridloom.from_keras_tuner(Mine()).builder.name == "Mine"


def test_a_fit_of_its_own_and_a_class_are_refused():
    class Mine(keras_tuner.HyperModel):
        def build(self, hp):
            return HYPERMODELS["dense"](hp)

        def fit(self, hp, model, *args, **kwargs):
            return model.fit(*args, batch_size=hp.Choice("batch_size", [16, 32]), **kwargs)

    with pytest.raises(gridloom.InvalidInput, match=r"^build: Mine: its method fit\(\) is its own.*under 'training'"):
        gridloom.from_keras_tuner(Mine())
    with pytest.raises(gridloom.InvalidInput, match=r"give an object of it: Mine\(\)"):
        gridloom.from_keras_tuner(Mine)
