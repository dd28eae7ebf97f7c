"""Callbacks: what happens between the epochs of a training."""

from __future__ import annotations

from collections.abc import Iterator

import gridloom
from gridloom_plugins.callbacks import (
    early_stopping,
    lr_schedule,
    reduce_lr_on_plateau,
    terminate_on_nan,
    time_limit,
)


@gridloom.hookimpl
def gridloom_callbacks() -> Iterator[gridloom.Callback]:
    """The built-in callbacks."""
    yield early_stopping.CALLBACK
    yield reduce_lr_on_plateau.CALLBACK
    yield lr_schedule.CALLBACK
    yield time_limit.CALLBACK
    yield terminate_on_nan.CALLBACK
