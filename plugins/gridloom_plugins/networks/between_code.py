"""What happened between the epochs of a kept network's training, as code that plain Keras runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridloom_plugins.callbacks.as_keras import keras_code


@dataclass(frozen=True)
class BetweenCode:
    """Parts of a script: functions, the argument of `fit`, how many epochs there are, and what is missing, in words."""

    functions: str
    argument: str
    epochs: int
    left_out: str


def between_code(told: Mapping[str, Any], rate: float | None) -> BetweenCode:
    """The code for what a note tells of a training, whose optimizer has this learning rate.

    Where a callback cannot be one of Keras's, it is omitted, and the training is as long as the one that it monitored.
    """
    parts, missing = [], []
    for item in told.get("callbacks", ()):
        options = {name: value for name, value in item.items() if name != "name"}
        written = keras_code(item["name"], options, rate, int(told["epochs"]))
        if written is None:
            missing.append(item["name"].rpartition(":")[2])
        else:
            parts.append((written, options))
    epochs, left_out = int(told["epochs"]), ""
    if missing:
        is_kept = any(options.get("restore_best_weights") for _, options in parts)
        kept = None if is_kept else told["kept_epoch"]
        epochs = int(kept or told["epochs_trained"])
        names = " and ".join(f"'{name}'" for name in missing)
        does = "does" if len(missing) == 1 else "do"
        left_out = f"Keras has no callback that does what {names} {does}, so the network is trained for at most {epochs} epochs, as it was with it."
    lines = "".join(f"            {written.expression},\n" for written, _ in parts)
    argument = f"        callbacks=[\n{lines}        ],\n" if parts else ""
    functions = "".join(f"\n{written.functions}\n" for written, _ in parts if written.functions)
    return BetweenCode(functions, argument, epochs, left_out)
