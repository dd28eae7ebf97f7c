"""The family `batch`: how many rows make a training step, and how often all rows are seen."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Le

from gridloom import Choices, Draft, Family, Parameter
from gridloom_plugins.networks.training import MOST_EPOCHS, MOST_ROWS


def apply_batch(
    draft: Draft,
    batch_size: Annotated[int, Ge(1), Le(MOST_ROWS)] | None = None,
    epochs: Annotated[int, Ge(1), Le(MOST_EPOCHS)] | None = None,
) -> None:
    """Train with steps of `batch_size` rows, for `epochs` passes over all rows.

    If a parameter is null or not searched, the setting under `training:` applies. Small batches:
    Masters and Luschi, "Revisiting Small Batch Training for Deep Neural Networks", arXiv:1804.07612 (2018).
    """
    draft.training.leave()
    if batch_size is not None:
        draft.training["batch_size"] = batch_size
    if epochs is not None:
        draft.training["epochs"] = epochs


FAMILY = Family(
    name="batch",
    summary="Batch size and number of epochs.",
    apply=apply_batch,
    parameters=(
        Parameter("batch_size", Choices(10, 20, 40, 60, 80, 100)),
        Parameter("epochs", Choices(10, 50, 100), simpler="smaller"),
    ),
)
