"""What a family writes into a draft takes effect, or is refused with its name: no engine ignores it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from families.networks import dense, draft_of
from gridloom import Layer, Part, Settings, StopRun, Work
from gridloom.core.work import Calls
from gridloom.registry.options import Options
from gridloom.training.calls import _converter
from gridloom_plugins.networks.training import NetworkTraining


def edited(apply):
    """A draft of two layers that went through a family, as every engine for networks has it edited."""
    draft = draft_of(dense("hidden", 4), dense("last", 1, is_output=True))
    training = SimpleNamespace(convert=_converter(Options(NetworkTraining, 0), Path()))
    calls = Calls(None, {"mine": lambda draft, chosen: apply(draft)}, training, {})
    recipe = SimpleNamespace(engine=SimpleNamespace(name="fused"), model=SimpleNamespace(name="mlp"))
    fit = SimpleNamespace(candidate=SimpleNamespace(values={"mine": {}}))
    Work(recipe, calls, None, (), ()).edit(draft, fit)
    return draft


def write(key, value):
    return lambda draft: draft.training.update({key: value})


def set_attribute(name, value):
    return lambda draft: setattr(draft, name, value)


def test_training_settings_that_the_engine_reads_may_be_written():
    assert edited(write("epochs", 3)).training["epochs"] == 3
    written = edited(write("batch_size", np.int64(16))).training["batch_size"]
    assert (type(written), written) == (int, 16)


@pytest.mark.parametrize(
    ("apply", "said"),
    [
        (
            write("callbacks", []),
            r"writes draft\.training\['callbacks'\], which the engine 'fused' does not read; known: batch_size, epochs$",
        ),
        (write("epoch", 3), r"draft\.training\['epoch'\]"),
        (write("class_weight", {0: 1.0, 1: 50.0}), r"draft\.training\['class_weight'\]"),
        (lambda draft: draft.training.pop("epochs"), r"deletes draft\.training\['epochs'\]"),
        (set_attribute("training", Settings({"epochs": 3, "batch_size": 8})), r"in the place of draft\.training"),
        (set_attribute("loss", Part("MeanAbsoluteError")), r"in the place of draft\.loss"),
        (set_attribute("optimizer", "sgd"), r"in the place of draft\.optimizer"),
        (set_attribute("callbacks", []), "a draft has no attribute 'callbacks' to set; known: layers, optimizer"),
        (lambda draft: setattr(draft.hidden[0], "units", 30), r"no attribute 'units' to set; write layer\['units'\]"),
        (lambda draft: setattr(draft.loss, "delta", 1), r"no attribute 'delta' to set; write part\['delta'\]"),
        (lambda draft: draft.metrics.append("auc"), "puts 'auc' into draft.metrics"),
        (lambda draft: draft.layers.reverse(), "takes layers out of the draft, or changes their order"),
        (lambda draft: draft.layers.pop(0), "takes layers out of the draft"),
        (lambda draft: draft.layers.append({"class_name": "Dropout"}), r"among draft\.layers"),
        (lambda draft: draft.layers.insert(1, Layer("ReLU", {}, path=("hidden",))), "with the path of another"),
    ],
)
def test_what_no_engine_would_follow_stops_the_run(apply, said):
    with pytest.raises(StopRun, match=said):
        edited(apply)


@pytest.mark.parametrize(
    ("key", "value"), [("epochs", "many"), ("epochs", 2.5), ("batch_size", 0), ("epochs", None), ("epochs", object())]
)
def test_a_value_that_the_engine_does_not_admit_fails_the_fit(key, value):
    with pytest.raises(ValueError, match=r"the family 'mine' writes draft\.training: "):
        edited(write(key, value))
