"""A search is an estimator as scikit-learn's is: it is cloned, pickled and nested, and passes scikit-learn's checks and tests."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import check_estimator

from dropin.networks import MARKS, classifier, compiled, tumours
from gridloom.sklearn import GridSearchCV, RandomizedSearchCV

pytestmark = MARKS


def test_it_is_cloned_pickled_and_nested():
    X, y = tumours()
    search = clone(GridSearchCV(classifier(compiled), {"model__rate": [0.01, 0.5]}, cv=2, scoring="accuracy"))
    assert not hasattr(search, "engine_")
    scores = cross_val_score(search, X, y, cv=2)
    assert scores.min() > 0.9
    search.fit(X, y)
    again = pickle.loads(pickle.dumps(search))
    np.testing.assert_allclose(again.predict_proba(X), search.predict_proba(X), atol=1e-6)
    assert (again.engine_, again.result_, search.result_.best.params["model__rate"]) == ("fused", None, 0.5)
    assert search.get_params()["estimator"] is search.estimator
    assert type(search.estimator).__name__ == "KerasClassifier"


def test_equal_seeds_have_equal_scores_with_any_number_of_workers():
    X, y = tumours()
    found = []
    for workers in (1, 2):
        estimator = classifier(compiled, random_state=3, batch_size=32)
        search = GridSearchCV(estimator, {"model__rate": [0.01, 0.5]}, cv=2, refit=False, n_jobs=workers)
        found.append(search.fit(X, y).cv_results_["mean_test_score"].tolist())
    assert found[0] == found[1]


@pytest.mark.filterwarnings("ignore")  # of fits that the checks mean to fail
@pytest.mark.parametrize("search", [GridSearchCV, RandomizedSearchCV])
def test_checks_of_scikit_learn(search):
    grid = {"C": [0.1, 1.0]}
    more = {"n_iter": 2} if search is RandomizedSearchCV else {}
    checks = check_estimator(search(LogisticRegression(), grid, cv=2, **more), on_skip=None)
    assert len([check for check in checks if check["status"] == "passed"]) > 40


def test_tests_of_scikit_learn_pass_with_these_classes_in_the_place_of_its_own(tmp_path):
    tests = "sklearn.model_selection.tests."
    command = [sys.executable, "-m", "pytest", "-q", "-W", "ignore", "-p", "substituted", "-p", "no:cacheprovider"]
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [*command, "--pyargs", f"{tests}test_search", f"{tests}test_successive_halving"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 200
