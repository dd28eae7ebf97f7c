"""`KerasModel`: a function that builds a Keras model, as an estimator of scikit-learn."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import ClassifierTags, RegressorTags, check_array, check_random_state, column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from gridloom.errors import nearest
from gridloom.sklearn.fit_alone import fitted_alone
from gridloom.sklearn.kept_network import KeptNetwork
from gridloom.sklearn.own_parameters import builder_for, of_function, unknown

TASKS = ("classification", "regression")


def _classifies(estimator: KerasModel) -> bool:
    return bool(estimator.task != "regression")


class KerasModel(BaseEstimator):
    """A classifier or regressor of scikit-learn that trains the Keras models which a function builds.

    `build` is a function as for `gridloom.search`: `build()`, `build(task)` with a `gridloom.Task`, or
    `build(task, width=32)`. It returns a Sequential or Functional model, compiled with the loss. Its parameters are
    parameters of the estimator with the prefix `model__`, such as `model__width`.

    `task` is "classification" or "regression". `epochs`, `batch_size`, `optimizer`, `learning_rate`, `class_weight`,
    `validation` and `callbacks` have the meaning of the keys of `training:` in an experiment file, and take the same values:
    `optimizer` and `learning_rate` replace those that the network is compiled with, `validation=0.2` holds rows out, and
    `callbacks=[{"name": "early_stopping", "patience": 5}]` watches them. The keys of `class_weight` are classes as in y.

    `engine` trains a single `fit`: "fused", "scikeras", or None for the first that can. `random_state` makes it reproducible.

    After `fit`, `model_` is the Keras model, `history_` has a list of numbers by name, such as `history_["loss"]`, one an
    epoch; `classes_` (of a classifier), `n_features_in_` and `feature_names_in_` are those of scikit-learn.

    >>> model = KerasModel(build, epochs=20, model__width=64)  # doctest: +SKIP
    >>> GridSearchCV(model, {"model__width": [16, 64], "learning_rate": [0.001, 0.01]})  # doctest: +SKIP
    """

    _network: KeptNetwork
    classes_: Any
    history_: dict[str, list[float]]

    def __init__(
        self,
        build: Callable[..., Any],
        *,
        task: Literal["classification", "regression"] = "classification",
        epochs: int = 100,
        batch_size: int = 32,
        optimizer: str | Mapping[str, Any] | None = None,
        learning_rate: float | None = None,
        class_weight: str | Mapping[Any, float] | None = None,
        validation: float | None = None,
        callbacks: Sequence[str | Mapping[str, Any]] | None = None,
        engine: str | None = None,
        random_state: Any = None,
        **parameters: Any,
    ) -> None:
        self.build = build
        self.task = task
        self.epochs = epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.class_weight = class_weight
        self.validation = validation
        self.callbacks = callbacks
        self.engine = engine
        self.random_state = random_state
        if told := unknown(parameters, self._get_param_names(), build):
            raise TypeError(told)
        self.__dict__.update(parameters)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters by name; with `deep`, all of the function's that can be searched, else those that were given."""
        own = {name: getattr(self, name) for name in self._get_param_names()}
        of_build = of_function(self.build)
        given = {name: value for name, value in vars(self).items() if name in of_build}
        return own | (of_build if deep else {}) | given

    def set_params(self, **params: Any) -> Self:
        """Set parameters; ValueError, with the right name, for one that neither the estimator nor the function has."""
        if told := unknown(params, self._get_param_names(), params.get("build", self.build)):
            raise ValueError(told)
        self.__dict__.update(params)
        return self

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train a new network on features of shape (rows, ...), numbers, and a class or a number per row.

        Where this fails, the estimator is as it was before.
        """
        before = dict(vars(self))
        try:
            self._fit(X, y, sample_weight)
        except BaseException:
            self.__dict__ = before
            raise
        return self

    def _fit(self, X: Any, y: Any, sample_weight: Any) -> None:
        self._check()
        X = validate_data(self, X, dtype="numeric", allow_nd=True, ensure_min_samples=2)
        targets = self._targets(y, len(X))
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, X, ensure_non_negative=True)
        seed = self.random_state
        seed = int(seed) if isinstance(seed, Integral) else int(check_random_state(seed).randint(2**31 - 1))
        self._network, self.history_ = fitted_alone(self, X, targets, sample_weight, seed)

    def _check(self) -> None:
        """TypeError or ValueError where the function or the task is none."""
        builder_for(self.build)
        if self.task not in TASKS:
            raise ValueError(f"task={self.task!r} is no task of KerasModel; {nearest(str(self.task), TASKS)}")

    def _targets(self, y: Any, rows: int) -> Any:
        """Class numbers, in the order of `classes_`, or numbers."""
        if y is None:
            raise ValueError("KerasModel requires y to be passed, but the target y is None")
        y = column_or_1d(y, warn=True)
        if len(y) != rows:
            raise ValueError(f"X has {rows} rows, and y has {len(y)}")
        if self.task == "regression":
            self.__dict__.pop("classes_", None)
            return check_array(y, ensure_2d=False, dtype="float64", input_name="y")
        try:
            check_classification_targets(y)
        except ValueError as error:
            if type_of_target(y).startswith("continuous"):
                raise ValueError(
                    f"{str(error).rstrip('.')}; for numbers, write KerasModel(build, task='regression')"
                ) from None
            raise
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) == 1:
            raise ValueError(f"y has only one class, {self.classes_.tolist()[0]!r}; a classifier needs two or more")
        return codes

    @property
    def model_(self) -> Any:
        """The trained Keras model."""
        check_is_fitted(self)
        return self._network.model.model

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_network")

    def predict(self, X: Any) -> Any:
        """The class, or the number, predicted for each row."""
        found = self._network_for(X)[0]
        return self.classes_[found.astype(int)] if _classifies(self) else found

    @available_if(_classifies)
    def predict_proba(self, X: Any) -> Any:
        """The probability of each class, in the order of `classes_`; shape (rows, classes)."""
        return self._network_for(X)[1]

    def _network_for(self, X: Any) -> tuple[Any, Any]:
        """What the network predicts for these rows: class numbers and probabilities, or numbers and None."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype="numeric", allow_nd=True, reset=False)
        return self._network.predicted(X)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The accuracy of a classifier, R2 of a regressor."""
        from sklearn.metrics import accuracy_score, r2_score

        measure = accuracy_score if _classifies(self) else r2_score
        return float(measure(y, self.predict(X), sample_weight=sample_weight))

    def __sklearn_tags__(self) -> Any:
        """A classifier's or a regressor's, also before `fit`."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.three_d_array = True
        if _classifies(self):
            tags.estimator_type, tags.classifier_tags = "classifier", ClassifierTags()
        else:
            tags.estimator_type, tags.regressor_tags = "regressor", RegressorTags()
        return tags

    def __getstate__(self) -> dict[str, Any]:
        """The parameters and the network; a function that cannot be found by its name, as code."""
        state: dict[str, Any] = dict(super().__getstate__())
        try:
            pickle.dumps(self.build)
        except Exception:  # whatever a function's object raises
            state["build"] = _Code.of(self.build)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make the function of its code, where it travelled so."""
        build = state.get("build")
        super().__setstate__(state | {"build": build.function} if isinstance(build, _Code) else state)


class _Code:
    """A function as cloudpickle writes it."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    @classmethod
    def of(cls, function: Any) -> _Code:
        """The code of a function."""
        import cloudpickle

        return cls(cloudpickle.dumps(function))

    @property
    def function(self) -> Any:
        """The function again."""
        return pickle.loads(self.content)  # noqa: S301  (part of a pickle that is being loaded)
