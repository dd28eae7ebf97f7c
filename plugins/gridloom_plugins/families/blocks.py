"""Hidden blocks: a layer with what normalizes, activates and randomizes what it computes."""

from __future__ import annotations

import itertools

from gridloom import Draft, Layer

RANDOM = ("AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise")
"""Keras layers that randomize what passes through them in training, and do nothing else."""


def whole_block(draft: Draft, layer: Layer) -> list[Layer]:
    """`draft.block(layer)` and what randomizes its outputs, such as dropout: the builder's and inserted layers."""
    behind = itertools.dropwhile(lambda other: other is not layer, draft.layers)
    next(behind)
    return [
        layer,
        *itertools.takewhile(
            lambda other: other.continues and (other.normalizes or other.activates or other.class_name in RANDOM),
            behind,
        ),
    ]
