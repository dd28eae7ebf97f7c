"""Every check of the contract of transforms fails for a transform that breaks it."""

from __future__ import annotations

import pytest

from contracts.breaking import Bad, breaks, checks_of
from gridloom.testing import TransformContract


def transform(body, fields=""):
    lines = "\n    ".join(body.splitlines())
    return f"""
import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.preprocessing import FunctionTransformer, StandardScaler

KEPT = StandardScaler()

class Ranks(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self
    def transform(self, X):
        return X - X.mean()

class Noise(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.n_features_in_, self.shift_ = X.shape[1], np.random.random()
        return self
    def transform(self, X):
        return X + self.shift_

def make():
    {lines}

@gridloom.hookimpl
def gridloom_transforms():
    yield gridloom.Transform("bad", "Bad.", make{fields})
"""


BAD = {
    "test_each_transformer_is_a_new_one": [
        Bad(transform("return KEPT"), "returns the same transformer twice"),
        Bad(transform("return 3"), "int has no fit"),
    ],
    "test_what_it_learns_depends_on_the_rows_it_is_fitted_on_alone": [
        Bad(transform("return Ranks()"), "transformed differently along with other rows"),
    ],
    "test_it_learns_alike_every_time": [
        Bad(transform("return Noise()"), "set a random_state"),
    ],
    "test_it_makes_what_it_says": [
        Bad(transform("return FunctionTransformer(lambda X: X.rename(columns=lambda name: name + '!'))"), "it makes a column 'numeric 0!'"),
        Bad(transform("return StandardScaler()", ", fills_gaps=True"), "its output has missing cells"),
        Bad(transform("return FunctionTransformer(lambda X: X * np.inf)"), "non-finite", error=ValueError),
    ],
    "test_a_real_run_goes_through_it": [
        Bad(transform("raise ValueError('no such luck')"), "no such luck"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("check", "bad"), [(check, bad) for check, found in BAD.items() for bad in found])
def test_the_check_fails(check, bad, tmp_path):
    breaks(TransformContract, check, bad, tmp_path, tmp_path=tmp_path)


def test_there_is_a_bad_transform_for_every_check():
    assert set(BAD) == checks_of(TransformContract)
