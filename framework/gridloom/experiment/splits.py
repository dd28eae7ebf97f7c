"""Cross-validation: which rows train and which test, materialised once and the same for every candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from annotated_types import Ge, Le

from gridloom.core.data import Data
from gridloom.core.domains import MAX_GRID
from gridloom.core.spelling import spelled
from gridloom.core.split import ALL_ROWS, Split
from gridloom.core.targets import constant
from gridloom.errors import DataError
from gridloom.experiment.split_methods import COUNTED, LONE, method_options, pairs_of


def validation_keys(seeds: Annotated[int, Ge(1), Le(100_000)] = 1, nested: dict[str, Any] | None = None) -> None:
    """Keys besides the options of a validation method; only the signature and the descriptions below count.

    `seeds` is how many times each split is trained, with different random seeds. `nested` has options of outer folds,
    such as {folds: 5}: the search is repeated in each, and its winner is scored on rows that it has not seen.
    """


@dataclass(frozen=True)
class Validation:
    """How candidates are scored: a method with its options, and how many seeds train each split.

    `nested` holds the options of the outer folds that differ, and is None where the search is not nested. `counted` is
    the number of folds of a method that takes it from the data, once `fitted` has seen them.
    """

    method: str
    options: Mapping[str, Any] = field(default_factory=dict)
    seeds: int = 1
    nested: Mapping[str, Any] | None = None
    counted: int | None = None

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
        once = {"repeats": 1} if "repeats" in method_options(self.method).known else {}
        return Validation(self.method, {**self.options, **once, **self.nested}, self.seeds, counted=self.counted)

    @property
    def inner(self) -> Validation:
        """What cuts the training rows of an outer fold: where folds are counted, one is missing, the outer one."""
        return replace(self, nested=None, counted=None if self.counted is None else self.counted - 1)

    def fitted(self, data: Data) -> Validation:
        """The same with the number of folds that these data make; DataError where they make none, or far too many."""
        if self.method not in COUNTED:
            return self
        count, _ = COUNTED[self.method]
        found = replace(self, counted=count(data))
        if found.most_fits > MAX_GRID:
            raise DataError(
                f"validation '{self.method}' makes {found.most_fits:,} fits per candidate from these data; at most "
                f"{MAX_GRID:,} are allowed; use kfold"
            )
        return found

    def counting(self, folds: int | None) -> Validation:
        """The same with a number of folds that data have made before, where the method takes it from the data."""
        return replace(self, counted=folds) if self.method in COUNTED else self

    @property
    def folds(self) -> int | None:
        """How many folds a repeat has; None as long as only the data tell."""
        return self.counted if self.method in COUNTED else int(self.resolved["folds"])

    @property
    def splits(self) -> int | None:
        """How many splits there are, those of outer folds aside; None as long as only the data tell."""
        return None if self.folds is None else self.folds * int(self.resolved.get("repeats", 1))

    @property
    def splits_in_words(self) -> str:
        """How many splits there are, where that is not known in words."""
        return COUNTED[self.method][1] if self.splits is None else f"{self.splits} splits"

    @property
    def places(self) -> list[tuple[int, int]]:
        """The (repeat, fold) of every split, in order, as `materialise` makes them; ValueError where it is not `fitted`."""
        if self.folds is None:
            raise ValueError(f"the number of folds of '{self.method}' depends on the data")
        return [(repeat, fold) for repeat in range(self.resolved.get("repeats", 1)) for fold in range(self.folds)]

    @property
    def most_fits(self) -> int:
        """How many fits a candidate has at most: in the search, and in that of every outer fold; 0 as long as unknown."""
        in_outer = (self.outer.splits or 0) * (self.inner.splits or 0) if self.outer else 0
        return ((self.splits or 0) + in_outer) * self.seeds

    def materialise(self, data: Data, seed: int) -> list[Split]:
        """The splits of these data; DataError when they cannot be made, or a class is missing where one trains."""
        options = self.resolved
        if options.get("folds", 0) > len(data.y) and self.method != "shuffle_split":
            raise DataError(f"{options['folds']} folds need at least as many rows; there are {len(data.y)}")
        splits = [Split(*found) for found in pairs_of(self.method, data, seed, self.options)]
        for split in splits:
            if not len(split.train) or not len(split.test):
                what = "train on" if not len(split.train) else "test"
                raise DataError(f"there is no row for fold {split.fold} to {what}; use fewer folds")
            check_split(data, split, self.method, options)
        return splits

    def materialise_nested(self, data: Data, seed: int) -> list[Split]:
        """For every outer fold the splits of its training rows, and one that trains on all of them and tests on the rest."""
        found: list[Split] = []
        for number, outer in enumerate(self.outer.materialise(data, seed) if self.outer else ()):
            rows = outer.train
            try:
                inner = self.inner.materialise(data.take(rows), seed)
            except DataError as error:
                raise DataError(f"inside outer fold {number}: {error}") from None
            found += [Split(split.repeat, split.fold, rows[split.train], rows[split.test], number) for split in inner]
            found.append(Split(0, ALL_ROWS, rows, outer.test, number))
        return found


def check_split(data: Data, split: Split, method: str, options: Mapping[str, Any]) -> None:
    """Raise DataError when the rows that train a split lack a class, or have nothing to learn of a label, with what to do about it."""
    _check_classes(data, split, method, options)
    _check_labels(data, split)


def _check_classes(data: Data, split: Split, method: str, options: Mapping[str, Any]) -> None:
    """Raise DataError when a class is missing from the rows that train a split, with what to do about it."""
    import numpy as np

    missing = set(range(len(data.classes))) - set(np.unique(data.y[split.train]).tolist())
    if missing:
        name, rows = data.classes[min(missing)], int((data.y == min(missing)).sum())
        advice = f"it has a single row, so {LONE}" if rows == 1 else _advice(rows, method, options)
        raise DataError(f"class '{name}' is missing from the training rows of fold {split.fold}; {advice}")


def _check_labels(data: Data, split: Split) -> None:
    """Raise DataError where all rows that train a split have a label alike, so that there is nothing to learn of it."""
    if data.multilabel and (alike := constant(data.y[split.train])) is not None:
        name, count = data.target_names[alike], int(data.y[:, alike].sum())
        rows = f"it has {count:,} of {len(data.y):,} rows"
        raise DataError(
            f"the label '{name}' is the same in all training rows of fold {split.fold} ({rows}); use folds that train "
            f"on more of these, or exclude the label"
        )


def _advice(rows: int, method: str, options: Mapping[str, Any]) -> str:
    """What to do where folds of this method do not train on a class of so many rows."""
    if method == "time_series":
        return "use fewer folds, so that the first one trains on more rows, or exclude the class"
    if method == "predefined":
        return "number the folds so that no fold tests all rows of a class"
    if method in ("group_kfold", "stratified_group_kfold"):
        other = " by stratified_group_kfold" if method == "group_kfold" else ""
        return f"use folds that leave some of its groups to train on{other}, or exclude the class"
    few = f" with at most {rows} folds" if rows < options["folds"] else ""
    unshuffled = "" if options.get("shuffle", True) else f", or remove {spelled('shuffle', False)}"
    return f"use stratified_kfold{few}{unshuffled}"
