"""The callbacks of Keras that a script gets do what Gridloom's do."""

from __future__ import annotations

import math

import pytest

from callbacks.trained import by_gridloom, by_keras
from gridloom_plugins.callbacks.as_keras import keras_code
from gridloom_plugins.callbacks.early_stopping import EarlyStopping
from gridloom_plugins.callbacks.lr_schedule import LearningRateSchedule
from gridloom_plugins.callbacks.reduce_lr_on_plateau import ReduceOnPlateau
from gridloom_plugins.networks.between_code import between_code

LOGS = [{"val_loss": 0.5, "val_auc": 0.5 + 0.1 * (number % 3)} for number in range(12)]


def from_code(keras, written):
    """What the code of a callback makes."""
    names = {"keras": keras, "math": math}
    exec(written.functions, names)
    return eval(written.expression, names)


@pytest.mark.parametrize(
    ("name", "made", "options"),
    [
        ("early_stopping", EarlyStopping, {"patience": 2, "restore_best_weights": True}),
        (
            "early_stopping",
            EarlyStopping,
            {"monitor": "val_auc", "patience": 3, "min_delta": 0.05, "start_from_epoch": 2},
        ),
        ("reduce_lr_on_plateau", ReduceOnPlateau, {"patience": 1, "cooldown": 2, "min_lr": 0.001}),
        ("lr_schedule", LearningRateSchedule, {"warmup_epochs": 3, "min_lr": 0.01}),
        ("lr_schedule", LearningRateSchedule, {"schedule": "step", "every": 4}),
        ("lr_schedule", LearningRateSchedule, {"schedule": "exponential", "factor": 0.5, "min_lr": 0.08}),
        ("lr_schedule", LearningRateSchedule, {"schedule": "constant", "warmup_epochs": 2}),
    ],
)
def test_a_callback_of_keras_decides_as_the_one_that_it_stands_for(keras, name, made, options):
    written = keras_code(f"builtin-callbacks:{name}", options, 0.1, len(LOGS))
    ours, theirs = by_gridloom(made(**options), LOGS), by_keras(from_code(keras, written), LOGS)
    assert ours.rates == pytest.approx(theirs.rates)
    assert ours.kept == theirs.kept


def test_what_no_callback_of_keras_does_is_left_out_and_said_with_as_many_epochs_as_there_were():
    told = {"epochs": 50, "epochs_trained": 20, "kept_epoch": 15}
    own, limit = {"name": "mine:own"}, {"name": "builtin-callbacks:time_limit", "seconds": 5.0}
    stopping = {"name": "builtin-callbacks:early_stopping", "restore_best_weights": True}
    for callbacks, epochs, said in [
        ([stopping], 50, ""),
        ([own], 15, "Keras has no callback that does what 'own' does, so the network is trained for at most 15 epochs"),
        ([stopping, own, limit], 20, "what 'own' and 'time_limit' do, so the network is trained for at most 20 epochs"),
    ]:
        code = between_code(told | {"callbacks": callbacks}, 0.1)
        assert (code.epochs, "EarlyStopping(" in code.argument) == (epochs, stopping in callbacks)
        assert said in code.left_out
