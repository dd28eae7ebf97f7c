"""The callbacks of one training: they get every epoch, and their decisions are combined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, SupportsFloat
from weakref import WeakValueDictionary

from gridloom.core.boundary import contained
from gridloom.core.deciding import Decides, Decision, Epoch
from gridloom.core.spelling import spelled
from gridloom.errors import StopRun

LEARNING_RATE = "learning_rate"

HELD_OUT = "val_"
"""What stands in front of the names of what is noted of validation rows."""

MONITOR = "monitor"
"""The option of a callback that names what it watches."""

TEST_FOLD: Literal["test fold"] = "test fold"

Watched = float | Literal["test fold"] | None
"""A share of the rows that train, above 0 and below 1; or the rows that test, for curves alone; or none."""

NOTHING = Decision()

MOST_RATE = 3.4e38
"""About the largest number of float32, in which optimizers have their learning rate."""


@dataclass
class Following:
    """The callbacks of one training, by the names used in messages.

    An engine calls `begin` before the first epoch and `after_epoch` after each one, and acts on the decisions they
    return. `decides` is whether callbacks see the validation rows.
    """

    callbacks: Mapping[str, Decides]
    total: int
    decides: bool = True
    kept: int | None = None
    """The number of the epoch whose weights the model ends with; None for those of the last one."""
    _rates: list[float] = field(default_factory=list)
    _sets: dict[str, str] = field(default_factory=dict)
    """Which callback sets the learning rate, and which keeps weights."""

    def begin(self, learning_rate: float | None) -> Decision:
        """What to do before the first epoch: set a learning rate, or nothing."""
        decision = self._decided("begin", Epoch(0, {}, learning_rate, 0.0, self.total))
        if decision.stop or decision.keep:
            raise StopRun("a callback can neither stop a training nor keep weights before the first epoch")
        return decision

    def after_epoch(
        self, number: int, logs: Mapping[str, float], learning_rate: float | None = None, seconds: float = 0.0
    ) -> Decision:
        """What to do after an epoch (counted from 1) with these logs, trained with this learning rate."""
        if learning_rate is not None:
            self._rates.append(learning_rate)
        told = {name: value for name, value in logs.items() if self.decides or not name.startswith(HELD_OUT)}
        decision = self._decided(
            "after_epoch", Epoch(number, MappingProxyType(told), learning_rate, seconds, self.total)
        )
        if decision.keep:
            self.kept = number
        return decision

    def replay(
        self, logs: Mapping[str, Sequence[float]], rates: Sequence[float] = (), seconds: Sequence[float] = ()
    ) -> Decision:
        """Replay the epochs of a resumed training to the callbacks, after `begin`: the logs have one number per epoch.

        `rates` and `seconds` are what `after_epoch` got for each, where it did. Returns what is to be done after the
        last epoch, and `stop` where the training had ended at any of them.
        """
        decision, stop = NOTHING, False
        for number, values in enumerate(zip(*logs.values(), strict=True), start=1):
            told = {name: float(value) for name, value in zip(logs, values, strict=True)}
            rate = float(rates[number - 1]) if len(rates) else None
            decision = self.after_epoch(number, told, rate, float(seconds[number - 1]) if len(seconds) else 0.0)
            stop = stop or decision.stop
        return replace(decision, stop=stop)

    @property
    def history(self) -> dict[str, list[float]]:
        """The learning rate of every epoch if a callback sets it, to be added to the history of the engine."""
        return {LEARNING_RATE: [*self._rates]} if LEARNING_RATE in self._sets else {}

    def _decided(self, moment: str, epoch: Epoch) -> Decision:
        """What all callbacks decide together; StopRun where two of them set the same."""
        found = NOTHING
        for name, callback in self.callbacks.items():
            decide = getattr(callback, moment, None)
            if decide is None:
                continue
            with contained(f"the callback '{name}'"):
                own = decide(epoch)
            if own is None:
                continue
            if not isinstance(own, Decision):
                raise StopRun(f"the callback '{name}' should return a gridloom.Decision or None, not {own!r:.80}")
            _check_rate(name, own.learning_rate, epoch)
            for what, is_set in ((LEARNING_RATE, own.learning_rate is not None), ("weights", own.keep)):
                if is_set and self._sets.setdefault(what, name) != name:
                    does = "set the learning rate" if what == LEARNING_RATE else "keep weights"
                    raise StopRun(f"the callbacks '{self._sets[what]}' and '{name}' both {does}; use one of them")
            rate = found.learning_rate if own.learning_rate is None else own.learning_rate
            found = Decision(found.stop or own.stop, rate, found.keep or own.keep)
        return found


def _check_rate(name: str, rate: Any, epoch: Epoch) -> None:
    """StopRun for a learning rate that is no number or that no one can set, ValueError for one that no training could have."""
    if rate is None:
        return
    if epoch.learning_rate is None:
        raise StopRun(
            f"the callback '{name}' sets the learning rate, but the optimizer follows its own schedule; remove one of "
            f"the two"
        )
    if isinstance(rate, bool | str) or not isinstance(rate, SupportsFloat) or bool(getattr(rate, "ndim", None)):
        raise StopRun(f"the callback '{name}' should return a number as learning rate, not {rate!r:.80}")
    if not 0 <= float(rate) <= MOST_RATE:
        raise ValueError(
            f"the callback '{name}' returns the learning rate {rate:g}; it should be finite and not negative"
        )


def cannot_monitor(name: Any, watched: Watched) -> str:
    """Why a callback cannot monitor this, to come behind its name; empty where it can, or only the training tells."""
    if not isinstance(name, str) or not name.startswith(HELD_OUT) or isinstance(watched, float):
        return ""
    way_out = f"write {spelled('validation', 0.2, 'training')}, or monitor '{name.removeprefix(HELD_OUT)}'"
    if watched == TEST_FOLD:
        return f"monitors '{name}', but decisions based on the test fold would inflate its score; {way_out}"
    return f"monitors '{name}', but no rows are held out; {way_out}"


_made: WeakValueDictionary[int, Any] = WeakValueDictionary()
"""All that callbacks have made for trainings, as far as it is still there."""


def made_anew(name: str, made: Any) -> Any:
    """What a callback has made for a training; StopRun where it has made this object before, which remembers other trainings."""
    if _made.get(id(made)) is made:
        raise StopRun(
            f"the callback '{name}' returns the same object again; it should make a new one for each training"
        )
    with suppress(TypeError):  # what has no weak references is not looked after
        _made[id(made)] = made
    return made


def told_the_test_fold(name: str) -> str:
    """Why there cannot be a Keras callback, which gets all logs, when these include the test rows."""
    return (
        f"the callback '{name}' is a Keras callback, which would see the test fold, and decisions based on it would "
        f"inflate its score; write {spelled('validation', 0.2, 'training')}, or remove one of the two"
    )


def checked(name: str, made: Any) -> Decides:
    """What a callback has made for a training; StopRun where it cannot decide."""
    if not callable(getattr(made, "after_epoch", None)):
        raise StopRun(
            f"the callback '{name}' should make an object with a method after_epoch(epoch), not {type(made).__name__}; "
            f"declare a Keras callback with Callback(..., keras=True)"
        )
    found: Decides = made
    return found
