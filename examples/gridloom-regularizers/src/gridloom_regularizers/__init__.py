"""A plugin for Gridloom: families that regularize, a data set, a model builder and a reporter."""

from __future__ import annotations

from collections.abc import Iterator

import gridloom
from gridloom_regularizers import conv_net, label_smoothing, layer_norm, penalties, shapes, webhook


@gridloom.hookimpl
def gridloom_families() -> Iterator[gridloom.Family]:
    """What `search: space:` may name."""
    yield penalties.FAMILY
    yield layer_norm.FAMILY
    yield label_smoothing.FAMILY


@gridloom.hookimpl
def gridloom_datasets() -> Iterator[gridloom.Dataset]:
    """What `dataset:` may name."""
    yield shapes.DATASET


@gridloom.hookimpl
def gridloom_model_builders() -> Iterator[gridloom.ModelBuilder]:
    """What `model:` may name."""
    yield conv_net.BUILDER


@gridloom.hookimpl
def gridloom_reporters() -> Iterator[gridloom.Reporter]:
    """What `reporters:` may name."""
    yield webhook.REPORTER
