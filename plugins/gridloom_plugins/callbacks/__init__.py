"""Callbacks: what happens between the epochs of a training."""

from __future__ import annotations

from collections.abc import Iterator

import gridloom
from gridloom_plugins.callbacks import early_stopping


@gridloom.hookimpl
def gridloom_callbacks() -> Iterator[gridloom.Callback]:
    """The built-in callbacks."""
    yield early_stopping.CALLBACK
