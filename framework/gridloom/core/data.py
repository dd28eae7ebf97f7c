"""The data of a search: features and targets that have been checked once, and what they are for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from gridloom.core.columns import TABLE, Column, check_columns
from gridloom.core.inputs import checked_shapes, side_by_side
from gridloom.core.targets import checked_targets, refuse_for_one
from gridloom.errors import DataError, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TaskKind = Literal["binary", "multiclass", "regression", "multilabel", "multioutput"]

CLASSES: tuple[TaskKind, ...] = ("binary", "multiclass")
ONE_TARGET: tuple[TaskKind, ...] = (*CLASSES, "regression")
TASKS: tuple[TaskKind, ...] = (*ONE_TARGET, "multilabel", "multioutput")

TWO = 2
"""As many classes as there are where one of them is the positive one."""

_TELLING = (("0", "1"), ("-1", "1"), ("false", "true"))
"""Names of classes the second of which is the positive one, as for scikit-learn."""

MIN_ROWS = 2
"""One to train on, one to test on."""

_BESIDE = ("weights", "groups", "order", "folds")
"""Fields of `Data` with one number a row, each of which may be None."""


@dataclass(frozen=True)
class Task:
    """What a model learns: the kind of task, the shape of a row of features, and the number of classes (or 0).

    If the data are for models with several inputs, `inputs` gives the shape of a row by name: such a model has one
    `keras.Input(shape, name=name)` for each, and `input_shape` is the number of all their values, as they are side by
    side in `Data.X`. `n_outputs` is the number of targets: numbers for "multioutput", labels for "multilabel", else 1.
    """

    kind: TaskKind
    input_shape: tuple[int, ...]
    n_classes: int
    inputs: Mapping[str, tuple[int, ...]] = field(default_factory=dict, hash=False)
    n_outputs: int = 1

    @property
    def is_numeric(self) -> bool:
        """Whether the target is a number, or several."""
        return self.kind in ("regression", "multioutput")

    @property
    def in_words(self) -> str:
        """The task in words, for messages: "the target is one of 3 classes", "the targets are 2 numbers"."""
        if self.n_classes:
            return f"the target is one of {self.n_classes} classes"
        if self.kind == "regression":
            return "the target is a number"
        return f"the targets are {self.n_outputs} {'labels' if self.kind == 'multilabel' else 'numbers'}"


@dataclass(frozen=True, eq=False)
class Data:
    """Features `X` of shape (rows, ...) and one or more targets `y` per row.

    For classification, `y` contains class numbers 0 to k-1 and `classes` their names in that order; for regression, `y`
    contains floats and `classes` is empty. Several targets have shape (rows, targets) and need `target_names`: they are
    numbers, or with `multilabel` labels, which are 1 in rows that have the label and 0 elsewhere. `weights` is one
    nonnegative number per row: how much the row counts in training. `positive` names the one of two classes that scores
    such as recall are about; by default it is 1 or "true" if the classes are called 0 and 1 (or -1 and 1, "false" and
    "true"), and otherwise unknown.

    `columns` describe the columns of a table, whose X has shape (rows, columns): see `Column`. By default all features
    are numbers and none is missing. `groups`, `order` and `folds` have one number per row: its group, such as a patient
    (rows of one group stay together); its place in time; and the fold that tests it (-1: none).

    For models with several inputs, pass X as a dict of arrays of shape (rows, ...) by name. The attribute X then has
    shape (rows, values), with all inputs side by side, and `inputs` gives the shape of a row by name: see `cut_inputs`.
    Such data have no columns.

    Raises DataError when there are fewer than two rows, a value is not finite, there is only one class, a label is the
    same in all rows, `positive` is not one of two classes, or the columns do not match X.
    """

    X: NDArray[Any] | Any
    y: NDArray[Any]
    feature_names: tuple[str, ...] = ()
    target_name: str = "target"
    classes: tuple[str, ...] = ()
    weights: NDArray[Any] | None = None
    positive: str | None = None
    columns: tuple[Column, ...] = ()
    groups: NDArray[Any] | None = None
    order: NDArray[Any] | None = None
    folds: NDArray[Any] | None = None
    inputs: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    target_names: tuple[str, ...] = ()
    multilabel: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.X, Mapping):
            X, shapes = side_by_side(self.X)
            object.__setattr__(self, "X", X)
            object.__setattr__(self, "inputs", shapes)
        self._check_rows()
        named = "columns" if self.columns else "feature_names" if self.feature_names else ""
        object.__setattr__(self, "inputs", checked_shapes(self.inputs, self.X, named))
        if self.columns:
            object.__setattr__(self, "columns", tuple(self.columns))
            object.__setattr__(self, "feature_names", tuple(column.name for column in self.columns))
        self._check_names()
        self._check_numbers()
        if self.weights is not None and ((self.weights < 0).any() or not self.weights.any()):
            raise DataError("the weights must not be negative, nor all zero")
        self._check_several()
        if self.classes:
            self._check_classes()

    def _check_several(self) -> None:
        """Several targets and their names as they should be; DataError where they cannot be had."""
        if self.y.ndim == 1:
            refuse_for_one(names=self.target_names, multilabel=self.multilabel)
            return
        if self.target_name != Data.target_name:
            raise DataError("several targets have target_names, but these data have a target_name")
        y, names = checked_targets(self.y, self.target_names, multilabel=self.multilabel, classes=self.classes)
        object.__setattr__(self, "y", y)
        object.__setattr__(self, "target_names", names)

    @property
    def _beside(self) -> dict[str, NDArray[Any]]:
        """What the rows have besides features and targets, one number each."""
        found = {name: getattr(self, name) for name in _BESIDE}
        return {name: values for name, values in found.items() if values is not None}

    def _check_numbers(self) -> None:
        """DataError for arrays that do not hold finite numbers, a row each; but for the gaps that columns declare."""
        import numpy as np

        for what, values in {"features": self.X, "targets": self.y, **self._beside}.items():
            if what in _BESIDE and values.shape != (len(self.y),):
                raise DataError(f"the data have {len(self.y)} rows, but {what} of shape {values.shape}")
            if values.dtype.kind not in "biuf":
                raise DataError(f"the {what} are not numbers (their type is {values.dtype})")
            if what == "features" and self.columns:
                check_columns(self.columns, self.X)
            elif not np.isfinite(values).all():
                row = int(np.argwhere(~np.isfinite(values))[0][0])
                raise DataError(f"the {what} contain a value that is not finite, first in row {row} (counted from 0)")

    def _check_rows(self) -> None:
        import numpy as np

        for name, values in {"X": self.X, "y": self.y, **self._beside}.items():
            if not isinstance(values, np.ndarray):
                raise DataError(f"{name} should be a numpy array, not {type(values).__name__}")
        if len(self.X) != len(self.y) or self.y.ndim not in (1, 2):
            raise DataError(f"the data have {len(self.X)} rows of features, but targets of shape {self.y.shape}")
        if len(self.y) < MIN_ROWS:
            raise DataError(
                f"the data have {len(self.y)} row(s); a search needs at least {MIN_ROWS}, to train and to test"
            )

    def _check_names(self) -> None:
        """Lists of names become tuples; DataError for names that are no text, or given twice, and for `positive`."""
        for listed in ("feature_names", "classes", "target_names"):
            names = getattr(self, listed)
            if isinstance(names, str | set | dict) or not _are_names(names):
                raise DataError(f"{listed} should be a tuple of names, such as ('a', 'b'), not {names!r}")
            if listed == "classes" and len(set(names)) < len(names):
                raise DataError(f"two classes have the same name: {', '.join(names)}")
            object.__setattr__(self, listed, tuple(map(str, names)))
        if self.positive is None:
            return
        if len(self.classes) != TWO:
            what = f"the data have {len(self.classes)}" if self.classes else self.task.in_words
            raise DataError(f"the positive class is one of two classes, but {what}; remove 'positive'")
        if self.positive not in self.classes:
            raise DataError(
                f"the positive class {self.positive!r} does not exist; {nearest(self.positive, self.classes)}"
            )

    def _check_classes(self) -> None:
        import numpy as np

        present = set(np.unique(self.y).tolist())
        if len(present) == 1 and (only := present.pop()) in range(len(self.classes)):
            raise DataError(f"every row has the same class, '{self.classes[int(only)]}'; there is nothing to learn")
        if present != set(range(len(self.classes))):
            raise DataError(f"the targets must be the class numbers 0 to {len(self.classes) - 1}, and each must occur")
        if self.y.dtype.kind != "i":  # true, 1.0 and an unsigned 1 are the class 1
            object.__setattr__(self, "y", self.y.astype(np.int64))

    @property
    def positive_class(self) -> int | None:
        """The number of the class that scores of one class are about; None if unknown."""
        if self.positive is not None:
            return self.classes.index(self.positive)
        names = tuple(name.casefold() for name in self.classes)
        return 1 if names in _TELLING else None

    @property
    def task(self) -> Task:
        """The task of learning from these data."""
        kinds: dict[int, TaskKind] = {0: "regression", 2: "binary"}
        kind, outputs = kinds.get(len(self.classes), "multiclass"), 1
        if self.y.ndim > 1:
            kind, outputs = "multilabel" if self.multilabel else "multioutput", self.y.shape[1]
        return Task(kind, tuple(self.X.shape[1:]), len(self.classes), self.inputs, outputs)

    @property
    def is_table(self) -> bool:
        """Whether a row is a list of cells: not an image, a sequence, or several inputs."""
        return self.X.ndim == TABLE and not self.inputs

    def take(self, rows: NDArray[np.intp]) -> Data:
        """The data of these rows only."""
        beside: dict[str, Any] = {name: values[rows] for name, values in self._beside.items()}
        return replace(self, X=self.X[rows], y=self.y[rows], **beside)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over shapes, types, values and names: equal for equal data on machines with the same byte order.

        It does not depend on `positive`, which says nothing of what is learned.
        """
        digest = hashlib.sha256()
        for values in (self.X, self.y, *self._beside.values()):
            digest.update(f"{values.shape}{values.dtype.str}".encode())
            digest.update(values.tobytes())
        digest.update(repr((self.feature_names, self.target_name, self.classes)).encode())
        if self.columns or self._beside.keys() - {"weights"}:
            digest.update(repr((self.columns, *self._beside)).encode())
        if self.inputs:
            digest.update(repr([*self.inputs.items()]).encode())
        if self.y.ndim > 1:
            digest.update(repr((self.target_names, self.multilabel)).encode())
        return digest.hexdigest()


