"""Built-in callbacks as those of Keras: code for scripts that do without Gridloom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from gridloom_plugins.callbacks.early_stopping import EarlyStopping
from gridloom_plugins.callbacks.lr_schedule import EVERY, FACTOR, LearningRateSchedule
from gridloom_plugins.callbacks.monitoring import direction
from gridloom_plugins.callbacks.reduce_lr_on_plateau import ReduceOnPlateau

OWN = "builtin-callbacks:"
"""What the names of built-in callbacks begin with."""


@dataclass(frozen=True)
class Written:
    """A callback as code: the expression that makes it, and functions that it calls."""

    expression: str
    functions: str = ""


def keras_code(name: str, options: Mapping[str, Any], rate: float | None, epochs: int) -> Written | None:
    """The callback of Keras that does what the one of this name does, None where there is none.

    `rate` is the optimizer's learning rate, and `epochs` how many a training has in all.
    """
    plain = name.removeprefix(OWN) if name.startswith(OWN) else ""
    if plain == "early_stopping":
        return Written(_call("EarlyStopping", EarlyStopping(**options)))
    if plain == "reduce_lr_on_plateau":
        return Written(_call("ReduceLROnPlateau", ReduceOnPlateau(**options)))
    if plain == "terminate_on_nan":
        return Written("keras.callbacks.TerminateOnNaN()")
    if plain == "lr_schedule" and rate is not None:
        schedule = _schedule(LearningRateSchedule(**options), rate, epochs)
        return Written("keras.callbacks.LearningRateScheduler(learning_rate)", schedule)
    return None


def _call(keras_name: str, made: Any) -> str:
    """The call of a class of Keras that has the same options; the mode is the one that `auto` stands for."""
    given = {field.name: getattr(made, field.name) for field in fields(made)}
    given["mode"] = direction(made.monitor, made.mode)
    return f"keras.callbacks.{keras_name}({', '.join(f'{name}={value!r}' for name, value in given.items())})"


def _schedule(made: LearningRateSchedule, rate: float, epochs: int) -> str:
    """The function from the number of an epoch (from 0) to its learning rate."""
    least, warmup = min(made.min_lr, rate), made.warmup_epochs
    factor, every = made.factor or FACTOR, made.every or EVERY
    body = {
        "constant": f"{rate!r}",
        "step": f"max({least!r}, {rate!r} * {factor!r} ** (passed // {every}))",
        "exponential": f"max({least!r}, {rate!r} * {factor!r} ** (passed / {every}))",
        "cosine": f"{least!r} + {rate - least!r} * (1 + math.cos(math.pi * min(1.0, passed / {made.lasts(epochs)}))) / 2",
    }[made.schedule]
    rising = f"""    if epoch < {warmup}:
        return {rate!r} * (epoch + 1) / {warmup + 1}
"""
    passed = "" if made.schedule == "constant" else f"    passed = epoch - {warmup}\n"
    return f'''def learning_rate(epoch, _):
    """The learning rate of an epoch, counted from 0."""
{rising if warmup else ""}{passed}    return {body}
'''
