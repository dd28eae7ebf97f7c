"""What a family writes into a draft takes effect, or is refused with its name: no engine ignores it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from families.networks import dense, draft_of
from gridloom import Budget, Layer, Part, Settings, StopRun, Work
from gridloom.core.calls import Calls
from gridloom.core.split import Split
from gridloom.registry.options import Options
from gridloom.registry.registry import load_registry
from gridloom.training.calls import _callback, _converter
from gridloom_plugins.networks.training import NetworkTraining

LOSS = {"monitor": "loss"}


def edited(apply, *, validation=None, decides=True, searched=(), callbacks=None):
    """A draft of two layers that went through a family, as every engine for networks has it edited."""
    draft = draft_of(dense("hidden", 4), dense("last", 1, is_output=True))
    training = SimpleNamespace(convert=_converter(Options(NetworkTraining, 0), Path()))
    callback = partial(_callback, load_registry(), Path())
    calls = Calls(None, {"mine": lambda draft, chosen: apply(draft)}, training, {}, callback)
    recipe = SimpleNamespace(engine=SimpleNamespace(name="fused"), model=SimpleNamespace(name="mlp"), decides=decides)
    fit = SimpleNamespace(
        candidate=SimpleNamespace(values={"mine": {}, "training": searched, "callbacks": callbacks or {}}),
        budget=Budget(),
        place=(None, 0, 0),
    )
    for name, value in (callbacks or {}).items():
        callback_name, _, option = name.partition(".")
        draft.callback(f"builtin-callbacks:{callback_name}")[option] = value
    split = Split(0, 0, np.arange(8), np.arange(8, 12), validation=validation)
    Work(recipe, calls, None, (split,), ()).edit(draft, fit)
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
            r"writes draft\.training\['callbacks'\], which the engine 'fused' does not read; write draft\.callback\('early_stopping'\)",
        ),
        (write("validation_split", 0.2), "to hold out rows, write 'validation: 0.2' under 'training:'"),
        (write("epoch", 3), r"draft\.training\['epoch'\]"),
        (write("class_weight", {0: 1.0, 1: 50.0}), r"draft\.training\['class_weight'\]"),
        (lambda draft: draft.training.pop("epochs"), r"deletes draft\.training\['epochs'\]"),
        (set_attribute("training", Settings({"epochs": 3, "batch_size": 8})), r"replaces draft\.training"),
        (set_attribute("loss", Part("MeanAbsoluteError")), r"replaces draft\.loss"),
        (set_attribute("optimizer", "sgd"), r"replaces draft\.optimizer"),
        (set_attribute("callbacks", ()), r"replaces draft\.callbacks"),
        (set_attribute("callback", []), "a draft has no attribute 'callback'; known: layers, optimizer"),
        (
            lambda draft: draft.callbacks.append("early_stopping"),
            "adds 'early_stopping' to draft.callbacks; write draft.callback",
        ),
        (
            lambda draft: draft.callback("early"),
            "adds an unknown callback: unknown callback 'early'; did you mean 'early_stopping'",
        ),
        (
            lambda draft: draft.callbacks.extend(
                [Part("early_stopping", LOSS), Part("builtin-callbacks:early_stopping")]
            ),
            "adds the callback 'builtin-callbacks:early_stopping', which the draft already has",
        ),
        (lambda draft: setattr(draft.hidden[0], "units", 30), r"no attribute 'units' to set; write layer\['units'\]"),
        (lambda draft: setattr(draft.loss, "delta", 1), r"no attribute 'delta' to set; write part\['delta'\]"),
        (lambda draft: draft.metrics.append("auc"), "adds 'auc' to draft.metrics"),
        (lambda draft: draft.layers.reverse(), "removes layers from the draft, or changes their order"),
        (lambda draft: draft.layers.pop(0), "removes layers from the draft"),
        (lambda draft: draft.layers.append({"class_name": "Dropout"}), r"to draft\.layers"),
        (lambda draft: draft.layers.insert(1, Layer("ReLU", {}, path=("hidden",))), "with the path of another"),
    ],
)
def test_what_no_engine_would_follow_stops_the_run(apply, said):
    with pytest.raises(StopRun, match=said):
        edited(apply)


def test_what_is_searched_under_training_no_family_sets_again():
    def learn(draft):
        draft.optimizer["learning_rate"] = 0.5

    edited(learn, searched=["batch_size"])
    with pytest.raises(
        StopRun, match="the family 'mine' sets 'learning_rate', which is also searched under 'training:'"
    ):
        edited(learn, searched=["learning_rate"])


def stop_early(draft, **options):
    draft.callback("early_stopping").update(options or {"patience": np.int64(3)})


def test_what_is_searched_of_callbacks_no_family_sets_again():
    (callback,) = edited(partial(stop_early, **LOSS), callbacks={"early_stopping.patience": 9}).callbacks
    assert dict(callback) == {"patience": 9, "monitor": "loss"}
    with pytest.raises(
        StopRun,
        match=r"the family 'mine' sets 'early_stopping\.patience', which is also searched under 'callbacks:'",
    ):
        edited(partial(stop_early, patience=5, **LOSS), callbacks={"early_stopping.patience": 9})


def test_a_callback_may_be_added_where_there_are_rows_for_it():
    (callback,) = edited(stop_early, validation=np.arange(4)).callbacks
    assert (callback.class_name, dict(callback)) == ("early_stopping", {"patience": 3})
    (callback,) = edited(partial(stop_early, monitor="loss")).callbacks
    assert dict(callback) == LOSS


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({}, "has a callback 'early_stopping' that monitors 'val_loss', but no rows are held out; write 'validation: 0.2'"),
        ({"validation": np.arange(4), "decides": False}, "but decisions based on the test fold would inflate its score"),
    ],
    ids=["no rows", "test fold"],
)  # fmt: skip
def test_a_callback_without_rows_for_it_stops_the_run(rows, said):
    with pytest.raises(StopRun, match=rf"the family 'mine' .*{said}"):
        edited(stop_early, **rows)


@pytest.mark.parametrize(
    ("option", "said"), [("patients", "unknown option 'patients'"), ("patience", "patience: should be")]
)
def test_an_option_that_a_callback_does_not_admit_fails_the_fit(option, said):
    with pytest.raises(ValueError, match=rf"the family 'mine' writes draft\.callback\('early_stopping'\): {said}"):
        edited(partial(stop_early, **{option: "long"}))


@pytest.mark.parametrize(
    ("key", "value"), [("epochs", "many"), ("epochs", 2.5), ("batch_size", 0), ("epochs", None), ("epochs", object())]
)
def test_a_value_that_the_engine_does_not_admit_fails_the_fit(key, value):
    with pytest.raises(ValueError, match=r"the family 'mine' writes draft\.training: "):
        edited(write(key, value))
