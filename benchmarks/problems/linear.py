"""Linear models of scikit-learn for the problems beside it, with the features, targets and splits that they are scored on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import KFold, PredefinedSplit, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def customers(folder: Path) -> tuple[Any, Any, Any, Any]:
    """Numbers, categories and the note, each prepared as scikit-learn's user guide does it."""
    table = pd.read_csv(folder / "customers.csv", parse_dates=["since"])
    table["since"] = table["since"].astype("int64") / 1e9
    prepare = make_column_transformer(
        (
            make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
            ["months", "monthly_fee", "calls", "since"],
        ),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()), ["plan", "paperless"]),
        (TfidfVectorizer(), "note"),
    )
    model = make_pipeline(prepare, LogisticRegression(max_iter=1000))
    return table, table["left"] == "yes", StratifiedKFold(5, shuffle=True, random_state=1), model


def digits(folder: Path) -> tuple[Any, Any, Any, Any]:
    """Pixels in a row."""
    from PIL import Image

    paths = sorted((folder / "digits").glob("*/*.png"))
    X = np.stack([np.asarray(Image.open(path)).ravel() / 255 for path in paths])
    y = np.array([path.parent.name for path in paths])
    return X, y, StratifiedKFold(3, shuffle=True, random_state=1), LogisticRegression(max_iter=1000)


def power(folder: Path) -> tuple[Any, Any, Any, Any]:
    """Hours in a row."""
    with np.load(folder / "power.npz") as file:
        X, y, folds = file["demand"][:, :, 0], file["season"], file["folds"]
    return X, y, PredefinedSplit(folds), LogisticRegression(max_iter=1000)


def affairs(folder: Path) -> tuple[Any, Any, Any, Any]:
    """Occupations as categories, the rest as numbers."""
    table = pd.read_csv(folder / "affairs.csv")
    y = table.pop("affair") == "yes"
    jobs = ["occupation", "occupation_husb"]
    prepare = make_column_transformer((OneHotEncoder(), jobs), remainder=StandardScaler())
    return table, y, StratifiedKFold(5, shuffle=True, random_state=1), make_pipeline(prepare, LogisticRegression())


def visits(folder: Path) -> tuple[Any, Any, Any, Any]:
    """All columns are numbers."""
    table = pd.read_csv(folder / "visits.csv")
    y = table.pop("mdvis")
    prepare = make_column_transformer((StandardScaler(), make_column_selector()))
    return table, y, KFold(5, shuffle=True, random_state=1), make_pipeline(prepare, RidgeCV())


def docstrings(folder: Path) -> tuple[Any, Any, Any, Any]:
    """TF-IDF of the texts."""
    table = pd.read_csv(folder / "docstrings.csv")
    model = make_pipeline(TfidfVectorizer(max_features=1000), LogisticRegression(max_iter=1000))
    return table["text"], table["library"], StratifiedKFold(5, shuffle=True, random_state=1), model
