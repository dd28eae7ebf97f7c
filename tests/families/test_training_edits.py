"""Families that edit how a network is trained: batches, the optimizer, its learning rate and momentum."""

from __future__ import annotations

import itertools

import pytest

from families.networks import dense, draft_of
from gridloom import Part, StopRun
from gridloom_plugins.families.batch import apply_batch
from gridloom_plugins.families.learning_rate import apply_learning_rate
from gridloom_plugins.families.optimizer import FAMILY, apply_optimizer

DECAY = {
    "class_name": "ExponentialDecay",
    "config": {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.5},
}


def trained_by(class_name, **settings):
    draft = draft_of(dense("output", 1, "sigmoid", is_output=True))
    draft.optimizer = Part(class_name, settings)
    return draft


def optimizer_of(draft):
    return draft.optimizer.class_name, dict(draft.optimizer)


# batch


def test_batch_sets_the_rows_of_a_step_and_the_epochs():
    draft = trained_by("Adam")
    apply_batch(draft, batch_size=20, epochs=50)
    assert dict(draft.training) == {"epochs": 50, "batch_size": 20}


def test_a_part_of_batch_that_is_left_out_stays_as_the_experiment_says():
    draft = trained_by("Adam")
    apply_batch(draft, epochs=50)
    assert dict(draft.training) == {"epochs": 50, "batch_size": 10}


@pytest.mark.parametrize("apply", [apply_batch, apply_learning_rate])
def test_null_is_an_edit_that_changes_nothing(apply):
    draft = trained_by("SGD", learning_rate=0.5)
    before = draft.state
    apply(draft, None, None)
    assert draft.state != before
    assert (optimizer_of(draft), dict(draft.training)) == (
        ("SGD", {"learning_rate": 0.5}),
        {"epochs": 100, "batch_size": 10},
    )


# optimizer


def test_another_optimizer_has_the_defaults_of_keras_and_not_the_settings_of_the_builders():
    draft = trained_by("Adam", learning_rate=0.5, beta_1=0.8)
    apply_optimizer(draft, "rmsprop")
    assert optimizer_of(draft) == ("RMSprop", {})


def test_the_builders_own_optimizer_keeps_its_settings():
    draft = trained_by("SGD", learning_rate=0.5, momentum=0.9)
    before = draft.state
    apply_optimizer(draft, "sgd")
    assert optimizer_of(draft) == ("SGD", {"learning_rate": 0.5, "momentum": 0.9})
    assert draft.state != before


def test_what_is_set_before_the_optimizer_is_chosen_is_kept():
    draft = trained_by("Adam", learning_rate=0.5)
    draft.optimizer["learning_rate"] = 0.25  # as `training: learning_rate:` is
    draft.optimizer["clipnorm"] = 1.0
    apply_optimizer(draft, "nadam")
    assert optimizer_of(draft) == ("Nadam", {"learning_rate": 0.25, "clipnorm": 1.0})


@pytest.mark.parametrize("builders", ["SGD", "Adam"])
def test_optimizer_and_learning_rate_edit_in_any_order(builders):
    edits = (
        lambda draft: apply_optimizer(draft, "rmsprop"),
        lambda draft: apply_learning_rate(draft, 0.2),
        lambda draft: draft.optimizer.update(clipvalue=0.5),
    )
    for order in itertools.permutations(edits):
        draft = trained_by(builders, learning_rate=0.7)
        for edit in order:
            edit(draft)
        assert optimizer_of(draft) == ("RMSprop", {"learning_rate": 0.2, "clipvalue": 0.5})


def test_a_setting_that_the_chosen_optimizer_does_not_have_stops_the_run_in_either_order():
    draft = trained_by("SGD", learning_rate=0.5)
    apply_learning_rate(draft, 0.2, 0.9)
    with pytest.raises(StopRun, match=r"^optimizer: adam has no 'momentum', which another family sets; search it with"):
        apply_optimizer(draft, "adam")
    assert optimizer_of(draft) == ("SGD", {"learning_rate": 0.2, "momentum": 0.9})
    draft = trained_by("SGD", learning_rate=0.5)
    apply_optimizer(draft, "adam")
    with pytest.raises(StopRun, match=r"^learning_rate: the optimizer Adam has no momentum; write `training: "):
        apply_learning_rate(draft, 0.2, 0.9)


# learning_rate


@pytest.mark.parametrize("class_name", ["SGD", "RMSprop"])
def test_learning_rate_and_momentum_are_set_where_the_optimizer_has_them(class_name):
    draft = trained_by(class_name)
    apply_learning_rate(draft, 0.2, 0.9)
    assert optimizer_of(draft) == (class_name, {"learning_rate": 0.2, "momentum": 0.9})


def test_an_optimizer_of_the_builders_own_may_have_momentum_too():
    draft = trained_by("Nesterov1983", momentum=0.5)
    apply_learning_rate(draft, momentum=0.9)
    assert draft.optimizer["momentum"] == 0.9


def test_a_learning_rate_takes_the_place_of_a_schedule_and_null_leaves_it():
    draft = trained_by("SGD", learning_rate=DECAY)
    apply_learning_rate(draft, None, 0.9)
    assert draft.optimizer["learning_rate"] == DECAY
    apply_learning_rate(draft, 0.2)
    assert draft.optimizer["learning_rate"] == 0.2


def test_the_optimizers_of_the_article_are_tried_by_default():
    (parameter,) = FAMILY.parameters
    assert parameter.default.values() == ("sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamax", "nadam")
