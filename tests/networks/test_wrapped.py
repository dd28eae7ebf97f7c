"""Layers inside wrappers are read, edited and made again like all others."""

from __future__ import annotations

import numpy as np
import pytest

from gridloom_plugins.families.dropout import apply_dropout
from gridloom_plugins.families.neurons import apply_neurons
from gridloom_plugins.families.weight_init import apply_weight_init
from gridloom_plugins.networks import wrapped
from networks.models import functional, kinds, made_of, read, sheet

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _keras():
    """Import Keras when the first of these tests runs, and not when pytest collects them."""
    global keras, layers  # noqa: PLW0603
    import keras
    from keras import layers


WRAPPERS = {
    "Bidirectional": (lambda: layers.Bidirectional(layers.GRU(4), merge_mode="sum", name="a"), "GRU"),
    "two directions": (
        lambda: layers.Bidirectional(layers.GRU(4), backward_layer=layers.GRU(4, go_backwards=True), name="a"),
        "GRU",
    ),
    "TimeDistributed": (lambda: layers.TimeDistributed(layers.Dense(4), name="a"), "Dense"),
    "in each other": (
        lambda: layers.TimeDistributed(layers.SpectralNormalization(layers.Dense(4)), name="a"),
        "Dense",
    ),
    "a cell": (lambda: layers.RNN(layers.LSTMCell(4), name="a"), "LSTMCell"),
}


def wrapping(wrapper):
    """A model of a wrapped layer, behind one that is not, and of an output layer."""

    def connect(x):
        return layers.Dense(1)(layers.Flatten()(wrapper(layers.Dense(3, name="first")(x))))

    return functional((5, 2), connect)


def inside(layer):
    """The layers inside all wrappers."""
    if type(layer).__name__ not in wrapped.WRAPPERS:
        return [layer]
    parts = (getattr(layer, name, None) for name in ("forward_layer", "backward_layer", "layer", "cell"))
    return [found for part in parts if part is not None for found in inside(part)]


@pytest.mark.parametrize("name", WRAPPERS)
def test_the_layer_inside_is_what_families_see_and_edit(name):
    make, class_name = WRAPPERS[name]
    model = wrapping(make())
    assert (sheet(read(model), "a").class_name, sheet(read(model), "a")["units"]) == (class_name, 4)
    made = made_of(model, lambda draft: (apply_neurons(draft, 7), apply_dropout(draft, 0.5, 2)))
    wrapper = made.get_layer("a")
    assert type(wrapper) is type(model.get_layer("a"))
    for layer in inside(wrapper):
        assert type(layer).__name__ == class_name
        assert layer.units == 7
        assert layer.get_config()["kernel_constraint"]["class_name"] == "MaxNorm"
    assert getattr(wrapper, "merge_mode", None) == getattr(model.get_layer("a"), "merge_mode", None)
    assert kinds(made).count("Dropout") == 2
    assert made(np.ones((2, 5, 2))).shape == (2, 1)


def test_directions_stay_what_they_are():
    made = made_of(wrapping(WRAPPERS["Bidirectional"][0]()), lambda draft: apply_neurons(draft, 7)).get_layer("a")
    assert [layer.go_backwards for layer in inside(made)] == [False, True]
    assert made.forward_layer.name != made.backward_layer.name


@pytest.mark.parametrize("name", WRAPPERS)
def test_a_wrapper_behind_a_changed_width_is_made_for_the_new_one(name):
    model = wrapping(WRAPPERS[name][0]())
    made = made_of(model, lambda draft: sheet(draft, "first").__setitem__("units", 6))
    assert made(np.ones((2, 5, 2))).shape == (2, 1)
    assert all(layer.weights[0].shape[0] == 6 for layer in inside(made.get_layer("a")))


def test_an_untouched_wrapper_is_the_same_object():
    model = wrapping(WRAPPERS["Bidirectional"][0]())
    made = made_of(model, lambda draft: sheet(draft, "first").__setitem__("activation", "tanh"))
    assert made.get_layer("a") is model.get_layer("a")


def test_weights_that_were_given_to_what_is_inside_stay():
    model = wrapping(WRAPPERS["Bidirectional"][0]())
    wrapper = model.get_layer("a")
    wrapper.set_weights([np.full(weight.shape, 0.25) for weight in wrapper.get_weights()])
    kept = made_of(model, lambda draft: sheet(draft, "a").__setitem__("activation", "relu")).get_layer("a")
    assert kept is not wrapper
    assert all((weight == 0.25).all() for weight in kept.get_weights())
    drawn = made_of(model, lambda draft: apply_weight_init(draft, "zero")).get_layer("a")
    assert [bool(weight.any()) for weight in drawn.get_weights()] == [False, True, True] * 2
