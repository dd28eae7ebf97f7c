"""Optimizers and losses of networks: the experiment's, the builder's and the families'."""

from __future__ import annotations

import inspect
from typing import get_args

import numpy as np
import pytest

from gridloom import Task
from gridloom_plugins.networks.making import make_loss, make_model, make_optimizer
from gridloom_plugins.networks.names import (
    OPTIMIZER_SETTINGS,
    SETTINGS_OF_ALL,
    ActivationName,
    InitializerName,
    OptimizerName,
)
from gridloom_plugins.networks.programs import compiled_model
from gridloom_plugins.networks.reading import LOSSES
from networks.models import X, Y, compiled, read, sequential

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _keras():
    """Import Keras when the first of these tests runs, and not when pytest collects them."""
    global keras, layers  # noqa: PLW0603
    import keras
    from keras import layers


def test_an_uncompiled_model_gets_adam_and_the_usual_loss_of_its_task():
    model = sequential(layers.Dense(1))
    for kind, loss in LOSSES.items():
        draft = read(model, Task(kind, (8,), 3))
        assert isinstance(make_optimizer(draft, model), keras.optimizers.Adam)
        assert isinstance(make_loss(draft, model), getattr(keras.losses, loss))


def test_the_optimizer_of_the_experiment_goes_before_the_builders():
    model = compiled(keras.optimizers.Adam(0.5))
    sgd = make_optimizer(read(model, optimizer={"name": "sgd", "momentum": 0.9, "learning_rate": 0.25}), model)
    assert isinstance(sgd, keras.optimizers.SGD)
    assert (sgd.momentum, float(sgd.learning_rate)) == (0.9, 0.25)


def test_an_optimizer_named_by_the_experiment_has_its_defaults_even_when_the_builders_is_of_its_class():
    model = compiled(keras.optimizers.Adam(0.5, beta_1=0.1))
    adam = make_optimizer(read(model, optimizer="adam"), model)
    assert (float(adam.learning_rate), adam.beta_1) == (pytest.approx(0.001), 0.9)


def test_a_learning_rate_may_be_a_whole_number():
    made = make_optimizer(read(compiled(), optimizer={"name": "sgd", "learning_rate": 3}), compiled())
    assert float(made.learning_rate) == 3.0


def test_the_builders_optimizer_is_kept_with_its_settings_as_a_new_object():
    own = keras.optimizers.RMSprop(0.25, rho=0.5)
    model = compiled(own)
    made = make_optimizer(read(model), model)
    assert isinstance(made, keras.optimizers.RMSprop)
    assert made is not own
    assert (float(made.learning_rate), made.rho) == (0.25, 0.5)


def test_an_optimizer_class_of_the_users_own_is_kept():
    class Slow(keras.optimizers.SGD):
        pass

    model = compiled(Slow(0.25))
    made = make_optimizer(read(model, learning_rate=0.5), model)
    assert type(made) is Slow
    assert float(made.learning_rate) == 0.5


def test_the_learning_rate_of_the_experiment_goes_into_whatever_optimizer_there_is():
    model = compiled(keras.optimizers.RMSprop(0.25, rho=0.5))
    made = make_optimizer(read(model, learning_rate=0.125), model)
    assert (float(made.learning_rate), made.rho) == (0.125, 0.5)


def test_a_learning_rate_schedule_is_kept():
    model = compiled(keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)))
    draft = read(model)
    trained = compiled_model(draft, model, make_model(draft, model), "builder", steps=5)
    assert isinstance(trained.optimizer._learning_rate, keras.optimizers.schedules.ExponentialDecay)
    trained.fit(X, Y, batch_size=25, epochs=1, verbose=0)
    assert float(trained.optimizer.learning_rate) == pytest.approx(0.125)


def test_a_family_may_choose_another_optimizer():
    model = compiled(keras.optimizers.RMSprop(0.25))
    draft = read(model)
    draft.optimizer.class_name = "SGD"
    draft.optimizer["momentum"] = 0.5
    made = make_optimizer(draft, model)
    assert (type(made), made.momentum) == (keras.optimizers.SGD, 0.5)


def test_a_loss_function_of_the_users_own_is_kept():
    def halved(truth, predicted):
        return keras.ops.mean(keras.ops.square(truth - predicted)) / 2

    model = compiled(loss=halved)
    draft = read(model)
    assert draft.loss.class_name == "halved"
    assert make_loss(draft, model) is halved


@pytest.mark.parametrize("loss", ["binary_crossentropy", "BinaryCrossentropy", "object"])
def test_a_family_may_smooth_the_labels_however_the_loss_was_named(loss):
    model = compiled(loss=keras.losses.BinaryCrossentropy() if loss == "object" else loss)
    draft = read(model)
    draft.loss["label_smoothing"] = 0.25
    made = make_loss(draft, model)
    assert isinstance(made, keras.losses.BinaryCrossentropy)
    assert made.label_smoothing == 0.25


def test_a_family_may_choose_another_loss():
    model = compiled()
    draft = read(model)
    draft.loss.class_name = "Hinge"
    assert isinstance(make_loss(draft, model), keras.losses.Hinge)


def test_label_smoothing_reaches_the_training():
    def loss_of(smoothing):
        keras.utils.set_random_seed(1)
        model = compiled()
        draft = read(model)
        draft.loss["label_smoothing"] = smoothing
        return compiled_model(draft, model, make_model(draft, model), "builder", steps=5).evaluate(X, Y, verbose=0)

    assert loss_of(0.0) != loss_of(0.5)


@pytest.mark.parametrize("name", get_args(OptimizerName))
def test_keras_knows_every_optimizer_that_an_experiment_may_name(name):
    model = sequential(layers.Dense(1))
    made = make_optimizer(read(model, optimizer=name), model)
    assert type(made).__name__.lower() == name


@pytest.mark.parametrize("name", get_args(OptimizerName))
def test_an_optimizer_has_the_settings_that_keras_gives_it_and_no_others(name):
    signature = inspect.signature(type(keras.optimizers.get(name)).__init__)
    settings = set(signature.parameters) - {"self", "name", "kwargs"}
    assert settings == {*OPTIMIZER_SETTINGS[name], *SETTINGS_OF_ALL}


def test_keras_knows_every_activation_that_an_experiment_may_name():
    for name in get_args(ActivationName):
        assert np.isfinite(keras.activations.get(name)(np.ones((2, 3), "float32"))).all(), name


def test_keras_knows_every_initializer_that_an_experiment_may_name():
    for name in get_args(InitializerName):
        assert keras.initializers.get(name)((3, 2)).shape == (3, 2), name
