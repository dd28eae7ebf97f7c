"""The built-in transforms keep the contract of transforms."""

from __future__ import annotations

import pytest

from gridloom.testing import TransformContract


class TestImpute(TransformContract):
    name = "impute"
    refused = {"numbers": ["zero"]}


class TestOneHot(TransformContract):
    name = "one_hot"
    options = {"max_categories": 2}
    refused = {"max_categories": [1], "drop": ["last"]}


class TestOrdinal(TransformContract):
    name = "ordinal"


class TestStandardize(TransformContract):
    name = "standardize"


@pytest.mark.filterwarnings("ignore:n_quantiles:UserWarning")
class TestQuantile(TransformContract):
    name = "quantile"
    options = {"distribution": "normal"}
    refused = {"n_quantiles": [1]}


class TestSelectKBest(TransformContract):
    name = "select_k_best"
    options = {"k": 2}
    refused = {"k": [0], "by": ["luck"]}


class TestSelectKBestForNumbers(TransformContract):
    name = "select_k_best"
    options = {"k": 2, "by": "mutual_information"}
    task = "regression"


class TestPca(TransformContract):
    name = "pca"
    options = {"components": 2}
    refused = {"components": [0, -1]}


class TestTextVectors(TransformContract):
    name = "text_vectors"
    options = {"max_words": 5}
    refused = {"stop_words": ["german"]}
