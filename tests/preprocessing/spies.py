"""A plugin that tells which rows its transformer was fitted on, and one that would give a leak away."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin

import gridloom
from gridloom import Data, Dataset, Transform

ROWS = 30


class Spy(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Notes the rows it is fitted on and the rows it transforms: the first column numbers them."""

    def __init__(self, folder):
        self.folder = folder

    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        self._note("fit", X)
        return self

    def transform(self, X):
        self._note("transform", X)
        return X

    def _note(self, what, X):
        rows = X["row"].astype(int).tolist()
        with (Path(self.folder) / f"{os.getpid()}.jsonl").open("a") as file:
            file.write(json.dumps([what, rows]) + "\n")


class Oracle(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Learns the target of each row by heart, and tells it: it is right about rows that it has been fitted on alone."""

    def fit(self, X, y):
        self.n_features_in_ = X.shape[1]
        self.known_ = dict(zip(X["row"].astype(int), y, strict=True))
        return self

    def transform(self, X):
        told = X.copy()
        told["noise"] = [float(self.known_.get(int(row), 0.5)) for row in X["row"]]
        return told


def load(targets: str = "luck"):
    """Numbered rows of noise; `targets` is ignored."""
    rng = np.random.default_rng(5)
    X = np.column_stack([np.arange(ROWS), rng.normal(size=ROWS)]).astype(float)
    return Data(X, rng.permutation(np.arange(ROWS) % 2), ("row", "noise"), classes=("a", "b"), positive="b")


def spy(folder: str):
    """A `Spy` that writes into a `folder`."""
    return Spy(folder)


def oracle():
    """An `Oracle`."""
    return Oracle()


@gridloom.hookimpl
def gridloom_datasets():
    yield Dataset("numbered", "Rows with numbers.", load)


@gridloom.hookimpl
def gridloom_transforms():
    yield Transform("spy", "Notes what it sees.", spy)
    yield Transform("oracle", "Knows the targets.", oracle)
