"""Options of built-in callbacks that do not suit each other are refused before anything is trained."""

from __future__ import annotations

import pytest
import yaml

from gridloom.core.draft import Part
from gridloom.experiment.bind import read_experiment
from gridloom.registry.records import Callback


@pytest.mark.parametrize(
    ("callback", "refusal"),
    [
        ({"name": "time_limit"}, "option 'seconds' (number > 0) is missing"),
        (
            {"name": "lr_schedule", "every": 5},
            "'every' is for 'schedule: step or exponential', not for 'schedule: cosine'",
        ),
        ({"name": "lr_schedule", "schedule": "step", "epochs": 5}, "'epochs' is for 'schedule: cosine'"),
        ({"name": "lr_schedule", "schedule": "constant", "min_lr": 0.1}, "'min_lr' is for a schedule that falls"),
        (
            {"name": "early_stopping", "monitor": "val_mine"},
            "it is not known whether a higher 'val_mine' is better; write 'mode: max'",
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


def test_options_of_a_callback_may_be_searched(gridloom, write):
    training = {"epochs": 2, "callbacks": [{"name": "time_limit", "seconds": 5}]}
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


def test_an_experiment_with_searched_options_is_read_again_as_its_run_writes_it(write, registry, tmp_path):
    space = {
        "callbacks": {"early_stopping": {"patience": [1, 2], "min_delta": {"low": 0.1, "high": 0.2, "count": 2}}},
        "preprocess": {"impute": {"numbers": ["mean", "median"]}, "standardize": ["standardize", "minmax"]},
    }
    callbacks = [{"name": "early_stopping", "monitor": "loss"}]
    file = write(
        dataset="pima",
        model="mlp",
        training={"callbacks": callbacks},
        preprocess=["impute", "standardize"],
        search={"space": space},
    )
    first = read_experiment(file, registry)
    again = tmp_path / "again.yaml"
    again.write_text(yaml.safe_dump(first.resolved))
    assert read_experiment(again, registry).space == first.space
