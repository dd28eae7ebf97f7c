"""Families that edit what happens between epochs: early stopping, and the schedule of the learning rate."""

from __future__ import annotations

import pytest

from families.networks import dense, draft_of
from gridloom import Part
from gridloom_plugins.callbacks import lr_schedule
from gridloom_plugins.families.early_stopping import apply_early_stopping
from gridloom_plugins.families.schedule import apply_schedule


def with_callbacks(**callbacks):
    draft = draft_of(dense("output", 1, "sigmoid", is_output=True))
    draft.callbacks = [Part(f"builtin-callbacks:{name}", options) for name, options in callbacks.items()]
    return draft


def callbacks_of(draft):
    return {part.class_name.rpartition(":")[2]: dict(part) for part in draft.callbacks}


def test_early_stopping_is_added_where_there_is_none():
    draft = with_callbacks()
    apply_early_stopping(draft, 5)
    assert callbacks_of(draft) == {"early_stopping": {"patience": 5}}


def test_early_stopping_keeps_what_the_experiment_says_unless_it_is_searched():
    draft = with_callbacks(
        early_stopping={"patience": 3, "monitor": "val_auc", "mode": "max"}, time_limit={"seconds": 60}
    )
    apply_early_stopping(draft, 20, min_delta=0.0, restore_best_weights=False)
    stopping = {"patience": 20, "monitor": "val_auc", "mode": "max", "min_delta": 0.0, "restore_best_weights": False}
    assert callbacks_of(draft) == {"early_stopping": stopping, "time_limit": {"seconds": 60}}


@pytest.mark.parametrize("callbacks", [{}, {"early_stopping": {"patience": 3}}])
def test_without_patience_nothing_stops_early_and_that_is_an_edit(callbacks):
    draft = with_callbacks(**callbacks)
    before = draft.state
    apply_early_stopping(draft, None, restore_best_weights=True)
    assert callbacks_of(draft) == {}
    assert draft.state != before


def test_a_schedule_takes_from_the_experiment_what_suits_it():
    options = {"schedule": "step", "factor": 0.5, "every": 10, "min_lr": 0.001, "warmup_epochs": 3}
    expected = {
        "cosine": {"schedule": "cosine", "min_lr": 0.001, "warmup_epochs": 3},
        "exponential": {**options, "schedule": "exponential"},
        "step": options,
    }
    for schedule, suits in expected.items():
        draft = with_callbacks(lr_schedule=options)
        apply_schedule(draft, schedule)
        assert callbacks_of(draft) == {"lr_schedule": suits}
        assert lr_schedule.CALLBACK.make(**suits)


def test_without_a_schedule_the_learning_rate_stays_but_for_a_warm_up():
    draft = with_callbacks(lr_schedule={"epochs": 7, "min_lr": 0.1})
    apply_schedule(draft, None, 5)
    assert callbacks_of(draft) == {"lr_schedule": {"schedule": "constant", "warmup_epochs": 5}}
    before = draft.state
    apply_schedule(draft, None, 0)
    assert callbacks_of(draft) == {}
    assert draft.state != before
