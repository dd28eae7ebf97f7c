"""Built-in callbacks decide as those of Keras do, epoch by epoch."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbacks.trained import RATE, by_gridloom, by_keras
from gridloom import StopRun
from gridloom_plugins.callbacks.early_stopping import EarlyStopping
from gridloom_plugins.callbacks.lr_schedule import LearningRateSchedule
from gridloom_plugins.callbacks.monitoring import DOWN, UP, direction
from gridloom_plugins.callbacks.reduce_lr_on_plateau import ReduceOnPlateau
from gridloom_plugins.callbacks.terminate_on_nan import TerminateOnNaN

steps = st.integers(-6, 6).map(lambda number: float(np.float32(0.5 + number / 20)))
later = st.lists(st.one_of(steps, st.floats(-2, 2, width=32), st.sampled_from([math.nan, math.inf])), max_size=14)
values = st.tuples(st.one_of(steps, st.floats(-2, 2, width=32)), later).map(lambda parts: [parts[0], *parts[1]])
modes = st.sampled_from([("loss", "auto"), ("val_loss", "min"), ("val_loss", "max"), ("val_loss", "auto")])
deltas = st.sampled_from([0.0, 0.05, 1e-4, 0.1])


@settings(max_examples=60)
@given(values, modes, deltas, st.integers(0, 3), st.integers(0, 4), st.booleans())
def test_early_stopping_stops_and_restores_as_keras_does(keras, found, mode, delta, patience, start, restore):
    monitor, mode = mode
    options = {
        "monitor": monitor,
        "mode": mode,
        "min_delta": delta,
        "patience": patience,
        "start_from_epoch": start,
        "restore_best_weights": restore,
    }
    logs = [{monitor: 0.5 if index == start and math.isnan(value) else value} for index, value in enumerate(found)]
    theirs = by_keras(keras.callbacks.EarlyStopping(**options), logs)
    assert by_gridloom(EarlyStopping(**options), logs) == theirs


@settings(max_examples=60)
@given(
    values, modes, deltas, st.integers(0, 3), st.integers(0, 3), st.sampled_from([0.5, 0.1]), st.sampled_from([0, 0.03])
)
def test_the_learning_rate_is_reduced_as_by_keras(keras, found, mode, delta, patience, cooldown, factor, least):
    monitor, mode = mode
    options = {
        "monitor": monitor,
        "mode": mode,
        "min_delta": delta,
        "patience": patience,
        "cooldown": cooldown,
        "factor": factor,
        "min_lr": least,
    }
    logs = [{monitor: value} for value in found]
    theirs = by_keras(keras.callbacks.ReduceLROnPlateau(**options), logs)
    assert by_gridloom(ReduceOnPlateau(**options), logs) == theirs


@pytest.mark.parametrize("losses", [[0.5, 0.4, math.nan, math.nan], [math.inf, 0.5], [0.5, 0.4, 0.3]])
def test_a_training_ends_with_the_epoch_whose_loss_is_no_number(keras, losses):
    logs = [{"loss": loss} for loss in losses]
    assert by_gridloom(TerminateOnNaN(), logs) == by_keras(keras.callbacks.TerminateOnNaN(), logs)


@pytest.mark.parametrize(
    ("options", "schedule"),
    [
        ({"schedule": "cosine"}, lambda keras: keras.optimizers.schedules.CosineDecay(RATE, 12)),
        (
            {"schedule": "cosine", "epochs": 5, "min_lr": 0.01},
            lambda keras: keras.optimizers.schedules.CosineDecay(RATE, 5, alpha=0.1),
        ),
        (
            {"schedule": "step", "factor": 0.5, "every": 4},
            lambda keras: keras.optimizers.schedules.ExponentialDecay(RATE, 4, 0.5, staircase=True),
        ),
        (
            {"schedule": "exponential", "factor": 0.5, "every": 4},
            lambda keras: keras.optimizers.schedules.ExponentialDecay(RATE, 4, 0.5),
        ),
        ({"schedule": "constant"}, lambda keras: lambda epoch: RATE),
    ],
)
def test_learning_rates_are_those_of_schedules_of_keras(keras, options, schedule):
    logs = [{"loss": 0.5}] * 12
    made = schedule(keras)
    scheduler = keras.callbacks.LearningRateScheduler(lambda epoch, _: float(made(epoch)))
    theirs = by_keras(scheduler, logs)
    assert by_gridloom(LearningRateSchedule(**options), logs).rates == pytest.approx(theirs.rates, rel=5e-6)


def test_a_warm_up_rises_evenly_to_where_the_schedule_begins():
    logs = [{"loss": 0.5}] * 8
    rates = by_gridloom(LearningRateSchedule(schedule="constant", warmup_epochs=3), logs).rates
    assert rates == pytest.approx([RATE / 4, RATE / 2, RATE * 3 / 4, *[RATE] * 5])
    falling = by_gridloom(LearningRateSchedule(warmup_epochs=3), logs).rates
    assert falling[:4] == pytest.approx(rates[:4])
    assert falling[4:] == pytest.approx([RATE * (1 + math.cos(math.pi * t / 5)) / 2 for t in range(1, 5)])


def test_the_names_of_metrics_tell_as_much_as_their_classes_tell_keras(keras):
    needed = {"num_classes": 2, "target_class_ids": [0], "recall": 0.5, "precision": 0.5, "specificity": 0.5}
    needed |= {"sensitivity": 0.5, "fn": keras.losses.mean_squared_error}
    told = 0
    for metric in {item for item in vars(keras.metrics).values() if isinstance(item, type)}:
        made = _made(metric, needed)
        if made is None or getattr(made, "_direction", None) is None or made.name == "mean_metric_wrapper":
            continue
        told += 1
        assert direction(f"val_{made.name}", "auto") == {"up": "max", "down": "min"}[made._direction]
    assert told > 30
    assert not UP & DOWN
    with pytest.raises(StopRun, match="mode: max"):
        direction("val_false_positives", "auto")


def _made(metric, needed):
    """The metric with as few arguments as it needs; None where it needs others."""
    for names in ((), ("num_classes",), ("num_classes", "target_class_ids"), *((name,) for name in needed)):
        try:
            return metric(**{name: needed[name] for name in names})
        except (TypeError, ValueError):
            continue
    return None


def test_anything_is_better_than_nan():
    logs = [{"val_loss": value} for value in (math.nan, 0.5, 0.6, 0.7)]
    training = by_gridloom(EarlyStopping(patience=2, restore_best_weights=True), logs)
    assert (len(training.rates), training.kept) == (4, 2)
