"""Hyperparameter families: what the article searches, and what else is usually tuned."""

from __future__ import annotations

from collections.abc import Iterator

import gridloom
from gridloom_plugins.families import (
    activation,
    batch,
    batch_norm,
    depth,
    dropout,
    early_stopping,
    learning_rate,
    neurons,
    noise,
    optimizer,
    regularization,
    schedule,
    weight_init,
)


@gridloom.hookimpl
def gridloom_families() -> Iterator[gridloom.Family]:
    """The built-in families."""
    yield activation.FAMILY
    yield batch.FAMILY
    yield batch_norm.FAMILY
    yield depth.FAMILY
    yield dropout.FAMILY
    yield early_stopping.FAMILY
    yield noise.FAMILY
    yield learning_rate.FAMILY
    yield neurons.FAMILY
    yield optimizer.FAMILY
    yield regularization.FAMILY
    yield schedule.FAMILY
    yield weight_init.FAMILY
