"""Builders as people write them: logits, weighed losses, functions of their own. Both engines do as Keras does."""

from __future__ import annotations

import pytest
import yaml

import gridloom

pytestmark = pytest.mark.slow

BUILDER = '''
import gridloom


def load():
    """Two classes, the second of which is rare."""
    import numpy as np

    rng = np.random.default_rng(3)
    X = rng.normal(size=(300, 4)).astype("float32")
    y = (X @ [1.0, -1.0, 0.5, 0.0] + rng.normal(size=300) > 1.8).astype(int)
    return gridloom.Data(X, y, classes=("no", "yes"))


def build(task, kind: str = "sigmoid", weight: float = 1.0):
    """A layer that begins with zeros, so that every way to say the same makes the same network; or functions of one's own."""
    import keras
    from keras import layers, losses

    def own_loss(y, p):
        return keras.ops.mean(keras.ops.square(keras.ops.cast(y, p.dtype) - p), axis=-1)

    def own_metric(y, p):
        return keras.ops.mean(p)

    def own_activation(x):
        return keras.ops.tanh(x) * x

    class OwnSchedule(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.5 / (1.0 + 0.01 * keras.ops.cast(step, "float32"))

        def get_config(self):
            return {}

    outputs, activation, loss = {
        "sigmoid": (1, "sigmoid", "binary_crossentropy"),
        "logit": (1, None, losses.BinaryCrossentropy(from_logits=True)),
        "softmax": (2, "softmax", losses.SparseCategoricalCrossentropy()),
        "logits": (2, None, losses.SparseCategoricalCrossentropy(from_logits=True)),
        "own": (1, "sigmoid", own_loss),
    }[kind]
    start = x = keras.Input(task.input_shape)
    if kind == "own":
        x = layers.Dense(3, activation=own_activation)(x)
    model = keras.Model(start, layers.Dense(outputs, activation, kernel_initializer="zeros")(x))
    optimizer = keras.optimizers.SGD(OwnSchedule() if kind == "own" else 0.5)
    arrays_of_one = [keras.metrics.F1Score(threshold=0.5)] if outputs == 1 else []
    model.compile(optimizer, loss, metrics=[own_metric, *arrays_of_one], loss_weights=[weight])
    return model


@gridloom.hookimpl
def gridloom_datasets():
    yield gridloom.Dataset("rare", "Two classes, one of them rare.", load)


@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("own", "One layer.", build)
'''


@pytest.fixture(scope="module", params=["fused", "scikeras"])
def scores(request, tmp_path_factory):
    """The mean score of every candidate of a space with an engine, by the values of its options.

    All searches with an engine have the same workers, since two or more stay until others are asked for.
    """
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "own.py").write_text(BUILDER)

    def scores(space, scoring):
        experiment = {
            "name": "own",
            "dataset": {"name": "rare", "positive": "yes"},
            "model": "own",
            "training": {"epochs": 20, "batch_size": 1000},
            "search": {"space": space},
            "validation": {"method": "stratified_kfold", "folds": 2},
            "seed": 7,
            "scoring": scoring,
            "engine": request.param,
            "reporters": [],
        }
        (folder / "own.yaml").write_text(yaml.safe_dump(experiment))
        plugins = [str(folder / "own.py")]
        result = gridloom.run(folder / "own.yaml", n_jobs=1, out=folder / "runs", plugins=plugins, fresh=True)
        assert result.is_complete
        return {tuple(trial.candidate.values["model"].values()): trial.mean for trial in result.trials}

    return scores


@pytest.mark.parametrize("scoring", ["f1", "neg_log_loss"])
def test_logits_score_as_the_probabilities_that_they_stand_for(scores, scoring):
    found = scores({"model": {"kind": ["sigmoid", "logit", "softmax", "logits"]}}, scoring)
    assert found["logit",] == pytest.approx(found["sigmoid",], abs=1e-5)
    assert found["logits",] == pytest.approx(found["softmax",], abs=1e-5)
    assert found["sigmoid",] > (0.2 if scoring == "f1" else -0.4)


def test_a_loss_that_is_weighed_with_nothing_teaches_nothing(scores):
    found = scores({"model": {"weight": [1.0, 0.0]}}, "neg_log_loss")
    assert found[0.0,] == pytest.approx(-0.693147, abs=1e-5)  # the logarithm of a half
    assert found[1.0,] > -0.5


def test_functions_of_ones_own_need_not_be_registered_when_families_edit_the_network(scores):
    found = scores({"model": {"kind": ["own"]}, "neurons": {"neurons": [5]}}, "neg_log_loss")
    assert -0.69 < found["own",] < 0
