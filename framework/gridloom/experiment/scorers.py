"""The scorers of an experiment: what their scores are called, and whether they can score the data."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gridloom.core.boundary import contained, restored
from gridloom.core.data import ONE_TARGET, Data
from gridloom.core.predictions import Predictions
from gridloom.core.spelling import spelled
from gridloom.errors import text_of
from gridloom.experiment.bound import Bound
from gridloom.registry.records import Scorer

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALF = 0.5
"""From which probability on a class is predicted."""

PROBES = (
    ((0, 0, 0, 0, 0, 1, 1, 1), (0.1, 0.2, 0.6, 0.3, 0.8, 0.7, 0.4, 0.9)),
    ((0, 0, 0, 0, 0, 1, 1, 1), (0.1, 0.2, 0.05, 0.3, 0.8, 0.7, 0.4, 0.15)),
)
"""Classes and probabilities of the second one, of which some predictions are wrong, more of one class than of the other."""

Scorers = Mapping[str, Bound[Scorer]]
"""Scorers by the names of their scores; the first of them ranks."""


def by_score_name(bound: Sequence[Bound[Scorer]]) -> dict[str, Bound[Scorer]]:
    """The scorers by the names of their scores; of those that would have one name, the last."""
    return dict(zip(score_names(bound), bound, strict=True))


def score_names(bound: Sequence[Bound[Scorer]]) -> list[str]:
    """What the score of each scorer is called: with the options that are no defaults where two have the same scorer."""
    counts = Counter(item.record.score_name for item in bound)
    return [item.record.score_name if counts[item.record.score_name] == 1 else _with_options(item) for item in bound]


def _with_options(item: Bound[Scorer]) -> str:
    options = item.record.options
    defaults, resolved = options.resolve({}), options.resolve(item.options)
    names = [name for name in options.known if name not in defaults or defaults[name] != resolved[name]]
    chosen = ", ".join(f"{name}={resolved[name]}" for name in names)
    return f"{item.record.score_name}({chosen})" if chosen else item.record.score_name


def ranked_by(scorers: Scorers, name: str | None) -> dict[str, Bound[Scorer]]:
    """The same scorers with the one whose score has this name first."""
    return dict(scorers) if name is None else {name: scorers[name], **scorers}


def wrong_task(item: Bound[Scorer], data: Data) -> str | None:
    """Why a scorer is none for the task of these data, or None."""
    task, name = data.task.kind, item.name
    if task in item.record.scored_tasks:
        return None
    if data.task.n_outputs > 1:
        return f"{data.task.in_words}, which '{name}' does not score; {_SEVERAL[task]} do"
    if not {*ONE_TARGET} & {*item.record.scored_tasks}:
        return f"'{name}' scores several targets, but {data.task.in_words}; remove 'scoring'"
    if task == "regression":
        return f"'{name}' scores classes, but the target is a number; remove 'scoring', or write r2"
    if "binary" in item.record.scored_tasks and data.classes:
        return f"'{name}' scores two classes, but the data have {len(data.classes)}"
    advice = "remove 'scoring', or write accuracy"
    if all(number.removeprefix("-").isdecimal() for number in data.classes):
        advice += f"; if the target is in fact a number, say so in the data set, as with {spelled('task', 'regression', 'dataset')}"
    return f"'{name}' scores numbers, but the data have classes; {advice}"


_SEVERAL = {
    "multilabel": "accuracy, f1_macro, f1_micro, f1_samples, neg_hamming_loss, roc_auc and average_precision",
    "multioutput": "r2, neg_mean_absolute_error and neg_root_mean_squared_error",
}
"""Some of the scorers for several targets, to be named."""


def problem_with(item: Bound[Scorer], data: Data) -> str | None:
    """Why a scorer cannot score these data, or None; it is tried on predictions that are right."""
    if problem := wrong_task(item, data):
        return problem
    truth, predictions = _right_predictions(data)
    try:
        with warnings.catch_warnings(), restored(), contained(item.told):
            warnings.simplefilter("ignore")
            item.record.measure(truth, predictions, **item.options)
    except Exception as error:  # a plugin's, on the options that the experiment gives
        return f"'{item.name}' cannot score these data: {' '.join(text_of(error).split()) or type(error).__name__}"
    if data.positive_class is None and scores_one_class(item, data):
        first, second = (spelled("positive", name, "dataset") for name in data.classes)
        place = " next to the data set's name"
        return (
            f"'{item.name}' scores one of two classes, but the data do not say which: write {first.removesuffix(place)} "
            f"or {second}"
        )
    return None


def scores_one_class(item: Bound[Scorer], data: Data) -> bool:
    """Whether a score of these data depends on which of two classes is the positive one.

    It is tried: a scorer that treats both classes alike scores the same predictions alike when the classes change numbers.
    """
    if data.task.kind != "binary":
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return any(_changes_with_numbers(item, truth, likely) for truth, likely in PROBES)
    except (Exception, SystemExit):  # a plugin's; what it cannot score is told elsewhere
        return False


def _changes_with_numbers(item: Bound[Scorer], truth: Sequence[int], likely: Sequence[float]) -> bool:
    import numpy as np

    labels, second = np.array(truth), np.array(likely)
    predictions = Predictions((second > HALF).astype(int), np.column_stack([1 - second, second]))
    one = item.record.measure(labels, predictions, **item.options)
    other = item.record.measure(1 - labels, predictions.swapped, **item.options)
    return not math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def _right_predictions(data: Data) -> tuple[NDArray[Any], Predictions]:
    """Targets, two of each class or all numbers, and predictions that are right about them."""
    import numpy as np

    if data.multilabel:
        return right_labels(data.task.n_outputs)
    if not data.classes:
        return data.y, Predictions(values=data.y)
    count = len(data.classes)
    truth = np.repeat(np.arange(count), 2)
    probabilities = np.full((len(truth), count), 0.1 / count)
    probabilities[np.arange(len(truth)), truth] += 0.9
    return truth, Predictions(truth, probabilities)


def right_labels(count: int) -> tuple[NDArray[Any], Predictions]:
    """So many labels, each of which some rows have and others have not, and predictions that are right about them."""
    import numpy as np

    one = np.eye(count, dtype=np.int64)
    truth = np.concatenate([one, 1 - one])
    return truth, right_about_labels(truth)


def right_about_labels(truth: NDArray[Any]) -> Predictions:
    """Predictions that are right about labels of shape (rows, labels)."""
    return Predictions(truth, 0.1 + 0.8 * truth)
