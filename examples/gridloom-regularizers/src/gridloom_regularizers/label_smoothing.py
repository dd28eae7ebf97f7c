"""The family `label_smoothing`: how much the loss doubts the labels."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Lt

from gridloom import Choices, Draft, Family, Parameter, StopRun

SMOOTHED = (
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
)
"""Keras's losses that have the setting. A draft has their class name, however the builder named them."""


def apply_label_smoothing(draft: Draft, label_smoothing: Annotated[float, Ge(0), Lt(1)]) -> None:
    """Have the loss take the share `label_smoothing` away from each label and spread it evenly over all classes.

    The loss must be a cross-entropy. The sparse one has no label smoothing, so the categorical one takes its place,
    which is the same for labels without smoothing.
    """
    loss = draft.loss
    if loss.class_name == "SparseCategoricalCrossentropy" and loss.get("ignore_class") is None:
        kept = {name: loss[name] for name in ("from_logits", "axis", "reduction") if name in loss}
        loss.class_name = "CategoricalCrossentropy"
        loss.update(kept)
    if loss.class_name not in SMOOTHED:
        raise StopRun(f"label_smoothing: the loss {loss.class_name} has no label_smoothing; cross-entropies have")
    loss["label_smoothing"] = label_smoothing


FAMILY = Family(
    name="label_smoothing",
    summary="How much of each label the loss spreads over all classes.",
    apply=apply_label_smoothing,
    parameters=(Parameter("label_smoothing", Choices(0.0, 0.05, 0.1, 0.2)),),
)
