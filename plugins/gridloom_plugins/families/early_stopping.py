"""The family `early_stopping`: how long training continues without improvement."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge

from gridloom import Choices, Draft, Family, Parameter

CALLBACK = "early_stopping"


def apply_early_stopping(
    draft: Draft,
    patience: Annotated[int, Ge(0)] | None,
    min_delta: Annotated[float, Ge(0)] | None = None,
    restore_best_weights: bool | None = None,
    monitor: str | None = None,
) -> None:
    """Stop when the monitored value has not improved for `patience` epochs (null: train all epochs).

    This sets options of the callback `early_stopping`, which need not be listed under `training:`. An improvement must
    exceed `min_delta` to count. With `restore_best_weights` the model ends with the weights of the best epoch, not of
    the last. `monitor` is the monitored value, such as `val_loss` or `loss`. If a parameter is null or not searched,
    the option of the callback stays as it is. Values that begin with `val_` need held-out rows, `training: {validation:
    0.2}`; without them, the run stops.
    """
    if patience is None:
        draft.remove_callback(CALLBACK)
        return
    callback = draft.callback(CALLBACK)
    given = {
        "patience": patience,
        "min_delta": min_delta,
        "restore_best_weights": restore_best_weights,
        "monitor": monitor,
    }
    callback.update({name: value for name, value in given.items() if value is not None})


FAMILY = Family(
    name="early_stopping",
    summary="How many epochs training continues without improvement.",
    apply=apply_early_stopping,
    parameters=(
        Parameter("patience", Choices(5, 10, 20, None)),
        Parameter("min_delta", Choices(0.0)),
        Parameter("restore_best_weights", Choices(True)),
        Parameter("monitor", Choices("val_loss")),
    ),
)
