"""SciKeras estimators that scikit-learn's scorers understand: all that knows SciKeras is in this file."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from scikeras.utils.transformers import ClassifierLabelEncoder
from scikeras.wrappers import KerasClassifier, KerasRegressor
from sklearn.utils import ClassifierTags, RegressorTags

from gridloom import Fit, Predictions, Work
from gridloom_plugins.networks.drafting import drafted
from gridloom_plugins.networks.finite import NotFinite, check_losses
from gridloom_plugins.networks.outputs import probabilities
from gridloom_plugins.networks.programs import compiled_model

CATEGORICAL = "categorical_crossentropy"


class _Finite:
    """Mixed into SciKeras wrappers: refuses losses and predictions that are not finite."""

    def fit(self, X: Any, y: Any, **kwargs: Any) -> Any:
        fitted = super().fit(X, y, **kwargs)  # type: ignore[misc]
        check_losses(self.history_["loss"])  # type: ignore[attr-defined]
        return fitted

    def _fit_keras_model(self, X: Any, y: Any, sample_weight: Any, **kwargs: Any) -> None:
        arrays = (X, y) if sample_weight is None else (X, y, sample_weight)
        settings: Any = self
        batches = _in_new_orders(arrays, settings.batch_size, settings.random_state)
        kwargs |= {"batch_size": None, "steps_per_epoch": math.ceil(len(X) / settings.batch_size)}
        super()._fit_keras_model(batches, None, sample_weight=None, **kwargs)  # type: ignore[misc]

    def _check_model_compatibility(self, y: Any) -> None:
        if hasattr(self.model_, "outputs"):  # type: ignore[attr-defined]
            super()._check_model_compatibility(y)  # type: ignore[misc]

    def _predict_raw(self, X: Any, **kwargs: Any) -> Any:
        outputs = super()._predict_raw(X, **kwargs)  # type: ignore[misc]
        if not np.isfinite(outputs).all():
            raise NotFinite("the network predicts values that are not finite")
        return outputs


def _in_new_orders(arrays: tuple[Any, ...], batch_size: int, seed: int) -> Any:
    """Batches of the arrays' rows for one epoch after the other, each in an order of its own; a `tf.data.Dataset`.

    Keras's `fit` would take the rows in the same order in all epochs: its shuffling on TensorFlow begins anew in each
    when there is a seed. The orders are those of the engine `fused`.
    """
    import tensorflow as tf

    rows = len(arrays[0])
    values = tuple(tf.constant(array) for array in arrays)

    def orders() -> Iterator[Any]:
        generator = np.random.default_rng((seed, 1))
        while True:
            yield generator.permuted(np.arange(rows))

    whole = tf.data.Dataset.from_generator(orders, output_signature=tf.TensorSpec((rows,), tf.int64))
    batches = whole.flat_map(lambda order: tf.data.Dataset.from_tensor_slices(order).batch(batch_size))
    return batches.map(lambda order: tuple(tf.gather(value, order) for value in values)).prefetch(tf.data.AUTOTUNE)


class _LabelEncoder(ClassifierLabelEncoder):
    """One-hot codes two classes as well where categorical cross-entropy wants them."""

    def _type_of_target(self, y: Any) -> str:
        kind: str = super()._type_of_target(y)
        return "multiclass" if kind == "binary" and self.loss == CATEGORICAL else kind


class Classifier(_Finite, KerasClassifier):
    """KerasClassifier that scikit-learn 1.7 and newer take for a classifier, as SciKeras 0.13 is not."""

    def _predict_raw(self, X: Any, **kwargs: Any) -> Any:
        return np.asarray(probabilities(super()._predict_raw(X, **kwargs), self.model_.loss))

    @property
    def target_encoder(self) -> Any:
        """What codes the classes for the loss."""
        return _LabelEncoder(loss=self.loss, categories="auto" if self.classes_ is None else [self.classes_])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = "classifier"
        tags.classifier_tags = ClassifierTags()
        tags.target_tags.required = True
        return tags


class Regressor(_Finite, KerasRegressor):
    """KerasRegressor that scikit-learn 1.7 and newer take for a regressor."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = "regressor"
        tags.regressor_tags = RegressorTags()
        tags.target_tags.required = True
        return tags


def estimator_for(work: Work, fit: Fit, n_rows: int) -> Classifier | Regressor:
    """An estimator, not fitted, for a fit that trains on `n_rows` rows; its network has the fit's own initial weights.

    It is valid until the next one is made, since fits of one structure share a compiled model.
    """
    seed = work.seed(fit)
    keras.utils.set_random_seed(seed)
    draft, model = drafted(work, fit)
    batch_size, epochs = draft.training["batch_size"], draft.training["epochs"]
    builder = f"{work.recipe.model.full_name} {sorted(work.model_options(fit).items())}"
    compiled = compiled_model(draft, model, builder, steps=math.ceil(n_rows / batch_size))

    def built() -> keras.Model:
        return compiled

    wrapper = Classifier if work.data.classes else Regressor
    return wrapper(
        model=built,
        loss=CATEGORICAL if draft.loss.class_name == "CategoricalCrossentropy" else None,
        random_state=seed,
        epochs=epochs,
        batch_size=batch_size,
        predict__batch_size=1024,
        verbose=0,
    )


def predicted(estimator: Classifier | Regressor, X: Any) -> Predictions:
    """What a fitted estimator predicts for the rows of `X`."""
    if isinstance(estimator, Regressor):
        return Predictions(values=np.reshape(estimator.predict(X), len(X)))
    probabilities = estimator.predict_proba(X)
    return Predictions(np.asarray(estimator.classes_)[probabilities.argmax(axis=1)], probabilities)
