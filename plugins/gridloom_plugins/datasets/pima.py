"""The data set `pima`: the article's, in the article's order, bundled with Gridloom."""

from __future__ import annotations

from pathlib import Path

from gridloom import Data, Dataset
from gridloom_plugins.datasets import csv


def load() -> Data:
    """768 women of at least 21 years of Pima heritage: 8 measurements each, and diabetes within five years or not.

    Collected by the National Institute of Diabetes and Digestive and Kidney Diseases; donated in 1990 to the UCI
    repository by V. Sigillito (Johns Hopkins University). 268 of the 768 rows are positive. The rows are in the order
    of the classic headerless file. Zeros in glucose, blood_pressure, skin_thickness, insulin and bmi stand for missing
    values in the original; the article trains on them as they are.
    """
    data = csv.load(Path(__file__).with_name("pima.csv"), target="diabetes")
    return Data(data.X, data.y, data.feature_names, data.target_name, ("no diabetes", "diabetes"), positive="diabetes")


DATASET = Dataset(name="pima", summary="Diabetes among Pima women, 768 rows of 8 measurements (NIDDK 1990).", load=load)
