"""A plugin with a table of all kinds of columns, a builder that draws, and a transform of its own."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

import gridloom

CITIES = ("Bern", "Oslo", "Rome")
WORDS = ("good", "bad", "cheap", "late")


class Doubled(TransformerMixin, BaseEstimator):
    """Twice the numbers."""

    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X):
        return X * 2

    def get_feature_names_out(self, names=None):
        return names


def columns():
    return (
        gridloom.Column("age", gaps=True),
        gridloom.Column("city", "category", CITIES, gaps=True),
        gridloom.Column("member", "boolean"),
        gridloom.Column("since", "date"),
        gridloom.Column("note", "text", tuple(f"{one} {two}" for one in WORDS for two in WORDS)),
    )


def load(texts: bool = True):
    """Ninety rows with gaps."""
    rng = np.random.default_rng(0)
    age, city = rng.normal(40, 9, 90), rng.integers(0, 3, 90).astype(float)
    member, since, note = rng.integers(0, 2, 90), rng.integers(9_000, 20_000, 90), rng.integers(0, 16, 90)
    y = (age + 9 * city + 5 * member + rng.normal(size=90) > 52).astype(int)
    age[::7], city[::9] = np.nan, np.nan
    X = np.column_stack([age, city, member, since, note])
    width = 5 if texts else 4
    return gridloom.Data(X[:, :width], y, target_name="left", classes=("no", "yes"), columns=columns()[:width])


def build(task, kind: str = "plain"):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    if kind == "lambda":
        return make_pipeline(FunctionTransformer(lambda X: X + 1), LogisticRegression())
    return LogisticRegression(C=float(np.random.uniform(0.5, 2)))  # noqa: NPY002


def double():
    """Twice the numbers."""
    return Doubled()


@gridloom.hookimpl
def gridloom_datasets():
    yield gridloom.Dataset("mixed", "All kinds of columns.", load)


@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("drawing", "An estimator with a drawn strength.", build, makes="estimator")


@gridloom.hookimpl
def gridloom_transforms():
    yield gridloom.Transform("doubled", "Twice the numbers.", double)
