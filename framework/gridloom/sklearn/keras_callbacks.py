"""Keras's callbacks that Gridloom has under other names, with the same numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gridloom.core.following import HELD_OUT, MONITOR
from gridloom.sklearn.reasons import NotFused

LOSS = "loss"


@dataclass(frozen=True)
class Known:
    """What a callback is called here, and those of its attributes that are options here."""

    name: str
    options: tuple[str, ...] = ()


KNOWN = {
    "EarlyStopping": Known(
        "early_stopping", ("monitor", "mode", "patience", "min_delta", "restore_best_weights", "start_from_epoch")
    ),
    "ReduceLROnPlateau": Known(
        "reduce_lr_on_plateau", ("monitor", "mode", "factor", "patience", "min_delta", "cooldown", "min_lr")
    ),
    "TerminateOnNaN": Known("terminate_on_nan"),
}
"""By the names of Keras's classes."""


def followed(callbacks: Iterable[Any], *, watched: bool) -> list[dict[str, Any]]:
    """The callbacks as an experiment names them, in their order; NotFused for one that Gridloom does not have.

    `watched` says whether there are validation rows.
    """
    found = [_followed(callback, watched=watched) for callback in _flat(callbacks)]
    names = [item["name"] for item in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise NotFused(f"the callback '{twice[0]}' is there twice")
    return found


def _flat(callbacks: Iterable[Any]) -> Iterator[Any]:
    for item in callbacks:
        yield from _flat(item) if isinstance(item, list | tuple) else [item]


def _followed(callback: Any, *, watched: bool) -> dict[str, Any]:
    import keras

    kind = type(callback).__name__
    known = KNOWN.get(kind)
    if known is None or type(callback) is not getattr(keras.callbacks, kind):
        raise NotFused(f"the callback {kind} is left to Keras's own fit")
    if getattr(callback, "baseline", None) is not None:
        raise NotFused(f"baseline={callback.baseline!r} of {kind} is left to Keras's own fit")
    options = {name: getattr(callback, name) for name in known.options}
    if str(options.get(MONITOR, "")).startswith(HELD_OUT) and not watched:
        raise NotFused(f"{kind} monitors '{options[MONITOR]}' without validation_split")
    if "min_delta" in options:
        options["min_delta"] = abs(options["min_delta"])  # which Keras negates where less is better
    return {"name": known.name, **options}


def monitors_metrics(callbacks: Iterable[dict[str, Any]]) -> bool:
    """Whether one of these callbacks watches something else than the loss."""
    return any(str(item.get(MONITOR, LOSS)).removeprefix(HELD_OUT) != LOSS for item in callbacks)
