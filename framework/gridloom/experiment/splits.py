"""Cross-validation: which rows train and which test, materialised once and the same for every candidate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le, Lt

from gridloom.core.data import Data
from gridloom.core.split import ALL_ROWS, Split
from gridloom.errors import DataError
from gridloom.registry.options import Options

Positive = Annotated[int, Ge(1), Le(10_000)]
Folds = Annotated[int, Ge(2), Le(10_000)]


def kfold(data: Data, seed: int, folds: Folds = 5, shuffle: bool = True, repeats: Positive = 1) -> Iterator[Any]:
    """Plain k-fold: shuffled rows, or contiguous blocks of them, as the 2016 article had by scikit-learn's default."""
    from sklearn.model_selection import KFold

    for repeat in range(repeats):
        splitter = KFold(folds, shuffle=shuffle, random_state=_seed(seed, repeat) if shuffle else None)
        yield repeat, splitter.split(data.X)


def stratified_kfold(
    data: Data, seed: int, folds: Folds = 5, shuffle: bool = True, repeats: Positive = 1
) -> Iterator[Any]:
    """K-fold that keeps the proportions of the classes in every fold."""
    import numpy as np
    from sklearn.model_selection import StratifiedKFold

    if not data.classes:
        raise DataError("stratified_kfold needs classes, but the target is a number; use kfold")
    _refuse_lone_rows(data)
    counts = np.bincount(data.y.astype(int))
    if counts.min() < folds:
        rare = data.classes[int(counts.argmin())]
        raise DataError(
            f"class '{rare}' has {counts.min()} row(s), fewer than the {folds} folds; use {counts.min()} folds at most"
        )
    for repeat in range(repeats):
        splitter = StratifiedKFold(folds, shuffle=shuffle, random_state=_seed(seed, repeat) if shuffle else None)
        yield repeat, splitter.split(data.X, data.y)


def shuffle_split(
    data: Data,
    seed: int,
    folds: Positive = 5,
    test_share: Annotated[float, Gt(0), Lt(1)] = 0.2,
    repeats: Positive = 1,
) -> Iterator[Any]:
    """Independent random splits with a share of the rows to test, stratified where there are classes."""
    from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit

    _refuse_lone_rows(data)
    splitter = StratifiedShuffleSplit if data.classes else ShuffleSplit
    for repeat in range(repeats):
        yield repeat, splitter(folds, test_size=test_share, random_state=_seed(seed, repeat)).split(data.X, data.y)


LONE = "no folds can train on it and test on it; exclude its row, add rows, or join it with another class"
"""What to do about a class of a single row."""


def _refuse_lone_rows(data: Data) -> None:
    """Raise DataError for a class that has a single row: no way to split it has one to train and one to test."""
    import numpy as np

    if not data.classes:
        return
    counts = np.bincount(data.y.astype(int), minlength=len(data.classes))
    if counts.min() == 1:
        raise DataError(f"class '{data.classes[int(counts.argmin())]}' has a single row, so that {LONE}")


def _seed(seed: int, repeat: int) -> int:
    """The seed of a repeat, within the 32 bits that scikit-learn takes."""
    return (seed + repeat) % 2**32


DEFAULT_METHOD = "kfold"
"""What validates an experiment that does not say; each method has one set of defaults, wherever it is named."""

METHODS: Mapping[str, Callable[..., Iterator[Any]]] = {
    "kfold": kfold,
    "stratified_kfold": stratified_kfold,
    "shuffle_split": shuffle_split,
}
"""The methods of `validation:`, by name; their options are the parameters after `data` and `seed`."""


def validation_keys(seeds: Annotated[int, Ge(1), Le(100_000)] = 1, nested: dict[str, Any] | None = None) -> None:
    """What may stand beside the options of a validation method; only the signature counts, and what is told of each.

    `seeds` is how many times each split is trained, from other random starts. `nested` holds options of outer folds, such
    as {folds: 5}: the search is done once more in each, and its winner scored on rows that it has not seen.
    """


