"""SciKeras estimators of networks: all that knows SciKeras is in this file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from scikeras.wrappers import BaseWrapper

from gridloom import Fit, Part, Predictions, Work
from gridloom_plugins.networks.batches import batches_again, batches_of, features_tensor
from gridloom_plugins.networks.between_epochs import BetweenEpochs, keras_callbacks
from gridloom_plugins.networks.drafting import drafted, sized_model
from gridloom_plugins.networks.finite import check_losses
from gridloom_plugins.networks.metric_values import one_value
from gridloom_plugins.networks.outputs import predictions_of, probabilities
from gridloom_plugins.networks.programs import compiled_alone, compiled_model
from gridloom_plugins.networks.targets import targets_of
from gridloom_plugins.networks.weights import validation_weights

PREDICTED_ROWS = 1024
"""How many rows are predicted at once."""


class Estimator(BaseWrapper):
    """A wrapper of a compiled network that takes targets as the loss wants them, and predicts the network's outputs.

    SciKeras's own classifier would number the classes of each fold anew, and code them for categorical cross-entropy
    alone. `X` are numbers of rows of `features`, shape (rows, 1), so that no fit copies its rows.
    """

    features: Any = None
    """The features of all rows, a tensor."""

    inputs: Mapping[str, tuple[int, ...]] = {}
    """The shapes of the network's inputs by name, where it has several: see `gridloom.cut_inputs`."""

    validation: Any = None
    """The rows that the training is watched by, with their targets and weights: arrays, the last of them or all may be None."""

    between: Any = None
    """What happens between epochs: `BetweenEpochs`, or None for nothing."""

    decided_by: Sequence[Part] = ()
    """The callbacks of the draft."""

    keras_callbacks: Sequence[Any] = ()
    """The callbacks of Keras in their order, `between` among them."""

    def fit(self, X: Any, y: Any, **kwargs: Any) -> Any:
        """Fit; the history tells the learning rate of each epoch where a callback sets it."""
        fitted = super().fit(X, y, **kwargs)
        self.history_.update(self.between.following.history if self.between else {})
        return fitted

    def check(self) -> None:
        """Raise NotFinite when a loss is not finite, see `check_losses`."""
        check_losses(self.history_["loss"], self.between.following.kept)

    def predict(self, X: Any) -> Any:
        """The network's outputs."""

        def once() -> Iterator[Any]:
            yield X[:, 0], X[:, 0]

        batches = batches_of(self.features, self.inputs, once, PREDICTED_ROWS)
        counted = tf.data.experimental.assert_cardinality(math.ceil(len(X) / PREDICTED_ROWS))
        return self.model_.predict(batches.apply(counted), verbose=0)

    def _fit_keras_model(self, X: Any, y: Any, sample_weight: Any, **kwargs: Any) -> None:
        """Fit the network to batches of one epoch after the other, each in an order of its own.

        Keras's `fit` would take the rows in the same order in all epochs: its shuffling on TensorFlow begins anew in each
        when there is a seed. The orders are those of the engine `fused`.
        """

        def orders() -> Iterator[Any]:
            generator = np.random.default_rng((self.random_state, 1))
            while True:
                places = generator.permuted(np.arange(len(X)))
                yield X[places, 0], places

        beside = (y,) if sample_weight is None else (y, sample_weight)
        batches = batches_of(self.features, self.inputs, orders, self.batch_size, *beside)
        kwargs |= {"batch_size": None, "steps_per_epoch": math.ceil(len(y) / self.batch_size)}
        if self.validation is not None:
            rows, *beside_rows = (values for values in self.validation if values is not None)
            kwargs["validation_data"] = batches_again(self.features, self.inputs, rows, self.batch_size, *beside_rows)
        self._fit_callbacks = [*self.keras_callbacks]
        super()._fit_keras_model(batches, None, sample_weight=None, **kwargs)
        noted = self.model_.history.history  # SciKeras would give metrics other names
        self.history_ = {name: [one_value(name, value) for value in values] for name, values in noted.items()}

    @staticmethod
    def _validate_sample_weight(X: Any, y: Any, sample_weight: Any) -> tuple[Any, Any, Any]:
        return X, y, sample_weight  # rows of no weight stay, as batches would be others without them

    def _check_model_compatibility(self, y: Any) -> None:
        """Nothing: `coded_targets` has compared output, target and loss."""


def estimator_for(work: Work, fit: Fit, n_rows: int) -> tuple[Estimator, NDArray[Any]]:
    """An estimator, not fitted, for a fit that trains on `n_rows` rows, and the targets of all rows as it takes them.

    Its network has the fit's own initial weights. It is valid until the next one is made, since fits of one structure
    share a compiled model. Raises ValueError where the network's output does not suit the target.
    """
    seed = work.seed(fit)
    keras.utils.set_random_seed(seed)
    draft, model = drafted(work, fit)
    network = sized_model(work, draft, model)
    batch_size, epochs = draft.training["batch_size"], draft.training["epochs"]
    builder = f"{work.recipe.model.full_name} {sorted(work.model_options(fit).items())}"
    between = BetweenEpochs(work.follow(draft))
    callbacks = keras_callbacks(work, draft, between)
    compiling = compiled_model if callbacks in ([], [between]) else compiled_alone
    compiled = compiling(draft, model, network, builder, steps=math.ceil(n_rows / batch_size))
    targets = targets_of(work, fit, compiled)

    def built() -> keras.Model:
        return compiled

    estimator = Estimator(model=built, random_state=seed, epochs=epochs, batch_size=batch_size, verbose=0)
    estimator.features, estimator.inputs = features_tensor(work, fit), work.task(fit).inputs
    estimator.validation = _validation(work, fit, targets)
    estimator.between, estimator.keras_callbacks, estimator.decided_by = between, callbacks, draft.callbacks
    return estimator, targets


def _validation(work: Work, fit: Fit, targets: NDArray[Any]) -> tuple[Any, ...] | None:
    """The rows that the fit's training is watched by, their targets, and weights if there are any; None for no rows."""
    rows = work.validation_rows(fit)
    return None if rows is None else (rows, targets[rows], validation_weights(work, rows))


def predicted(estimator: Estimator, rows: NDArray[np.intp], kind: str) -> Predictions:
    """What a fitted estimator predicts for these rows of the data, for a task of this kind."""
    outputs = np.asarray(probabilities(estimator.predict(rows[:, None]), estimator.model_.loss, kind))
    return predictions_of(outputs, kind)
