"""Programs that are used again: training on one is bit-identical to training on a new one."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from gridloom_plugins.families.activation import apply_activation
from gridloom_plugins.families.dropout import apply_dropout
from gridloom_plugins.families.neurons import apply_neurons
from gridloom_plugins.families.weight_init import apply_weight_init
from gridloom_plugins.models import mlp
from gridloom_plugins.networks import programs
from gridloom_plugins.networks.making import make_model
from gridloom_plugins.networks.programs import compiled_model
from networks.models import BINARY, X, Y, compiled, read, sequential

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _keras():
    """Import Keras when the first of these tests runs, and not when pytest collects them."""
    global keras, layers  # noqa: PLW0603
    import keras
    from keras import layers


def trained(seed, *, steps=5, edit=None, build=None, **training):
    """What came of training an mlp with dropout under this seed: its program's model, weights and losses."""
    keras.utils.set_random_seed(seed)
    model = build() if build else mlp.build(BINARY, hidden=(6,), dropout=0.25)
    draft = read(model, **training)
    if edit:
        edit(draft)
    program = compiled_model(draft, model, make_model(draft, model), "tests:mlp", steps)
    keras.utils.set_random_seed(seed)
    history = program.fit(X, Y, epochs=2, batch_size=10, verbose=0)
    return SimpleNamespace(model=program, weights=program.get_weights(), losses=history.history["loss"])


def fresh(*args, **kwargs):
    programs._kept.clear()
    result = trained(*args, **kwargs)
    programs._kept.clear()
    return result


def assert_identical(one, two):
    assert one.losses == two.losses
    for left, right in zip(one.weights, two.weights, strict=True):
        np.testing.assert_array_equal(left, right)


OPTIMIZERS = ["adam", {"name": "sgd", "momentum": 0.9, "learning_rate": 0.05}]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=["adam", "momentum"])
def test_training_on_a_program_used_again_is_bit_identical_to_training_on_a_new_one(optimizer):
    seeds = (1, 2)
    alone = [fresh(seed, optimizer=optimizer) for seed in seeds]
    again = [trained(seed, optimizer=optimizer) for seed in (*seeds, 1)]
    assert len({id(result.model) for result in again}) == 1
    for one, two in zip([*alone, alone[0]], again, strict=True):
        assert_identical(one, two)
    assert alone[0].losses != alone[1].losses


def test_initializers_share_a_program_and_each_trains_from_its_own_weights():
    def ones(draft):
        apply_weight_init(draft, "one")

    alone, of_ones = fresh(1), fresh(2, edit=ones)
    trained(1)
    between = trained(2, edit=ones)
    again = trained(1)
    assert again.model is between.model
    assert_identical(of_ones, between)
    assert_identical(alone, again)


def test_statistics_of_batch_normalization_do_not_leak_from_fit_to_fit():
    def build():
        stack = (layers.Dense(4), layers.BatchNormalization(), layers.Dense(1, "sigmoid"))
        model = sequential(*stack)
        model.compile("adam", "binary_crossentropy")
        return model

    alone = fresh(2, build=build)
    first = trained(1, build=build)
    second = trained(2, build=build)
    assert first.model is second.model
    assert_identical(alone, second)


def test_a_schedule_begins_anew_with_every_fit():
    def build():
        return compiled(keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)))

    alone = fresh(2, build=build)
    trained(1, build=build)
    assert_identical(alone, trained(2, build=build))


@pytest.mark.parametrize(
    "other",
    [
        {"edit": lambda draft: apply_neurons(draft, 7)},
        {"edit": lambda draft: apply_activation(draft, "tanh")},
        {"edit": lambda draft: apply_dropout(draft, 0.5)},
        {"edit": lambda draft: apply_dropout(draft, 0.0, 3)},
        {"edit": lambda draft: draft.loss.__setitem__("label_smoothing", 0.25)},
        {"learning_rate": 0.25},
        {"optimizer": "sgd"},
        {"steps": 1},
    ],
    ids=["width", "activation", "dropout", "constraint", "loss", "rate", "optimizer", "steps"],
)
def test_models_of_different_structure_share_no_program(other):
    keras.utils.set_random_seed(1)
    with_names = {"build": lambda: sequential(layers.Dense(6, "relu", name="a"), layers.Dense(1, "sigmoid", name="b"))}

    def program(steps=5, edit=None, **training):
        model = with_names["build"]()
        draft = read(model, **training)
        if edit:
            edit(draft)
        return compiled_model(draft, model, make_model(draft, model), "tests:named", steps)

    plain = program()
    assert program(**other) is not plain
    assert program() is plain


def test_models_of_different_builders_share_no_program():
    def program(builder):
        model = sequential(layers.Dense(1, name="a"))
        draft = read(model)
        return compiled_model(draft, model, make_model(draft, model), builder, 1)

    one = program("one {}")
    assert program("two {}") is not one
    assert program("one {}") is one


def test_only_the_programs_used_last_are_kept():
    def program(rate):
        model = sequential(layers.Dense(1, name="a"))
        draft = read(model, learning_rate=rate)
        return compiled_model(draft, model, make_model(draft, model), "builder", 1)

    first = program(0.5)
    for number in range(programs.CAPACITY - 1):
        program(0.001 * (number + 1))
        assert program(0.5) is first
    assert len(programs._kept) == programs.CAPACITY
    for number in range(programs.CAPACITY):
        program(1.0 + number)
    assert len(programs._kept) == programs.CAPACITY
    assert program(0.5) is not first
