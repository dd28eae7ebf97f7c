"""SciKeras estimators of networks: all that knows SciKeras is in this file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from scikeras.wrappers import BaseWrapper
from sklearn.preprocessing import FunctionTransformer

from gridloom import Fit, Predictions, Work, cut_inputs
from gridloom_plugins.networks.drafting import drafted
from gridloom_plugins.networks.finite import check_losses
from gridloom_plugins.networks.outputs import predictions_of, probabilities
from gridloom_plugins.networks.programs import compiled_model
from gridloom_plugins.networks.targets import targets_of


class Estimator(BaseWrapper):
    """A wrapper of a compiled network that takes targets as the loss wants them, and predicts the network's outputs.

    SciKeras's own classifier would number the classes of each fold anew, and code them for categorical cross-entropy
    alone.
    """

    inputs: Mapping[str, tuple[int, ...]] = {}
    """The shapes of the network's inputs by name, where it has several: see `gridloom.cut_inputs`."""

    @property
    def feature_encoder(self) -> FunctionTransformer:
        """What makes arrays by name of features that stand side by side."""
        return FunctionTransformer(cut_inputs, kw_args={"inputs": self.inputs})

    def fit(self, X: Any, y: Any, **kwargs: Any) -> Any:
        """Fit; NotFinite when a loss is not finite."""
        fitted = super().fit(X, y, **kwargs)
        check_losses(self.history_["loss"])
        return fitted

    def _fit_keras_model(self, X: Any, y: Any, sample_weight: Any, **kwargs: Any) -> None:
        arrays = (X, y) if sample_weight is None else (X, y, sample_weight)
        batches = _in_new_orders(arrays, self.batch_size, self.random_state)
        kwargs |= {"batch_size": None, "steps_per_epoch": math.ceil(len(y) / self.batch_size)}
        super()._fit_keras_model(batches, None, sample_weight=None, **kwargs)

    @staticmethod
    def _validate_sample_weight(X: Any, y: Any, sample_weight: Any) -> tuple[Any, Any, Any]:
        return X, y, sample_weight  # rows of no weight stay, as batches would be others without them

    def _check_model_compatibility(self, y: Any) -> None:
        """Nothing: `coded_targets` has compared output, target and loss."""


def _in_new_orders(arrays: tuple[Any, ...], batch_size: int, seed: int) -> Any:
    """Batches of the arrays' rows for one epoch after the other, each in an order of its own; a `tf.data.Dataset`.

    The arrays are the features (or a dict of them by input), the targets, and weights if there are any.
    Keras's `fit` would take the rows in the same order in all epochs: its shuffling on TensorFlow begins anew in each
    when there is a seed. The orders are those of the engine `fused`.
    """
    import tensorflow as tf

    rows = len(arrays[1])
    values = tf.nest.map_structure(tf.constant, arrays)

    def orders() -> Iterator[Any]:
        generator = np.random.default_rng((seed, 1))
        while True:
            yield generator.permuted(np.arange(rows))

    whole = tf.data.Dataset.from_generator(orders, output_signature=tf.TensorSpec((rows,), tf.int64))
    batches = whole.flat_map(lambda order: tf.data.Dataset.from_tensor_slices(order).batch(batch_size))
    gathered = batches.map(lambda order: tf.nest.map_structure(lambda value: tf.gather(value, order), values))
    return gathered.prefetch(tf.data.AUTOTUNE)


def estimator_for(work: Work, fit: Fit, n_rows: int) -> tuple[Estimator, NDArray[Any]]:
    """An estimator, not fitted, for a fit that trains on `n_rows` rows, and the targets of all rows as it takes them.

    Its network has the fit's own initial weights. It is valid until the next one is made, since fits of one structure
    share a compiled model. Raises ValueError where the network's output does not suit the target.
    """
    seed = work.seed(fit)
    keras.utils.set_random_seed(seed)
    draft, model = drafted(work, fit)
    batch_size, epochs = draft.training["batch_size"], draft.training["epochs"]
    builder = f"{work.recipe.model.full_name} {sorted(work.model_options(fit).items())}"
    compiled = compiled_model(draft, model, builder, steps=math.ceil(n_rows / batch_size))
    targets = targets_of(work, fit, compiled)

    def built() -> keras.Model:
        return compiled

    estimator = Estimator(
        model=built, random_state=seed, epochs=epochs, batch_size=batch_size, predict__batch_size=1024, verbose=0
    )
    estimator.inputs = work.task(fit).inputs
    return estimator, targets


def predicted(estimator: Estimator, X: Any, kind: str) -> Predictions:
    """What a fitted estimator predicts for the rows of `X`, for a task of this kind."""
    outputs = np.asarray(probabilities(estimator.predict(X), estimator.model_.loss, kind))
    return predictions_of(outputs, kind)
