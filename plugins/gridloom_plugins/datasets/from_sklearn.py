"""Loads the data sets that come with scikit-learn."""

from __future__ import annotations

from gridloom import Data


def load(loader: str) -> Data:
    """The data of a loader of `sklearn.datasets`, such as "load_iris"."""
    from sklearn import datasets

    bunch = getattr(datasets, loader)()
    return Data(
        X=bunch.data,
        y=bunch.target,
        feature_names=tuple(bunch.feature_names),
        classes=tuple(str(name) for name in getattr(bunch, "target_names", ())),
    )
