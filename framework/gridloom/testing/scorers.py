"""The contract of scorers: more is better, rows count alike in any order, and a real run is scored."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from gridloom.core.data import TASKS, TaskKind
from gridloom.core.predictions import Predictions
from gridloom.registry.records import Scorer
from gridloom.testing.contract import Contract
from gridloom.testing.experiments import run_tiny
from gridloom.testing.networks import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS = 24
CLOSE = 1e-9


class ScorerContract(Contract):
    """Inherit to test a scorer, on right and wrong predictions and in a real run.

    - `tasks`: the kinds of task that it scores with these options, if not all of its record.
    """

    kind = Scorer
    tasks: ClassVar[Collection[TaskKind]] = ()

    @property
    def scored_tasks(self) -> list[TaskKind]:
        """The kinds of task that are tested."""
        return [task for task in self.record.scored_tasks if not self.tasks or task in self.tasks]

    def measure(self, truth: NDArray[Any], predictions: Predictions) -> float:
        """The score with the options of the contract; what it warns of is its own affair."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return float(self.record.measure(truth, predictions, **self.bound.options))

    def test_it_scores_tasks_that_there_are(self) -> None:
        """`tasks` and `needs` match: labels and probabilities are predicted only for classes and labels."""
        tasks = self.record.scored_tasks
        assert set(tasks) <= set(TASKS), f"it scores {tasks}, but the kinds of tasks are {TASKS}"
        if self.record.needs != "values":
            assert not {"regression", "multioutput"} & {*tasks}, f"a regression does not predict {self.record.needs}"

    @pytest.mark.parametrize("task", TASKS)
    def test_more_is_better(self, task: TaskKind) -> None:
        """Right predictions score a finite number within the bounds, and more than wrong ones."""
        if task not in self.scored_tasks:
            return
        import math

        truth, right, wrong = examples(task)
        low, high = self.record.score_bounds
        best, worst = self.measure(truth, right), self.measure(truth, wrong)
        for score in (best, worst):
            assert math.isfinite(score), f"it scores {score}"
            assert low - CLOSE <= score <= high + CLOSE, f"it scores {score}, but its bounds are {low} and {high}"
        assert best > worst, (
            f"right predictions score {best} and wrong ones {worst}; did you mean "
            f"greater_is_better={not self.record.greater_is_better}?"
        )

    @pytest.mark.parametrize("task", TASKS)
    def test_rows_may_come_in_any_order(self, task: TaskKind) -> None:
        """The same rows in another order have the same score."""
        if task not in self.scored_tasks:
            return
        import numpy as np

        truth, _, wrong = examples(task)
        order = np.random.default_rng(1).permutation(len(truth))
        there = self.measure(truth[order], _taken(wrong, order))
        assert there == pytest.approx(self.measure(truth, wrong), rel=1e-6), "the order of the rows changes the score"

    @pytest.mark.parametrize("task", TASKS)
    def test_it_leaves_its_arrays_alone(self, task: TaskKind) -> None:
        """The next scorer gets the same truth and predictions."""
        if task not in self.scored_tasks:
            return
        truth, right, _ = examples(task)
        refusal = ""
        try:
            self.measure(truth, right)
        except ValueError as error:
            refusal = str(error)
        assert "read-only" not in refusal, "it changes its arguments"
        assert not refusal, refusal

    def test_it_scores_a_real_run(self, tmp_path: Path) -> None:
        """A search is ranked by it, and every fit has its score and that of another scorer."""
        task = self.scored_tasks[0]
        other = {
            "regression": "neg_mean_absolute_error",
            "multioutput": "neg_mean_absolute_error",
            "multilabel": "f1_macro",
        }.get(task, "balanced_accuracy")
        result = run_tiny(
            tmp_path, *self.plugins, dataset={"name": "tiny", "task": task}, scoring=[self.selection, other]
        )
        assert not result.failed, "\n".join(result.failed[0].failures[0][1].error or "" for _ in (0,))
        assert result.scoring.startswith(self.record.score_name)
        assert result.scores == (result.scoring, other)


def examples(task: TaskKind) -> tuple[NDArray[Any], Predictions, Predictions]:
    """Targets, predictions that are nearly right about them, and predictions that are mostly wrong."""
    import numpy as np

    if task == "regression":
        numbers = np.linspace(1.0, 5.0, ROWS)
        return numbers, Predictions(values=numbers + 0.01), Predictions(values=numbers[::-1] + 1.0)
    if task == "multioutput":
        numbers = np.column_stack([np.linspace(1.0, 5.0, ROWS), np.linspace(3.0, 1.0, ROWS)])
        return numbers, Predictions(values=numbers + 0.01), Predictions(values=numbers[::-1] + 1.0)
    if task == "multilabel":
        truth = np.column_stack([np.arange(ROWS) % 2, np.arange(ROWS) % 3 == 0]).astype(int)
        likely = np.where(truth == 1, 0.9, 0.1) + np.arange(ROWS)[:, None] / ROWS / 20  # no two rows alike
        return truth, Predictions(truth, likely), Predictions(1 - truth, 1 - likely)
    count = 2 if task == "binary" else CLASSES
    truth = np.arange(ROWS) % count
    unsure = np.arange(ROWS) / ROWS / 10  # no two rows alike
    return truth, _sure_of(truth, count, unsure), _sure_of((truth + (np.arange(ROWS) % 6 > 0)) % count, count, unsure)


def _sure_of(labels: NDArray[Any], count: int, unsure: NDArray[Any]) -> Predictions:
    """Predictions of these classes, a little less sure from row to row."""
    import numpy as np

    probabilities = np.repeat(unsure[:, None] / (count - 1), count, axis=1)
    probabilities[np.arange(len(labels)), labels] = 1 - unsure
    return Predictions(labels, probabilities)


def _taken(predictions: Predictions, rows: NDArray[Any]) -> Predictions:
    """The predictions of these rows."""
    arrays = (predictions.labels, predictions.probabilities, predictions.values)
    return Predictions(*(None if array is None else array[rows] for array in arrays))
