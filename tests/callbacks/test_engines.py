"""Engines that do not follow callbacks are passed over by `auto`, which says so, and refused where they are named."""

from __future__ import annotations

import json

import pytest

PLUGIN = """
import numpy as np
import gridloom


def train(work):
    for fit in work.fits:
        following = work.follow(gridloom.Draft([], gridloom.Part("SGD"), gridloom.Part("Hinge"), callbacks=work.callbacks(fit)))
        number = 1
        while not following.after_epoch(number, {"loss": 0.5, "val_loss": 0.5 * len(work.validation_rows(fit))}).stop:
            number += 1
        guess = gridloom.Predictions(labels=np.zeros(len(work.rows(fit)[1]), int))
        yield fit, work.result(fit, guess, {"loss": [0.5] * number})


def of_keras():
    import keras

    return keras.callbacks.TerminateOnNaN()


def as_of_sklearn(options):
    return {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def refusing(work):
    return []


@gridloom.hookimpl
def gridloom_engines():
    yield gridloom.Engine("blind", "Trains, and looks at nothing.", refusing, trains="estimator", preference=30)
    yield gridloom.Engine("deaf", "Watches, and decides nothing.", refusing, trains="estimator", preference=20, validates=True)
    yield gridloom.Engine("able", "Does both.", train, trains="estimator", preference=10, validates=True, decides=True, environment=as_of_sklearn)


@gridloom.hookimpl
def gridloom_callbacks():
    yield gridloom.Callback("of_keras", "One of Keras's.", of_keras, keras=True)
"""


@pytest.fixture
def watched(write, tmp_path):
    """An experiment of estimators that are watched and stopped."""
    (tmp_path / "engines.py").write_text(PLUGIN)

    def written(engine, callbacks=({"name": "early_stopping", "patience": 3},)):
        return write(
            engine=engine, training={"validation": 0.2, "callbacks": [*callbacks]}, reporters=["console", "histories"]
        )

    return written


def test_auto_goes_on_to_the_engine_that_watches_and_decides_and_says_why(watched, gridloom, tmp_path):
    done = gridloom("run", watched("auto"), "-p", "engines.py")
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert (
        "engine able (auto: it trains models of the kind 'estimator'; blind cannot: the engine 'blind' does not support"
        in said
    )
    assert "the engine 'deaf' does not run callbacks" in said
    histories = json.loads((tmp_path / "runs" / "small" / "histories.json").read_text("utf-8"))
    assert {len(fit["history"]["loss"]) for fit in histories["fits"]} == {4}


@pytest.mark.parametrize(
    ("engine", "callbacks", "refusal"),
    [
        (
            "blind",
            (),
            "the engine 'blind' does not support validation rows; name another engine, or remove 'validation'",
        ),
        (
            "deaf",
            ("terminate_on_nan",),
            "the engine 'deaf' does not run callbacks; name another engine, or remove 'callbacks'",
        ),
        (
            "able",
            ("of_keras",),
            "the engine 'able' does not run Keras callbacks, and 'of_keras' is one; name another engine",
        ),
        ("sklearn", ("terminate_on_nan",), "the engine 'sklearn' does not support validation rows"),
        ("auto", ("of_keras",), "the engine 'sklearn' does not support validation rows"),
    ],
)
def test_an_engine_that_cannot_is_refused_in_a_sentence(watched, gridloom, engine, callbacks, refusal):
    file = watched(engine, callbacks) if callbacks else watched(engine)
    done = gridloom("run", file, "-p", "engines.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert refusal in done.stderr


def test_a_callback_of_keras_is_never_told_of_the_test_fold(write, gridloom, tmp_path):
    """It could decide by what it is told, whatever it is called."""
    (tmp_path / "engines.py").write_text(PLUGIN)
    training = {"validation": "test fold", "callbacks": ["of_keras"]}
    search = {"space": {"neurons": {"neurons": [2]}}}
    done = gridloom("check", write(dataset="pima", model="mlp", training=training, search=search), "-p", "engines.py")
    assert done.returncode == 2
    assert "the callback 'of_keras' is a Keras callback, which would see the test fold" in done.stderr
    assert "small.yaml:" in done.stderr