def method_options(method: str) -> Options:
    """The options of a validation method."""
    return Options(METHODS[method], fixed=2)


@dataclass(frozen=True)
class Validation:
    """How candidates are scored: a method with its options, and how many seeds train each split.

    `nested` holds the options of the outer folds that differ, and is None where the search is not nested.
    """

    method: str
    options: Mapping[str, Any] = field(default_factory=dict)
    seeds: int = 1
    nested: Mapping[str, Any] | None = None

    @property
    def resolved(self) -> dict[str, Any]:
        """All settings with their defaults, as plain data."""
        options = method_options(self.method)
        outer = {"nested": options.resolve(self.outer.options)} if self.outer else {}
        return {"method": self.method, **options.resolve(self.options), "seeds": self.seeds, **outer}

    @property
    def outer(self) -> Validation | None:
        """What cuts the outer folds: the same method, once, unless `nested` says otherwise."""
        if self.nested is None:
            return None
        return Validation(self.method, {**self.options, "repeats": 1, **self.nested}, self.seeds)

    @property
    def places(self) -> list[tuple[int, int]]:
        """The (repeat, fold) of every split, in order, as `materialise` makes them."""
        resolved = self.resolved
        return [(repeat, fold) for repeat in range(resolved["repeats"]) for fold in range(resolved["folds"])]

    @property
    def most_fits(self) -> int:
        """How many fits a candidate has at most: in the search, and in that of every outer fold."""
        resolved = self.resolved
        outer = resolved.get("nested", {"folds": 0, "repeats": 1})
        searches = 1 + outer["folds"] * outer["repeats"]
        return int(searches * resolved["folds"] * resolved["repeats"] * self.seeds)

    def materialise(self, data: Data, seed: int) -> list[Split]:
        """The splits of these data; DataError when they cannot be made, or a class is missing where one trains."""
        if self.resolved["folds"] > len(data.y) and self.method != "shuffle_split":
            raise DataError(f"{self.resolved['folds']} folds need as many rows at least; there are {len(data.y)}")
        try:
            splits = [
                Split(repeat, fold, train, test)
                for repeat, pairs in METHODS[self.method](data, seed, **self.options)
                for fold, (train, test) in enumerate(pairs)
            ]
        except ValueError as error:
            raise DataError(f"validation '{self.method}' cannot split the {len(data.y)} rows: {error}") from None
        for split in splits:
            _check_classes(data, split, self.resolved)
        return splits

    def materialise_nested(self, data: Data, seed: int) -> list[Split]:
        """For every outer fold the splits of its training rows, and one that trains on all of them and tests on the rest."""
        found: list[Split] = []
        for number, outer in enumerate(self.outer.materialise(data, seed) if self.outer else ()):
            rows = outer.train
            try:
                inner = self.materialise(data.take(rows), seed)
            except DataError as error:
                raise DataError(f"inside outer fold {number}: {error}") from None
            found += [Split(split.repeat, split.fold, rows[split.train], rows[split.test], number) for split in inner]
            found.append(Split(0, ALL_ROWS, rows, outer.test, number))
        return found


def _check_classes(data: Data, split: Split, options: Mapping[str, Any]) -> None:
    import numpy as np

    missing = set(range(len(data.classes))) - set(np.unique(data.y[split.train]).tolist())
    if missing:
        name, rows = data.classes[min(missing)], int((data.y == min(missing)).sum())
        few = f" with at most {rows} folds" if rows < options["folds"] else ""
        advice = f"use stratified_kfold{few}"
        if rows == 1:
            advice = f"it has a single row, so that {LONE}"
        elif not options.get("shuffle", True):
            advice += ", or leave 'shuffle: false' out"
        raise DataError(f"class '{name}' is missing from the training rows of fold {split.fold}; {advice}")
