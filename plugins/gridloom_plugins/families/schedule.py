"""The family `schedule`: how the learning rate changes while a network is trained."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge

from gridloom import Choices, Draft, Family, Parameter

CALLBACK = "lr_schedule"


UNSUITABLE = {
    "cosine": ("factor", "every"),
    "step": ("epochs",),
    "exponential": ("epochs",),
    "constant": ("epochs", "factor", "every", "min_lr"),
}
"""Options of the callback that are none of a schedule."""


def apply_schedule(
    draft: Draft,
    schedule: Literal["cosine", "step", "exponential"] | None,
    warmup_epochs: Annotated[int, Ge(0)] | None = None,
) -> None:
    """Change the learning rate with the callback `lr_schedule`, starting from the optimizer's.

    `schedule` is how it falls: along half a `cosine`, in a `step` every few epochs, or `exponential`, a little in every
    epoch; null: it does not change. In the first `warmup_epochs` epochs it rises linearly; if this is null or not
    searched, the option of the callback under `training:` stays as it is. All other options of the callback stay as
    well, if they suit the schedule.
    """
    if schedule is None and not warmup_epochs:
        draft.remove_callback(CALLBACK)
        return
    callback = draft.callback(CALLBACK)
    callback["schedule"] = schedule or "constant"
    if warmup_epochs is not None:
        callback["warmup_epochs"] = warmup_epochs
    for option in UNSUITABLE[callback["schedule"]]:
        callback.pop(option, None)


FAMILY = Family(
    name="schedule",
    summary="How the learning rate changes during training.",
    apply=apply_schedule,
    parameters=(
        Parameter("schedule", Choices(None, "cosine", "step", "exponential")),
        Parameter("warmup_epochs", Choices(0)),
    ),
)
