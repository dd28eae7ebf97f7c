"""A mixed table from a CSV file is scored as a pipeline of scikit-learn scores the table that pandas reads."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

ROWS = 150


@pytest.fixture
def table(tmp_path):
    """A table of all kinds, with missing cells, that is written as CSV and read by pandas."""
    rng = np.random.default_rng(11)
    age = rng.normal(40, 12, ROWS)
    plan = rng.choice(["basic", "plus", "pro"], ROWS)
    leaves = rng.random(ROWS) < 1 / (1 + np.exp((age - 35) / 6 - (plan == "basic")))
    frame = pd.DataFrame(
        {
            "age": np.where(rng.random(ROWS) < 0.1, np.nan, age),
            "plan": np.where(rng.random(ROWS) < 0.1, None, plan),
            "active": rng.choice(["yes", "no"], ROWS),
            "since": pd.to_datetime(rng.integers(15_000, 20_000, ROWS), unit="D"),
            "note": [" ".join(rng.choice(list("abcdefgh"), 3)) * 2 + f" {row}" for row in range(ROWS)],
            "left": np.where(leaves, "yes", "no"),
        }
    )
    frame.to_csv(tmp_path / "table.csv", index=False)
    return pd.read_csv(tmp_path / "table.csv", parse_dates=["since"])


def test_a_mixed_table_is_scored_as_a_pipeline_of_scikit_learn_scores_it(gridloom, write, table, tmp_path):
    file = write(
        dataset={"name": "csv", "path": "table.csv", "target": "left", "positive": "yes"},
        preprocess=["impute", "one_hot", "text_vectors"],
        scoring="roc_auc",
        search={"space": {"model": {"C": [0.1, 1.0]}}},
    )
    done = gridloom("run", file)
    assert done.returncode == 0, done.stderr
    results = pd.read_csv(tmp_path / "runs" / "small" / "results.csv").set_index("param_C")

    table["active"] = (table["active"] == "yes").astype(float)
    table["since"] = (table["since"] - pd.Timestamp(0)) / pd.Timedelta(days=1)
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    prepared = ColumnTransformer(
        [
            ("numbers", SimpleImputer(strategy="median"), ["age", "since"]),
            ("plan", make_pipeline(SimpleImputer(strategy="most_frequent"), one_hot), ["plan"]),
            ("active", "passthrough", ["active"]),
            ("note", TfidfVectorizer(max_features=1000), "note"),
        ],
        sparse_threshold=0,
    )
    for C in (0.1, 1.0):
        pipeline = make_pipeline(prepared, StandardScaler(), LogisticRegression(C=C, max_iter=1000))
        folds = StratifiedKFold(3, shuffle=True, random_state=7)
        scores = cross_val_score(pipeline, table, table["left"] == "yes", cv=folds, scoring="roc_auc")
        found = [results.loc[C, f"split{fold}_test_score"] for fold in range(3)]
        assert found == pytest.approx(scores, abs=1e-6)
