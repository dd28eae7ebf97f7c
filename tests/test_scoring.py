"""Scorers and the data that they can score."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import get_scorer

from gridloom.errors import InvalidInput
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.scorers import _KNOWN, unsuitable

X = np.arange(12.0)[:, None]


def scores(scoring, y):
    """Whether scikit-learn gives a score for a model that knows nothing, rather than an error or NaN."""
    model = DummyRegressor() if y.dtype == float else DummyClassifier(strategy="prior")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return bool(np.isfinite(get_scorer(scoring)(model.fit(X, y), X, y)))
        except (AttributeError, ValueError):
            return False


@pytest.mark.parametrize(("y", "classes"), [(np.arange(12) / 7, 0), (np.arange(12) % 2, 2), (np.arange(12) % 3, 3)])
def test_no_scorer_is_refused_that_scikit_learn_can_score_by(y, classes):
    of_clusterings = {name for name in _KNOWN if name.endswith("_score")}  # they take any number for a label
    assert not [name for name in _KNOWN - of_clusterings if unsuitable(name, classes) and scores(name, y)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scoring": "roc_auc"}, "'roc_auc' scores two classes, but the data have 3; write roc_auc_ovo or roc_auc_ovo_weighted or"),
        ({"scoring": "accuracy", "dataset": "diabetes"}, "'accuracy' scores classes, but the target is a number; leave"),
    ],
)  # fmt: skip
def test_a_scorer_that_cannot_score_the_data_is_told_before_anything_is_trained(write, registry, changes, message):
    experiment = read_experiment(write(**changes), registry)
    with pytest.raises(InvalidInput) as caught:
        experiment.scorer(experiment.load_data())
    (problem,) = caught.value.problems
    assert problem.location.line is not None
    assert problem.message.startswith(message)
