"""Scores of several numbers and of several labels: scikit-learn's, and a reason where there is none."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    fbeta_score,
    get_scorer,
    get_scorer_names,
    hamming_loss,
    roc_auc_score,
)
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from gridloom import Data, Predictions
from gridloom.errors import Location
from gridloom.experiment.bound import Bound
from gridloom.experiment.scorers import problem_with
from gridloom.registry.records import Scorer
from gridloom.registry.registry import load_registry

pytestmark = pytest.mark.filterwarnings("ignore")  # scikit-learn's, of rows without a label

RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 3))
NAMES = get_scorer_names()
REGISTRY = load_registry()
LABELS = X @ np.eye(3)[:, [0, 1, 0]] + 0.5 * RNG.normal(size=(90, 3)) > 0
NUMBERS = X[:, :2] + 0.3 * RNG.normal(size=(90, 2))
DATA = {
    "multilabel": Data(X, LABELS, multilabel=True),
    "multioutput": Data(X, NUMBERS - NUMBERS.min()),
}
TWO_CLASSES = Data(X, (X[:, 0] > 0).astype(int), classes=("a", "b"), positive="b")
SCORED = {
    "multilabel": {"accuracy", "average_precision", "roc_auc"}
    | {f"{one}_{way}" for one in ("f1", "jaccard", "precision", "recall") for way in ("macro", "micro", "samples", "weighted")},
    "multioutput": {"r2", "explained_variance", "d2_absolute_error_score"}
    | {f"neg_{one}_error" for one in ("mean_absolute", "mean_squared", "median_absolute", "root_mean_squared")}
    | {"neg_mean_absolute_percentage_error", "neg_mean_squared_log_error", "neg_root_mean_squared_log_error"},
}  # fmt: skip
MEANINGLESS = {
    "multilabel": {"neg_log_loss", "neg_brier_score", "d2_log_loss_score", "d2_brier_score", "roc_auc_ovr", "roc_auc_ovo"}
    | {"roc_auc_ovr_weighted", "roc_auc_ovo_weighted"}
    | SCORED["multioutput"],
    "multioutput": set(),
}  # fmt: skip
"""What scikit-learn computes without an error: of probabilities as if they were of classes, or of labels as if they were numbers."""


def bound(name, **options):
    return Bound(REGISTRY.find(Scorer, name), options, Location("here"))


def measured(scorer, truth, predictions):
    return scorer.record.measure(truth, predictions, **scorer.options)


def known(name, model, data):
    """What scikit-learn's own scorer says of the rest of the rows; None where it cannot."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            score = get_scorer(name)(model, X[45:], data.y[45:])
        except (AttributeError, TypeError, ValueError):
            return None
    return score if np.isfinite(score) else None


@pytest.mark.parametrize("task", DATA)
def test_scores_of_several_targets_are_scikit_learns_and_others_are_refused(task):
    data = DATA[task]
    model = KNeighborsClassifier() if task == "multilabel" else KNeighborsRegressor()
    model.fit(X[:45], data.y[:45])
    predictions = Predictions.of(model, X[45:], classes=task == "multilabel")
    assert {name for name in NAMES if not problem_with(bound(name), data)} == SCORED[task]
    for name in SCORED[task]:
        theirs = get_scorer(name)(model, X[45:], data.y[45:])
        assert measured(bound(name), data.y[45:], predictions) == pytest.approx(theirs, rel=1e-12), name
    assert {name for name in {*NAMES} - SCORED[task] if known(name, model, data) is not None} == MEANINGLESS[task]


@pytest.mark.parametrize(
    ("name", "options", "theirs"),
    [
        ("neg_hamming_loss", {}, lambda truth, found: -hamming_loss(truth, found.labels)),
        ("fbeta", {"beta": 2, "average": "samples"}, lambda y, found: fbeta_score(y, found.labels, beta=2, average="samples")),
        ("roc_auc", {"average": "micro"}, lambda y, found: roc_auc_score(y, found.probabilities, average="micro")),
        (
            "average_precision",
            {"average": "samples"},
            lambda y, found: average_precision_score(y, found.probabilities, average="samples"),
        ),
    ],
)  # fmt: skip
def test_averages_over_labels_are_those_of_scikit_learns_metrics(name, options, theirs):
    data = DATA["multilabel"]
    predictions = Predictions.of(KNeighborsClassifier().fit(X[:45], data.y[:45]), X[45:], classes=True)
    assert measured(bound(name, **options), data.y[45:], predictions) == theirs(data.y[45:], predictions)


@pytest.mark.parametrize(
    ("name", "options", "data", "message"),
    [
        ("f1", {}, DATA["multilabel"], "'f1' cannot score these data: its average is for one of two classes; for several"),
        ("r2", {}, DATA["multilabel"], "the targets are 3 labels, which 'r2' does not score; accuracy, f1_macro, "),
        ("accuracy", {}, DATA["multioutput"], "the targets are 2 numbers, which 'accuracy' does not score; r2, neg_mean"),
        ("roc_auc", {"max_fpr": 0.1}, DATA["multilabel"], "'roc_auc' cannot score these data: 'max_fpr' is for two"),
        ("roc_auc", {"average": "micro"}, TWO_CLASSES, "'roc_auc' cannot score these data: the average 'micro' is for"),
        ("f1_samples", {}, TWO_CLASSES, "'f1_samples' scores several targets, but the target is one of 2 classes; "),
    ],
)  # fmt: skip
def test_what_scorers_of_several_targets_cannot_do_is_refused_with_a_way_out(name, options, data, message):
    assert problem_with(bound(name, **options), data).startswith(message)
