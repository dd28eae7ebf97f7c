"""Scorers: from what a model predicts to a score."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from gridloom.core.data import CLASSES, ONE_TARGET, TASKS, TaskKind
from gridloom.core.predictions import Needs, Predictions, read_only
from gridloom.registry.record import Form, Record

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Scorer(Record):
    """A scorer: `score(truth, predicted, **options)` returns a number for the rows that test a fit.

    `truth` has shape (rows,): class numbers, or numbers for regression. `needs` says what `predicted` is: "labels"
    (class numbers), "probabilities" (of shape (rows, classes)) or "values" (numbers, see `Predictions.given`). For the
    tasks "multilabel" and "multioutput" both have shape (rows, targets). If `greater_is_better` is false, the number is
    negated, as in scikit-learn: higher is always better, and the score's name gets the prefix `neg_`.

    - `tasks`: the kinds of tasks that it can score. By default "binary" and "multiclass", and for values "regression"
    as well; "multilabel" and "multioutput" only if they are named.
    - `bounds`: the lowest and the highest number that `score` can return, or infinity.
    - `default`: whether experiments that name no scorer use it; the first one that can score the data ranks.
    """

    score: Callable[..., float]
    _: KW_ONLY
    needs: Needs
    greater_is_better: bool = True
    tasks: tuple[TaskKind, ...] = ()
    bounds: tuple[float, float] = (-math.inf, math.inf)
    default: bool = False

    kind: ClassVar[str] = "scorer"
    word: ClassVar[str] = "scorer"
    hook: ClassVar[str] = "gridloom_scorers"
    place: ClassVar[tuple[str, ...]] = ("scoring",)
    form: ClassVar[Form] = "one or list"
    fixed: ClassVar[int] = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.needs not in get_args(Needs):
            raise ValueError(f"scorer '{self.name}' needs one of {', '.join(get_args(Needs))}, not {self.needs!r}")
        if unknown := set(self.tasks) - set(TASKS):
            raise ValueError(f"scorer '{self.name}': {min(unknown)!r} is not a kind of task; known: {', '.join(TASKS)}")

    @property
    def function(self) -> Callable[..., float]:
        """The `score` function."""
        return self.score

    @property
    def scored_tasks(self) -> tuple[TaskKind, ...]:
        """The kinds of tasks whose predictions it can score."""
        return self.tasks or (ONE_TARGET if self.needs == "values" else CLASSES)

    @property
    def score_name(self) -> str:
        """The name of its scores."""
        return self.name if self.greater_is_better or self.name.startswith("neg_") else f"neg_{self.name}"

    @property
    def score_bounds(self) -> tuple[float, float]:
        """The lowest and the highest possible score."""
        low, high = self.bounds
        return (low, high) if self.greater_is_better else (0.0 - high, 0.0 - low)

    def measure(self, truth: NDArray[Any], predictions: Predictions, **options: Any) -> float:
        """The score of predictions; higher is better. Both arrays are read-only.

        ValueError when the model does not predict what it needs, or when it returns no number.
        """
        found = self.score(read_only(truth), read_only(predictions.given(self.needs)), **options)
        if isinstance(found, str | bytes | bool) or str(getattr(found, "dtype", "")) == "bool":
            raise ValueError(f"the scorer '{self.name}' returned {found!r}, not a number")
        score = float(found)
        return score if self.greater_is_better else -score
