"""What callbacks cannot do in a training stops the run, and says why."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from gridloom import Part, StopRun
from gridloom.core.deciding import Decision
from gridloom.core.following import Following, made_anew
from gridloom_plugins.callbacks.early_stopping import EarlyStopping
from gridloom_plugins.callbacks.lr_schedule import LearningRateSchedule
from gridloom_plugins.callbacks.reduce_lr_on_plateau import ReduceOnPlateau


class Hasty:
    """It decides before there is anything to go by."""

    def begin(self, epoch):
        return Decision(stop=True)

    def after_epoch(self, epoch):
        return None


@pytest.mark.parametrize(
    ("callbacks", "rate", "message"),
    [
        ({"a": LearningRateSchedule(), "b": ReduceOnPlateau()}, 0.1, "'a' and 'b' both set the learning rate; use one"),
        (
            {"a": LearningRateSchedule()},
            None,
            "'lr_schedule' sets the learning rate, but the optimizer follows its own schedule",
        ),
        ({"a": ReduceOnPlateau()}, None, "the optimizer follows its own schedule"),
        ({"a": Hasty()}, 0.1, "can neither stop a training nor keep weights before the first epoch"),
    ],
)
def test_a_training_with_such_callbacks_does_not_begin(callbacks, rate, message):
    with pytest.raises(StopRun, match=message):
        Following(callbacks, 5).begin(rate)


def test_an_object_that_another_training_has_is_refused():
    decides = made_anew("hasty", Hasty())
    made_anew("hasty", Hasty())
    with pytest.raises(
        StopRun, match="'hasty' returns the same object again; it should make a new one for each training"
    ):
        made_anew("hasty", decides)


def test_what_is_not_there_cannot_be_monitored():
    following = Following({"early_stopping": EarlyStopping(monitor="val_accuracy")}, 5)
    following.begin(0.1)
    with pytest.raises(StopRun, match=r"there is no 'val_accuracy' to monitor; known: loss; .* validation: 0.2"):
        following.after_epoch(1, {"loss": 0.5}, 0.1)
    with pytest.raises(StopRun, match="known: loss, val_loss; compile the model with the metric 'accuracy'"):
        following.after_epoch(1, {"loss": 0.5, "val_loss": 0.6}, 0.1)
    with pytest.raises(StopRun, match=r"there is no 'val_accuracy' to monitor; did you mean 'val_binary_accuracy'\?"):
        following.after_epoch(1, {"loss": 0.5, "val_loss": 0.6, "val_binary_accuracy": 0.6}, 0.1)


def test_what_says_that_it_is_a_callback_of_keras_and_is_none_is_refused(keras):
    from gridloom_plugins.networks.between_epochs import keras_callbacks

    work = SimpleNamespace(keras_callbacks=lambda callbacks: {part.class_name: Hasty() for part in callbacks})
    draft = SimpleNamespace(callbacks=[Part("mine:hasty")])
    with pytest.raises(StopRun, match=r"'mine:hasty' should make a keras\.callbacks\.Callback, not Hasty"):
        keras_callbacks(work, draft, None)


class Decided:
    """It decides what it is told to."""

    def __init__(self, decision):
        self.decision = decision

    def after_epoch(self, epoch):
        return self.decision


@pytest.mark.parametrize(
    ("rate", "error"),
    [
        ("0.1", StopRun),
        (True, StopRun),
        (np.array([0.1, 0.2]), StopRun),
        (-0.1, ValueError),
        (float("nan"), ValueError),
    ],
)
def test_a_learning_rate_that_is_none_is_refused(rate, error):
    following = Following({"mine": Decided(Decision(learning_rate=rate))}, 5)
    with pytest.raises(error, match=r"the callback 'mine' .* learning rate"):
        following.after_epoch(1, {"loss": 0.5}, 0.1)


@pytest.mark.parametrize("rate", [0, 0.1, np.float32(0.1), np.array(0.1)])
def test_a_learning_rate_may_be_any_number(rate):
    following = Following({"mine": Decided(Decision(learning_rate=rate))}, 5)
    assert following.after_epoch(1, {"loss": 0.5}, 0.1).learning_rate == rate


def test_a_learning_rate_that_nobody_can_set_is_refused():
    following = Following({"mine": Decided(Decision(learning_rate=0.1))}, 5)
    with pytest.raises(StopRun, match="'mine' sets the learning rate, but the optimizer follows its own schedule"):
        following.after_epoch(1, {"loss": 0.5}, None)


def test_what_was_noted_cannot_be_changed_by_a_callback():
    class Meddling:
        def after_epoch(self, epoch):
            epoch.logs["val_loss"] = 0.0

    logs = {"loss": 0.5, "val_loss": 0.7}
    with pytest.raises(TypeError):
        Following({"mine": Meddling()}, 5).after_epoch(1, logs, 0.1)
    assert logs == {"loss": 0.5, "val_loss": 0.7}
