"""Tables from their files to scores: Gridloom reads, prepares and scores as pandas and a Pipeline of scikit-learn do."""

from __future__ import annotations

import importlib.util

import numpy as np
import pandas as pd
import pytest
from docs.snippets import ROOT
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge, RidgeClassifier
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import gridloom

RIDGE = """
import gridloom

def build(task, alpha: float = 1.0):
    from sklearn.linear_model import Ridge, RidgeClassifier
    return Ridge(alpha=alpha) if task.kind == "regression" else RidgeClassifier(alpha=alpha)

@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("ridge", "Ridge regression.", build, makes="estimator")
"""


def numbers(*names):
    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), list(names)


def categories(*names):
    filled = SimpleImputer(strategy="most_frequent")
    return make_pipeline(filled, OneHotEncoder(handle_unknown="ignore")), list(names)


def customers(table):
    table["since"] = pd.to_datetime(table["since"]).map(pd.Timestamp.toordinal)
    table["paperless"] = table["paperless"] == "yes"
    parts = (
        numbers("months", "monthly_fee", "calls", "since"),
        categories("plan"),
        (TfidfVectorizer(), "note"),
        ("passthrough", ["paperless"]),
    )
    return table, table["left"] == "yes", make_column_transformer(*parts, sparse_threshold=0), RidgeClassifier()


def affairs(table):
    rest = ("age", "yrs_married", "children", "religious", "educ")
    parts = (numbers(*rest), categories("occupation", "occupation_husb"), ("passthrough", ["affair"]))
    table["affair"] = table["affair"] == "yes"
    return table, table["rate_marriage"], make_column_transformer(*parts, sparse_threshold=0), Ridge()


def visits(table):
    poor = ("hlthg", "hlthf", "hlthp")
    rest = [name for name in table if name not in (*poor, "mdvis")]
    parts = (numbers(*rest), categories(*poor))
    return table, table["mdvis"], make_column_transformer(*parts, sparse_threshold=0), Ridge()


TABLES = {
    "customers": (
        customers,
        {"target": "left", "drop": ["customer_id"], "types": {"note": "text"}},
        ["impute", "one_hot", "standardize", "text_vectors"],
        "accuracy",
    ),
    "affairs": (
        affairs,
        {
            "target": "rate_marriage",
            "task": "regression",
            "types": {"occupation": "category", "occupation_husb": "category"},
        },
        ["one_hot", "standardize"],
        "r2",
    ),
    "visits": (
        visits,
        {"target": "mdvis", "types": {"hlthg": "category", "hlthf": "category", "hlthp": "category"}},
        ["one_hot", "standardize"],
        "r2",
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read_prepared_and_scored_as_by_a_pipeline(name, write, tmp_path):
    read, options, steps, scoring = TABLES[name]
    spec = importlib.util.spec_from_file_location("problem_data", ROOT / "benchmarks/problems/data.py")
    data = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(data)
    getattr(data, name)(tmp_path)
    (tmp_path / "ridge.py").write_text(RIDGE)
    result = gridloom.run(
        write(
            dataset={"name": "csv", "path": f"{name}.csv", **options},
            model="ridge",
            preprocess=steps,
            search={"space": {"model": {"alpha": [1.0, 30.0]}}},
            scoring=scoring,
            validation={"method": "kfold", "folds": 3},
            reporters=[],
        ),
        n_jobs=1,
        out=tmp_path / "runs",
        plugins=[str(tmp_path / "ridge.py")],
    )
    table, y, prepare, ridge = read(pd.read_csv(tmp_path / f"{name}.csv"))
    for trial in result.trials:
        model = make_pipeline(prepare, ridge.set_params(alpha=trial.candidate.flat["alpha"]))
        expected = cross_val_score(model, table, y, cv=KFold(3, shuffle=True, random_state=7), scoring=scoring)
        np.testing.assert_allclose([fit.scores[scoring] for fit in trial.results], expected, atol=1e-6)
