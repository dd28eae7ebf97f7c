"""Default values of the families: those of the article, and what makes no sense is found in time."""

from __future__ import annotations

import pytest

from gridloom_plugins.families import activation, batch, dropout, learning_rate, neurons, weight_init


def values(family):
    return {parameter.name: parameter.default.values() for parameter in family.parameters}


def test_weight_init_tries_the_articles_eight_initializers():
    names = ("uniform", "lecun_uniform", "normal", "zero", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform")
    assert values(weight_init.FAMILY) == {"init_mode": names}


def test_activation_tries_the_articles_eight_functions():
    names = ("softmax", "softplus", "softsign", "relu", "tanh", "sigmoid", "hard_sigmoid", "linear")
    assert values(activation.FAMILY) == {"activation": names}


def test_dropout_tries_the_articles_ten_rates_and_five_constraints():
    assert values(dropout.FAMILY) == {
        "dropout_rate": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
        "weight_constraint": (1, 2, 3, 4, 5),
    }


def test_neurons_tries_the_articles_seven_widths():
    assert values(neurons.FAMILY) == {"neurons": (1, 5, 10, 15, 20, 25, 30)}


def test_batch_tries_the_articles_six_sizes_and_three_numbers_of_epochs():
    assert values(batch.FAMILY) == {"batch_size": (10, 20, 40, 60, 80, 100), "epochs": (10, 50, 100)}


def test_learning_rate_tries_the_articles_five_rates_and_six_momenta():
    assert values(learning_rate.FAMILY) == {
        "learn_rate": (0.001, 0.01, 0.1, 0.2, 0.3),
        "momentum": (0.0, 0.2, 0.4, 0.6, 0.8, 0.9),
    }


@pytest.mark.parametrize("family", [weight_init.FAMILY, activation.FAMILY, dropout.FAMILY, neurons.FAMILY])
def test_every_default_value_is_one_that_the_family_admits(family, tmp_path):
    for parameter in family.parameters:
        for value in parameter.default.values():
            assert family.options.known[parameter.name].validate(value, tmp_path) == (value, [])


@pytest.mark.parametrize(
    ("family", "name", "value"),
    [
        (neurons.FAMILY, "neurons", 0),
        (neurons.FAMILY, "neurons", 2.5),
        (activation.FAMILY, "activation", "rellu"),
        (weight_init.FAMILY, "init_mode", "he"),
        (dropout.FAMILY, "dropout_rate", 1.0),
        (dropout.FAMILY, "dropout_rate", -0.1),
        (dropout.FAMILY, "weight_constraint", 0),
    ],
)
def test_a_value_that_makes_no_sense_is_found_before_anything_trains(family, name, value, tmp_path):
    _, findings = family.options.known[name].validate(value, tmp_path)
    assert len(findings) == 1