def _are_names(names: object) -> bool:
    """Whether this is a sequence of texts."""
    return isinstance(names, Iterable) and all(isinstance(name, str) for name in names)


def named_positive(data: Data, name: object) -> Data:
    """The data with this positive class: its name, or what YAML makes of one, such as 1 or true.

    Raises DataError when it is not one of two classes.
    """
    text = str(int(name) if isinstance(name, float) and name.is_integer() else name)
    if isinstance(name, bool):
        text = next((known for known in data.classes if known.casefold() == text.casefold()), text)
    return replace(data, positive=text)


def sample_rows(data: Data, sample: float, seed: int) -> Data:
    """A share (a float up to 1) or a number (an int) of the rows, in their order; classes keep their proportions.

    Raises DataError when that many rows cannot be drawn with one of every class at least.
    """
    import numpy as np

    total = len(data.y)
    number = sample if isinstance(sample, int) else round(sample * total)
    if not MIN_ROWS <= number <= total:
        raise DataError(f"a sample of {sample} cannot be drawn from {total} rows")
    rng = np.random.default_rng(seed)
    if not data.classes:
        return data.take(np.sort(rng.permutation(total)[:number]))
    members = [np.flatnonzero(data.y == label) for label in range(len(data.classes))]
    quotas = _shares(number, [len(rows) for rows in members])
    if 0 in quotas:
        lost = data.classes[quotas.index(0)]
        raise DataError(
            f"a sample of {sample} cannot be drawn from {total} rows: it would contain no row of class '{lost}'"
        )
    drawn = [rng.permutation(rows)[:quota] for rows, quota in zip(members, quotas, strict=True)]
    return data.take(np.sort(np.concatenate(drawn)))


def _shares(number: int, sizes: list[int]) -> list[int]:
    """`number` shared out in proportion to the sizes, by largest remainders."""
    total = sum(sizes)
    shares = [number * size // total for size in sizes]
    by_remainder = sorted(range(len(sizes)), key=lambda place: -(number * sizes[place] % total))
    for place in by_remainder[: number - sum(shares)]:
        shares[place] += 1
    return shares
