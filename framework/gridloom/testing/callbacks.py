"""The contract of callbacks: they decide only by the epochs that they get, so a repeated training ends the same way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from gridloom.core.deciding import Decides, Decision, Epoch
from gridloom.core.following import LEARNING_RATE, NOTHING
from gridloom.core.trials import FitResult
from gridloom.errors import StopRun
from gridloom.registry.records import Callback
from gridloom.testing.contract import Contract
from gridloom.testing.experiments import run_tiny

RATE = 0.001
"""The learning rate that a training begins with, as Adam's."""

CURVES: Mapping[str, Sequence[float]] = {
    "falling": (1.0, 0.8, 0.65, 0.53, 0.44, 0.37, 0.31, 0.27),
    "rising": (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
    "level": (0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5),
    "rising again": (0.9, 0.6, 0.5, 0.55, 0.52, 0.6, 0.7, 0.8),
    "not a number": (0.9, 0.6, math.nan, 0.5, math.nan, math.inf, math.nan, 0.4),
    "of one epoch": (0.7,),
}
"""What is noted epoch by epoch."""

TRAINING = {"epochs": 8, "batch_size": 8, "learning_rate": RATE, "validation": 0.25}
"""How the networks of the real run are trained."""


class CallbackContract(Contract):
    """Inherit to test a callback, on simulated trainings and in a real run.

    - `noted`: the names of the values in the logs of every epoch, including all that it may monitor.
    - `experiment`: keys that override the tiny experiment that trains networks with it, such as `{"model":
    "my-network"}`.
    """

    kind = Callback
    noted: ClassVar[Sequence[str]] = ("loss", "accuracy", "val_loss", "val_accuracy")
    experiment: ClassVar[Mapping[str, Any]] = {}

    def make(self) -> Any:
        """What it makes for a training, with the options of the contract."""
        return self.record.make(**self.bound.options)

    def training(self, curve: Sequence[float], total: int | None = None) -> list[Epoch]:
        """The epochs of a simulated training along this curve: before it, and after each epoch."""
        total = total or len(curve)
        seen = [Epoch(n, dict.fromkeys(self.noted, value), RATE, 0.1 * n, total) for n, value in enumerate(curve, 1)]
        return [Epoch(0, {}, RATE, 0.0, total), *seen]

    def test_each_training_gets_a_new_one(self) -> None:
        """`make` returns an object that can decide, a new one for each training."""
        first, second = self.make(), self.make()
        assert first is not second, "it returns the same object twice, so that one training would affect another"
        if self.record.keras:
            found = f"it returns a {type(first).__name__}, not a keras.callbacks.Callback as keras=True promises"
            assert any(_is_keras_callback(base) for base in type(first).__mro__), found
            return
        assert callable(getattr(first, "after_epoch", None)), f"{type(first).__name__} has no method after_epoch(epoch)"

    @pytest.mark.parametrize("name", CURVES)
    def test_it_decides_alike_every_time(self, name: str) -> None:
        """Given the same epochs, it makes the same decisions, whatever other trainings there are meanwhile."""
        if self.record.keras:
            return
        epochs = self.training(CURVES[name])
        alone = [*decided(self.make(), epochs)]
        others = [decided(self.make(), self.training(CURVES[other])) for other in CURVES]
        beside = []
        for decision in decided(self.make(), epochs):
            beside.append(decision)
            for other in others:
                next(other, None)
        assert beside == alone, (
            f"for a training that is {name} it decides {_told(beside)} along with other trainings, but alone "
            f"{_told(alone)}; keep what it knows of a training in the object made for it, and do not use random numbers"
        )

    @pytest.mark.parametrize("name", CURVES)
    def test_it_decides_what_an_engine_can_do(self, name: str) -> None:
        """It returns a `gridloom.Decision` with a valid learning rate, or None."""
        if self.record.keras:
            return
        for number, decision in enumerate(decided(self.make(), self.training(CURVES[name]))):
            assert isinstance(decision, Decision), (
                f"it returns {decision!r} after epoch {number}, not a gridloom.Decision or None"
            )
            rate = decision.learning_rate
            is_rate = rate is None or (math.isfinite(rate) and rate >= 0)
            assert is_rate, f"it sets the learning rate {rate} after epoch {number} of a training that is {name}"

    def test_it_leaves_the_logs_alone(self) -> None:
        """Other callbacks get the same logs, and so does the history."""
        if self.record.keras:
            return
        epochs = self.training(CURVES["falling"])
        before = [replace(epoch, logs=dict(epoch.logs)) for epoch in epochs]
        for _ in decided(self.make(), epochs):
            pass
        assert epochs == before, "it changes the logs passed to it"

    def test_a_longer_training_begins_as_a_shorter_one_does(self) -> None:
        """Unless the record has `depends_on_total`, so that a search can resume trainings."""
        if self.record.is_bound_to_total(self.bound.options):
            return
        for name, curve in CURVES.items():
            short, long = (decided(self.make(), self.training(curve, len(curve) * factor)) for factor in (1, 3))
            assert [*short] == [*long], (
                f"for a training that is {name} its decisions change with the total number of epochs; set "
                f"depends_on_total=True in its record"
            )

    def test_it_says_so_when_nothing_is_noted_by_the_name_that_it_monitors(self) -> None:
        """It raises `gridloom.StopRun`, as `epoch.value(name)` does, or does not need the value."""
        if self.record.keras:
            return
        told = [replace(epoch, logs={"other": 0.5}) for epoch in self.training(CURVES["level"]) if epoch.number]
        try:
            [*decided(self.make(), told)]
        except StopRun:
            return
        except Exception as error:
            pytest.fail(f"it raises {type(error).__name__} if the logs have other names; use epoch.value(name)")

    def test_a_real_run_does_what_it_decides(self, tmp_path: Path) -> None:
        """Networks are trained for the epochs, and with the learning rates, that it decides from their histories."""
        training = {**TRAINING, "callbacks": [self.selection]}
        search = {"space": {"model": {"network": ["dense"]}}}
        keys = {"model": "tiny-network", "training": training, "search": search, **self.experiment}
        result = run_tiny(tmp_path, *self.plugins, **keys)
        assert not result.failed, result.failed[0].failures[0][1].error or ""
        total = keys["training"].get("epochs", 100)
        for found in [found for trial in result.trials for found in trial.results if found]:
            assert found.history, "its history is empty"
            if not self.record.keras:
                self._check_history(found, total)

    def _check_history(self, found: FitResult, total: int) -> None:
        """Check that a fit was trained as the callback decides by its history."""
        noted = {name: values for name, values in found.history.items() if name != LEARNING_RATE}
        trained = len(next(iter(noted.values())))
        rates = found.history.get(LEARNING_RATE)
        logs = [{name: values[n] for name, values in noted.items()} for n in range(trained)]
        rate, decides, is_stopped = RATE, self.make(), False
        for number, told in enumerate([{}, *logs]):
            if number and rates:
                assert rates[number - 1] == pytest.approx(rate, rel=1e-5), (
                    f"epoch {number} was trained with the learning rate {rates[number - 1]}, but the callback decided "
                    f"{rate}"
                )
            assert not is_stopped, f"it decided to stop after {number - 1} epochs, but {trained} were trained"
            (decision,) = decided(decides, [Epoch(number, told, rate, 0.0, total)])
            rate = rate if decision.learning_rate is None else decision.learning_rate
            is_stopped = decision.stop
        assert is_stopped or trained == total, (
            f"it did not decide to stop, but only {trained} of {total} epochs were trained"
        )


def _is_keras_callback(base: type) -> bool:
    """Whether a class is Keras's `Callback`, which is not imported to know."""
    return base.__name__ == "Callback" and base.__module__.partition(".")[0] == "keras"


def decided(callback: Decides, epochs: Iterable[Epoch]) -> Iterator[Decision]:
    """What a callback decides for these epochs, until it stops."""
    for epoch in epochs:
        decide = callback.after_epoch if epoch.number else getattr(callback, "begin", None)
        decision = (decide(epoch) if decide else None) or NOTHING
        yield decision
        if getattr(decision, "stop", False):
            return


def _told(decisions: Sequence[Decision]) -> str:
    """Decisions in short."""
    parts = [
        "stop"
        if one.stop
        else f"rate {one.learning_rate:g}"
        if one.learning_rate is not None
        else "keep"
        if one.keep
        else "-"
        for one in decisions
    ]
    return ", ".join(parts)
