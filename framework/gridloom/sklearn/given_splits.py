"""Splits that scikit-learn has made, as the validation of an experiment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gridloom.core.data import Data
from gridloom.core.split import Split
from gridloom.errors import DataError
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.splits import Validation, check_split
from gridloom.sklearn.reasons import NotFused

if TYPE_CHECKING:
    from numpy.typing import NDArray

Pairs = Sequence[tuple["NDArray[Any]", "NDArray[Any]"]]


@dataclass(frozen=True)
class GivenSplits(Validation):
    """Pairs of row numbers, which train and which test; a training is watched by the last share of those that train, if any."""

    pairs: Pairs = ()
    last_share: float | None = None

    def materialise(self, data: Data, seed: int) -> list[Split]:  # noqa: ARG002  (nothing is drawn)
        """The pairs as splits; DataError where a class is missing from the rows that train."""
        splits = [self._split(number, train, test) for number, (train, test) in enumerate(self.pairs)]
        for split in splits:
            check_split(data, split, self.method, self.resolved)
        return splits

    def _split(self, number: int, train: NDArray[Any], test: NDArray[Any]) -> Split:
        if self.last_share is None:
            return Split(0, number, train, test)
        end = math.floor(len(train) * (1.0 - self.last_share))  # as Keras computes it
        if not 0 < end < len(train):
            raise DataError(
                f"the last {self.last_share:g} of {len(train)} rows leave none to train on, or none to watch"
            )
        return Split(0, number, train[:end], test, validation=train[end:])


def with_splits(experiment: Experiment, pairs: Pairs, last_share: float | None = None) -> Experiment:
    """The experiment on these splits, called k-fold where no row is tested twice."""
    import numpy as np

    tested = np.concatenate([test for _, test in pairs])
    method = "kfold" if len(pairs) > 1 and len(np.unique(tested)) == len(tested) else "shuffle_split"
    return replace(
        experiment, validation=GivenSplits(method, {"folds": len(pairs)}, pairs=tuple(pairs), last_share=last_share)
    )


def check_classes(pairs: Pairs, codes: Any, classes: Any, *, stratified: bool) -> None:
    """NotFused where a class is missing from the rows that train; `stratified` says whether scikit-learn stratifies by itself."""
    import numpy as np

    for number, (train, _) in enumerate(pairs):
        missing = np.setdiff1d(np.arange(len(classes)), codes[train])
        if missing.size:
            told = f"class {classes[missing[0]]!s} is missing from the training rows of split {number}"
            if not stratified:
                told += (
                    "; scikit-learn does not take this estimator for a classifier, so an integer for cv does not stratify: "
                    f"write cv=StratifiedKFold({len(pairs)})"
                )
            raise NotFused(told)
