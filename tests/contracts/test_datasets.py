"""The built-in data sets keep the contract of data sets."""

from __future__ import annotations

from gridloom import Task
from gridloom.testing import DatasetContract


class TestArrays(DatasetContract):
    name = "arrays"
    options = {"path": "series.npz"}
    refused = {"path": ["not_there.npz"], "y_path": ["not_there.npy"], "task": ["guess"]}
    task = Task("regression", (5, 2), 0)
    rows = 8


class TestBreastCancer(DatasetContract):
    name = "breast_cancer"
    task = Task("binary", (30,), 2)
    rows = 569


class TestCsvOfClasses(DatasetContract):
    name = "csv"
    options = {"path": "garden.csv", "target": "flower"}
    refused = {"path": ["not_there.csv", 1], "task": ["guess"], "delimiter": ["", ";;"], "features": ["height"]}
    task = Task("multiclass", (2,), 3)


class TestCsvOfNumbers(DatasetContract):
    name = "csv"
    options = {"path": "garden.csv", "target": "height", "features": ["petals"]}
    task = Task("regression", (1,), 0)


class TestCsvOfAllKinds(DatasetContract):
    name = "csv"
    options = {"path": "customers.csv", "target": "left", "types": {"plan": "category"}}
    refused = {
        "types": [{"plan": "number"}, ["plan"]],
        "decimal": [";"],
        "encoding": ["ascii"],
        "missing": ["NA", [None]],
    }
    task = Task("binary", (5,), 2)
    rows = 24


class TestDiabetes(DatasetContract):
    name = "diabetes"
    task = Task("regression", (10,), 0)
    rows = 442


class TestDigits(DatasetContract):
    name = "digits"
    task = Task("multiclass", (64,), 10)
    rows = 1797


class TestImages(DatasetContract):
    name = "images"
    options = {"path": "shades", "greyscale": True}
    refused = {"path": ["not_there", "garden.csv"], "size": [[8], [0, 8], 8]}
    task = Task("binary", (3, 4, 1), 2)
    rows = 6


class TestIris(DatasetContract):
    name = "iris"
    task = Task("multiclass", (4,), 3)
    rows = 150


class TestParquet(DatasetContract):
    name = "parquet"
    options = {"path": "customers.parquet", "target": "left", "order": "since"}
    refused = {"path": ["not_there.parquet"], "types": [{"plan": "number"}]}
    task = Task("binary", (4,), 2)
    rows = 24


class TestPima(DatasetContract):
    name = "pima"
    task = Task("binary", (8,), 2)
    rows = 768


class TestWine(DatasetContract):
    name = "wine"
    task = Task("multiclass", (13,), 3)
    rows = 178
