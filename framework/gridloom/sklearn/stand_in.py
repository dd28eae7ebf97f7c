"""An estimator for scikit-learn's own loop, which predicts what a network that was trained elsewhere has predicted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils import ClassifierTags, RegressorTags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import _num_samples

from gridloom.core.trials import FitResult


@dataclass
class Replay:
    """The results of the fits, in the order in which scikit-learn asks for them; who trains those that have failed, and the best.

    `made` returns the estimator with some parameters. `refit` gets the best parameters, all rows and what `fit` was given, and
    returns a fitted estimator.
    """

    estimator: Any
    classes: Any
    made: Callable[[Mapping[str, Any]], Any]
    refit: Callable[[Mapping[str, Any], Any, Any, Mapping[str, Any]], Any]
    of_training: bool = False
    """Whether predictions are there for the rows that train a fit, before those for the rows that test it."""
    coming: Iterator[FitResult] = field(default_factory=lambda: iter(()))
    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """Why fits have failed; the estimator has then trained them itself, or has failed as well."""
    refitted: Any = None

    def __deepcopy__(self, memo: Any) -> Replay:
        return self


def _if_it_has(method: str) -> Callable[[StandIn], bool]:
    return lambda self: hasattr(self.replay.estimator, method)


class StandIn(BaseEstimator):
    """Takes any parameters; each `fit` takes the next result."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.params: dict[str, Any] = {}
        self.own: Any = None

    def __sklearn_clone__(self) -> StandIn:
        return StandIn(self.replay)

    def __sklearn_tags__(self) -> Any:
        """Those of the estimator; once fitted, it is a classifier where there are classes, whether or not its own tags say so."""
        tags = self.replay.estimator.__sklearn_tags__()
        if not hasattr(self, "result"):
            return tags
        if self.replay.classes is not None:
            tags.estimator_type, tags.classifier_tags = "classifier", tags.classifier_tags or ClassifierTags()
        else:
            tags.estimator_type, tags.regressor_tags = "regressor", tags.regressor_tags or RegressorTags()
        return tags

    def get_metadata_routing(self) -> Any:
        """What the estimator requests, which gets nothing of it here: its weights are known."""
        return self.replay.estimator.get_metadata_routing()

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters of the estimator in whose place it stands."""
        return dict(self.replay.estimator.get_params(deep)) | self.params

    def set_params(self, **params: Any) -> StandIn:
        """Keep the parameters; ValueError for those that the estimator does not have."""
        clone(self.replay.estimator).set_params(**params)
        self.params |= params
        return self

    def fit(self, X: Any, y: Any = None, **given: Any) -> StandIn:
        """Take the next result, or train the estimator itself in the place of one that has failed; once all are taken, refit."""
        replay = self.replay
        result = next(replay.coming, None)
        if result is None:
            replay.refitted = replay.refit(self.params, X, y, given)
            return self
        if result.error is not None:
            replay.failures.append(result.error)
            started = time.perf_counter()
            try:
                self.own = replay.made(self.params).fit(X, y, **given)
            finally:
                replay.seconds.append(time.perf_counter() - started)
        else:
            replay.seconds.append(result.fit_seconds)
        self.result, self.trained_on, self.count = result, X, _num_samples(X)
        if replay.classes is not None:
            self.classes_ = replay.classes
        return self

    def predict(self, X: Any) -> Any:
        """Classes, or numbers, of the rows that test the fit, or of those that `fit` was given."""
        if self.own is not None:
            return self.own.predict(X)
        if self.replay.classes is None:
            return self._part(self.result.predicted, X)
        return self.replay.classes[self._part(self.result.predicted_classes(len(self.replay.classes)), X)]

    @available_if(_if_it_has("predict_proba"))
    def predict_proba(self, X: Any) -> Any:
        """The probabilities of the classes, in the order of `classes_`."""
        return self._several(X) if self.own is None else self.own.predict_proba(X)

    @available_if(_if_it_has("decision_function"))
    def decision_function(self, X: Any) -> Any:
        """What the network says of each class."""
        return self._several(X) if self.own is None else self.own.decision_function(X)

    def _several(self, X: Any) -> Any:
        found = self._part(self.result.predicted, X)
        return found if found.ndim > 1 else np.column_stack([1 - found, found])

    def _part(self, found: Any, X: Any) -> Any:
        """What was found for these rows: first come those that trained, where they were asked for, then those that test."""
        if not self.replay.of_training:
            return found
        return found[: self.count] if X is self.trained_on else found[self.count :]

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Accuracy, or R2, as the score of the estimator is."""
        from sklearn.metrics import accuracy_score, r2_score

        score = r2_score if self.replay.classes is None else accuracy_score
        return float(score(y, self.predict(X), sample_weight=sample_weight))
