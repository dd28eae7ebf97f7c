"""Options of built-in callbacks that do not suit each other are refused before anything is trained."""

from __future__ import annotations

import pytest

from gridloom.core.draft import Part
from gridloom.registry.records import Callback


@pytest.mark.parametrize(
    ("callback", "refusal"),
    [
        ({"name": "time_limit"}, "'time_limit' takes either 'seconds' or 'minutes'"),
        ({"name": "time_limit", "seconds": 5, "minutes": 1}, "'time_limit' takes either 'seconds' or 'minutes'"),
        (
            {"name": "lr_schedule", "every": 5},
            "'every' is for 'schedule: step or exponential', not for 'schedule: cosine'",
        ),
        ({"name": "lr_schedule", "schedule": "step", "epochs": 5}, "'epochs' is for 'schedule: cosine'"),
        ({"name": "lr_schedule", "schedule": "constant", "min_lr": 0.1}, "'min_lr' is for a schedule that falls"),
        (
            {"name": "early_stopping", "monitor": "val_mine"},
            "more of 'val_mine' may be better or worse; write 'mode: max'",
        ),
        ({"name": "reduce_lr_on_plateau", "factor": 1.5}, "should be less than 1, not 1.5"),
    ],
)
def test_options_that_do_not_suit_each_other_are_refused(gridloom, write, callback, refusal):
    training = {"epochs": 2, "validation": 0.2, "callbacks": ["terminate_on_nan", callback]}
    search = {"space": {"neurons": {"neurons": [2]}}}
    done = gridloom("check", write(dataset="pima", model="mlp", training=training, search=search))
    assert done.returncode == 2
    assert refusal in done.stderr
    assert "small.yaml:" in done.stderr


def test_options_that_are_searched_may_complete_a_callback(gridloom, write):
    training = {"epochs": 2, "callbacks": ["time_limit"]}
    space = {"callbacks": {"time_limit": {"seconds": [1, 2]}}}
    done = gridloom("check", write(dataset="pima", model="mlp", training=training, search={"space": space}))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "options", "depends"),
    [
        ("lr_schedule", {}, True),
        ("lr_schedule", {"epochs": 20}, False),
        ("lr_schedule", {"schedule": "step"}, False),
        ("early_stopping", {}, False),
    ],
)
def test_only_a_cosine_without_epochs_depends_on_how_long_the_training_is(registry, name, options, depends):
    record = registry.find(Callback, name).record
    assert record.is_bound_to_total(dict(Part(name, options))) is depends
