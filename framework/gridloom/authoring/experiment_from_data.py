"""Composes an experiment for a file of data: what its columns are decides on preprocessing, validation, score and search."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridloom.authoring.new_experiment import bound
from gridloom.authoring.schema import HEADER
from gridloom.authoring.strategy_lines import strategy_lines
from gridloom.authoring.yaml_lines import pair
from gridloom.core.columns import TABLE
from gridloom.core.describing import described
from gridloom.core.split import ALL_ROWS, Split
from gridloom.errors import CannotWrite, DataError, InvalidInput
from gridloom.experiment.able import check_engine
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.splits import Validation
from gridloom.registry.records import Callback, Dataset
from gridloom.registry.registry import Provided, Registry

if TYPE_CHECKING:
    from gridloom.core.data import Data

FOLDS = 5
FEW_FOLDS = 3
LARGE = 20_000
"""From so many rows on, there are fewer folds, larger batches and fewer epochs."""

MANY_VALUES = 30
"""A category with more values has the rarer ones gathered in a column of their own."""

FAR = 10
"""Targets that are numbers are scaled for networks; from so large ones on, another model is proposed."""

STOPPING = "early_stopping"
"""The callback that ends trainings."""

FEWEST = 3
"""Of a class with fewer rows, a fold trains on one at most, which could be held out."""

UNBALANCED = 3
"""Classes are unbalanced where the most frequent one has so many times the rows of the rarest."""


@dataclass(frozen=True)
class Found:
    """A file of data, the data set that reads it with which options, remarks on these, and what it holds."""

    file: Path
    dataset: str
    options: Mapping[str, Any]
    remarks: Mapping[str, str]
    data: Data


def find(file: Path, target: str | None, registry: Registry) -> Found:
    """Open a file of data with the data set that is made for it.

    Raises CannotWrite for a file that is not there or that no data set opens, and InvalidInput for what is wrong with it.
    """
    if file.is_dir():
        raise CannotWrite(
            f"{file} is a folder; name a file. For a folder that has a subfolder of pictures for each class, write 'gridloom new "
            f'experiment --dataset "{{name: images, path: {file.as_posix()}, size: [32, 32]}}" --model mlp\''
        )
    if not file.is_file():
        raise CannotWrite(f"there is no file {file}")
    provided = _dataset_for(file, registry)
    propose = provided.record.propose
    if propose is None:
        raise CannotWrite(f"the data set '{provided.record.name}' cannot propose options for {file.name}")
    options, remarks = propose(file, target)
    valid, findings = provided.record.options.validate({"path": file.name, **options}, file.parent)
    if findings:
        raise CannotWrite(f"the options for {file.name} would not be valid: {findings[0].message}")
    return Found(file, registry.shortest_name(provided), options, remarks, provided.record.load(**valid))


def _dataset_for(file: Path, registry: Registry) -> Provided[Dataset]:
    """The data set that opens files of this name."""
    known = [item for item in registry.of_kind(Dataset) if item.record.opens]
    for item in known:
        if file.name.casefold().endswith(item.record.opens):
            return item
    if file.suffix.casefold() == ".npz":
        raise CannotWrite(
            f"{file.name} contains arrays, whose columns are not known; write 'gridloom new experiment --dataset "
            f'"{{name: arrays, '
            f"path: {file.as_posix()}, X: X, y: y}}\" --model mlp', with the names of its arrays"
        )
    endings = ", ".join(ending for item in known for ending in item.record.opens)
    raise CannotWrite(f"no data set reads {file.name}; save it as a file that ends in one of {endings}")


def compose_for(
    found: Found, name: str, registry: Registry, out: Path, strategy: Mapping[str, Any] | None = None
) -> str:
    """The text of an experiment on this file, to be written to `out`; CannotWrite when it would not be valid.

    The strategy is `grid` if none is given.
    """
    search = [*strategy_lines(strategy or {"name": "grid"}, registry)]
    can_stop = any(item.record.name == STOPPING for item in registry.of_kind(Callback))
    for stops_early in (True, False) if can_stop else (False,):
        text = "\n".join(_lines(found, name, out, search, stops_early=stops_early)) + "\n"
        experiment = bound(text, registry, out)
        try:
            check_engine(experiment, found.data)
        except InvalidInput as error:
            raise CannotWrite(f"this experiment would not be valid: {error.problems[0].message}") from None
        if not stops_early or _can_hold_out(experiment, found.data):
            break
    return text


def _can_hold_out(experiment: Experiment, data: Data) -> bool:
    """Whether every split, and all rows for the refit, leave enough of them to train on, however they are drawn."""
    import numpy as np

    if data.classes and min(_counts(data)) < FEWEST:
        return False
    everything = np.arange(len(data.y))
    try:
        experiment.materialise(data)
        experiment.watching([Split(0, ALL_ROWS, everything, everything)], data)
    except InvalidInput:
        return False
    return True


def _lines(found: Found, name: str, out: Path, search: Sequence[str], *, stops_early: bool) -> Iterator[str]:
    data = found.data
    yield HEADER
    yield "# `gridloom check` validates this file, `gridloom run` runs it; `gridloom plugins show NAME` describes a name."
    yield f"# {found.file.name}: {len(data.y):,} rows; {_one_line(described(data))}"
    yield pair("name", name)
    yield ""
    yield from _dataset(found, out)
    yield ""
    far = _is_far_from_zero(data)
    yield "model:"
    yield (
        "  name: random_forest  # a network starts near 0, far from this target; scale the target before you use mlp"
        if far
        else "  name: mlp"
    )
    yield ""
    if steps := list(_steps(data)):
        yield "preprocess:  # fitted on the training rows of each split"
        yield from (f"  - {step}" for step in steps)
        yield ""
    yield from _forest(search) if far else _network(data, search, stops_early=stops_early)
    yield _validation(data)
    yield from _scoring(data)
    yield "seed: 7"
    yield "engine: auto"
    yield "refit: true  # train the best candidate on all rows and keep the model"
    yield "reporters: [console, html]"


def _forest(search: Sequence[str]) -> Iterator[str]:
    """The search of a random forest."""
    yield from search
    yield "  space:  # a list of values, or a range such as {low: 1, high: 9, step: 2}; 9 combinations"
    yield "    model:"
    yield "      max_depth: [4, 8, 16]"
    yield "      min_samples_leaf: [1, 3, 10]"
    yield ""


def _network(data: Data, search: Sequence[str], *, stops_early: bool) -> Iterator[str]:
    """How networks are trained, and what is searched of them."""
    large = len(data.y) >= LARGE
    yield "training:"
    if stops_early:
        yield f"  {pair('epochs', 50 if large else 200)}  # at most; {STOPPING} usually ends a training earlier"
    else:
        yield f"  {pair('epochs', 20 if large else 50)}"
    yield f"  {pair('batch_size', 256 if large else 32)}"
    if stops_early:
        yield "  validation: 0.2  # the share of the training rows held out in every split to monitor training"
        yield "  callbacks:"
        yield f"    - {{name: {STOPPING}, patience: {5 if large else 10}, restore_best_weights: true}}"
    yield ""
    yield from search
    yield "  space:  # a list of values, or a range such as {low: 1, high: 9, step: 2}; 18 combinations"
    yield "    model:"
    yield "      hidden: [[16], [64], [64, 32]]"
    yield "    training:"
    yield "      learning_rate: [0.0003, 0.001, 0.003]"
    yield "    dropout:"
    yield "      dropout_rate: [0.0, 0.3]"
    yield ""


def _is_far_from_zero(data: Data) -> bool:
    """Whether the target is a number so far from 0 that a network with a small learning rate would not reach it."""
    return not data.classes and data.X.ndim == TABLE and bool(abs(data.y.mean()) + data.y.std() > FAR)


def _dataset(found: Found, out: Path) -> Iterator[str]:
    """The data set with its options and the remarks on them."""
    path = Path(os.path.relpath(found.file.resolve(), out.resolve().parent)).as_posix()
    yield "dataset:"
    yield f"  {pair('name', found.dataset)}"
    for option, value in {"path": path, **found.options}.items():
        remark = found.remarks.get(option)
        yield f"  {pair(option, value)}{f'  # {_one_line(remark)}' if remark else ''}"
    if positive := _positive(found.data):
        label, count = positive
        yield f"  positive: {json.dumps(label, ensure_ascii=False)}  # the rarer class, {count:,} of {len(found.data.y):,} rows"


def _steps(data: Data) -> Iterator[str]:
    """The steps that make finite numbers of the columns, and scale them; none for what is no table."""
    if not data.columns:
        if data.is_table:
            yield "standardize"
        return
    kinds = {column.kind for column in data.columns}
    if any(column.gaps for column in data.columns if column.kind != "text"):
        yield "impute"
    categories = [column for column in data.columns if column.kind == "category"]
    if categories:
        many = max(len(column.values) for column in categories) > MANY_VALUES
        yield f"{{name: one_hot, max_categories: {MANY_VALUES}}}" if many else "one_hot"
    if "text" in kinds:
        yield "{name: text_vectors, max_words: 300}"
    if kinds & {"numeric", "date", "text"}:
        yield "standardize"


def _counts(data: Data) -> list[int]:
    """How many rows each class has."""
    return [int((data.y == number).sum()) for number in range(len(data.classes))]


def _positive(data: Data) -> tuple[str, int] | None:
    """The rarer one of two classes, the second one if they are equal, and how many rows it has."""
    if len(data.classes) != 2:  # noqa: PLR2004  (two classes)
        return None
    counts = _counts(data)
    number = 0 if counts[0] < counts[1] else 1
    return data.classes[number], counts[number]


def _validation(data: Data) -> str:
    """Folds in time where the rows have an order; else such as keep the proportions of classes, as far as there are rows for it."""
    folds = FEW_FOLDS if len(data.y) >= LARGE else FOLDS
    in_time: dict[str, Any] = {"method": "time_series", "folds": min(folds, len(data.y) - 1)}
    if data.order is not None and _has_all_classes(data, in_time["folds"]):
        return pair("validation", in_time)
    if not data.classes:
        return pair("validation", {"method": "kfold", "folds": min(folds, len(data.y))})
    rarest = min(_counts(data))
    if rarest == 1:
        label = data.classes[_counts(data).index(1)]
        raise CannotWrite(
            f"class '{label}' has a single row, so no folds can both train and test on it; exclude that row"
        )
    return pair("validation", {"method": "stratified_kfold", "folds": min(folds, rarest)})


def _has_all_classes(data: Data, folds: int) -> bool:
    """Whether so many folds in time all train on, and test, rows of every class."""
    try:
        splits = Validation("time_series", {"folds": folds}).materialise(data, 0)
    except DataError:
        return False
    return all(len({*data.y[rows]}) >= len(data.classes) for split in splits for rows in (split.train, split.test))


def _scoring(data: Data) -> Iterator[str]:
    """A score that says something whatever the proportions of the classes."""
    if not data.classes:
        yield "scoring: r2  # 1 is perfect, 0 is no better than predicting the mean"
        return
    counts = _counts(data)
    if len(counts) == 2:  # noqa: PLR2004  (two classes)
        yield "scoring: roc_auc  # 1 is perfect, 0.5 is chance, however rare the positive class is"
    elif max(counts) >= UNBALANCED * min(counts):
        yield "scoring: balanced_accuracy  # the mean of the recall of each class"
    else:
        yield "scoring: accuracy"


def _one_line(text: str) -> str:
    """A text in a comment."""
    return "".join(character if character.isprintable() else " " for character in text)
