"""The data sets that come with Gridloom: the article's rows, and those of scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import datasets as sklearn_datasets
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import KFold, cross_val_score

from gridloom.registry.records import Dataset


def test_pima_holds_768_rows_of_8_measurements_with_268_positive(registry):
    data = registry.find(Dataset, "pima").record.load()
    assert data.X.shape == (768, 8)
    assert data.classes == ("no diabetes", "diabetes")
    assert data.y.sum() == 268
    assert data.X[0].tolist() == [6, 148, 72, 35, 0, 33.6, 0.627, 50]
    assert data.y[0] == 1


def test_pima_stands_in_the_order_of_the_article(registry):
    data = registry.find(Dataset, "pima").record.load()
    scores = cross_val_score(DummyClassifier(), data.X, data.y, cv=KFold(3))
    assert f"{scores.mean():f} ({scores.std():f})" == "0.651042 (0.024774)"


@pytest.mark.parametrize("name", ["breast_cancer", "diabetes", "digits", "iris", "wine"])
def test_a_data_set_of_scikit_learn_is_what_its_loader_gives(name, registry):
    bunch = getattr(sklearn_datasets, f"load_{name}")()
    data = registry.find(Dataset, name).record.load()
    assert np.array_equal(data.X, bunch.data)
    assert np.array_equal(data.y, bunch.target)
    assert data.feature_names == tuple(bunch.feature_names)
    assert data.classes == tuple(map(str, bunch.get("target_names", ())))
