"""One training of a compiled network with Keras's `fit` on TensorFlow: what it gets, and what it leaves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from gridloom import Part
from gridloom_plugins.networks.batches import batches_again, batches_of
from gridloom_plugins.networks.finite import check_losses
from gridloom_plugins.networks.metric_values import one_value

PREDICTED_ROWS = 1024
"""How many rows are predicted at once."""


@dataclass(eq=False)
class Fitting:
    """A compiled network with its training; its targets are as the loss wants them.

    Rows are given by their numbers, so that no fit copies its features.
    """

    model: Any
    seed: int
    epochs: int
    batch_size: int
    features: Any
    """The features of all rows, a tensor."""
    inputs: Mapping[str, tuple[int, ...]]
    """The shapes of the network's inputs by name, where it has several: see `gridloom.cut_inputs`."""
    validation: Any
    """The rows that the training is watched by, with their targets and weights: arrays, the last of them or all may be None."""
    between: Any
    """What happens between epochs: `BetweenEpochs`."""
    keras_callbacks: Sequence[Any]
    """The callbacks of Keras in their order, `between` among them."""
    decided_by: Sequence[Part]
    """The callbacks of the draft."""
    history: dict[str, list[Any]] = field(default_factory=dict)
    """What was noted of each epoch, by name: the learning rate, too, where a callback sets it."""

    def fit(self, rows: NDArray[np.intp], y: NDArray[Any], weights: NDArray[Any] | None, way: Way) -> Fitting:
        """Train the network on these rows, in the way given."""
        way(self, *self._batches(rows, y, weights))
        noted = self.model.history.history  # SciKeras would give metrics other names
        self.history = {name: [one_value(name, value) for value in values] for name, values in noted.items()}
        self.history |= self.between.following.history
        return self

    def _batches(
        self, rows: NDArray[np.intp], y: NDArray[Any], weights: NDArray[Any] | None
    ) -> tuple[Any, dict[str, Any]]:
        """Batches of one epoch after the other, each in an order of its own, and the other arguments of Keras's `fit`.

        Keras's `fit` would take the rows in the same order in all epochs: its shuffling on TensorFlow begins anew in each
        when there is a seed. The orders are those of the engine `fused`.
        """

        def orders() -> Iterator[Any]:
            generator = np.random.default_rng((self.seed, 1))
            while True:
                places = generator.permuted(np.arange(len(rows)))
                yield rows[places], places

        beside = (y,) if weights is None else (y, weights)
        batches = batches_of(self.features, self.inputs, orders, self.batch_size, *beside)
        settings: dict[str, Any] = {"steps_per_epoch": math.ceil(len(y) / self.batch_size)}
        if self.validation is not None:
            watching, *beside_rows = (values for values in self.validation if values is not None)
            settings["validation_data"] = batches_again(
                self.features, self.inputs, watching, self.batch_size, *beside_rows
            )
        return batches, settings

    def check(self) -> None:
        """Raise NotFinite when a loss is not finite, see `check_losses`."""
        check_losses(self.history["loss"], self.between.following.kept)

    def predict(self, rows: NDArray[np.intp]) -> Any:
        """The network's outputs for these rows."""

        def once() -> Iterator[Any]:
            yield rows, rows

        batches = batches_of(self.features, self.inputs, once, PREDICTED_ROWS)
        counted = tf.data.experimental.assert_cardinality(math.ceil(len(rows) / PREDICTED_ROWS))
        return self.model.predict(batches.apply(counted), verbose=0)


Way = Callable[[Fitting, Any, Mapping[str, Any]], None]
"""Has Keras's `fit` train a network: it gets the fitting, the batches, and the other arguments."""


def by_keras(fitting: Fitting, batches: Any, settings: Mapping[str, Any]) -> None:
    """Train by Keras's `fit` itself."""
    keras.utils.set_random_seed(fitting.seed)
    fitting.model.fit(batches, epochs=fitting.epochs, verbose=0, callbacks=[*fitting.keras_callbacks], **settings)
