"""Scores are those of scikit-learn's Pipeline on the same splits; and networks train on what it makes, in both engines alike."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, RobustScaler, StandardScaler

import gridloom
from gridloom.core.columns import frame_of
from gridloom.testing.parts import load_table

PARTS = "gridloom.testing.parts"
KINDS = ("numeric", "category", "boolean", "date", "text")
FILLED = [f"{kind} {number}" for kind in ("numeric", "category", "boolean", "date") for number in (0, 1)]
NUMBERS = [name for name in FILLED if not name.startswith("category")]
CATEGORIES = ["category 0", "category 1"]


def words(name):
    return (name, TfidfVectorizer(max_features=1000), name)


PIPELINES = {
    "one_hot": (
        ["impute", "one_hot", "standardize", "text_vectors"],
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["numeric 0", "numeric 1", "date 0", "date 1"]),
            ("booleans", SimpleImputer(strategy="median"), ["boolean 0", "boolean 1"]),
            ("categories", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")), CATEGORIES),
            words("text 0"),
            words("text 1"),
        ],
    ),
    "ordinal": (
        [{"name": "impute", "numbers": "mean"}, "ordinal", "robust", {"name": "text_vectors"}],
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="mean"), RobustScaler()), ["numeric 0", "numeric 1", "date 0", "date 1"]),
            ("booleans", SimpleImputer(strategy="mean"), ["boolean 0", "boolean 1"]),
            ("categories", make_pipeline(SimpleImputer(strategy="most_frequent"), OrdinalEncoder(), RobustScaler()), CATEGORIES),
            words("text 0"),
            words("text 1"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PIPELINES)
def test_scores_are_those_of_a_pipeline_in_cross_validate(name, write, tmp_path):
    steps, parts = PIPELINES[name]
    result = gridloom.run(
        write(
            dataset={"name": "tiny-table", "gaps": True},
            model="tiny-estimator",
            preprocess=steps,
            scoring=["neg_log_loss", "accuracy"],
            validation={"method": "stratified_kfold", "folds": 3},
            reporters=[],
        ),
        n_jobs=1,
        out=tmp_path / "runs",
        plugins=[PARTS],
    )
    assert not result.failed, result.failed[0].failures[0][1].error
    data = load_table(gaps=True)
    for trial in result.trials:
        model = make_pipeline(ColumnTransformer(parts), LogisticRegression(C=trial.candidate.flat["C"]))
        splits = StratifiedKFold(3, shuffle=True, random_state=7)
        expected = cross_validate(
            model, frame_of(data.columns, data.X), data.y, cv=splits, scoring=["neg_log_loss", "accuracy"]
        )
        for score in ("neg_log_loss", "accuracy"):
            found = [fit.scores[score] for fit in trial.results]
            np.testing.assert_allclose(found, expected[f"test_{score}"], atol=1e-6)


@pytest.mark.parametrize("engine", ["fused", "scikeras"])
def test_a_network_trains_on_prepared_rows_as_on_rows_that_were_prepared_before(engine, tmp_path):
    """Both engines give the scores that they give for features which were prepared by hand, split by split."""
    plugin = tmp_path / "prepared.py"
    plugin.write_text(PREPARED)
    keys = (
        "model: {name: mlp, hidden: [4]}\ntraining: {epochs: 2, batch_size: 8}\nreporters: []\nscoring: neg_log_loss\n"
    )
    keys += "search: {space: {neurons: {neurons: [3, 5]}}}\nvalidation: {method: kfold, folds: 2}\nseed: 3\n"
    results = {}
    for name, head in {
        "inside": "dataset: {name: tiny}\npreprocess: [standardize]\n",
        **{f"fold{fold}": f"dataset: {{name: prepared, fold: {fold}}}\n" for fold in range(2)},
    }.items():
        (file := tmp_path / f"{name}.yaml").write_text(f"{head}{keys}engine: {engine}\n")
        results[name] = gridloom.run(file, n_jobs=1, out=tmp_path / "runs", plugins=[PARTS, str(plugin)])
        assert not results[name].failed
    for place, trial in enumerate(results["inside"].trials):
        for fit, found in zip(trial.fits, trial.results, strict=True):
            other = results[f"fold{fit.fold}"].trials[place]
            (expected,) = (
                r
                for f, r in zip(other.fits, other.results, strict=True)
                if (f.fold, f.replica) == (fit.fold, fit.replica)
            )
            assert found.scores["neg_log_loss"] == pytest.approx(expected.scores["neg_log_loss"], abs=1e-6)


PREPARED = '''
import gridloom
from gridloom.testing.parts import load


def prepared(fold: int):
    """The tiny data, standardized by the training rows of one `fold` of those of the test."""
    from dataclasses import replace
    from sklearn.model_selection import KFold
    from sklearn.preprocessing import StandardScaler

    data = load()
    train, _ = list(KFold(2, shuffle=True, random_state=3).split(data.X))[fold]
    X = data.X.astype("float64")
    return replace(data, X=StandardScaler().fit(X[train]).transform(X))


@gridloom.hookimpl
def gridloom_datasets():
    yield gridloom.Dataset("prepared", "Prepared by hand.", prepared)
'''
