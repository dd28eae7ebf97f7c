"""Transforms: what is done to the features of a table before a model learns from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from gridloom.core.columns import KINDS, STEP_KINDS, StepKind
from gridloom.registry.record import Form, Record, gets_task

if TYPE_CHECKING:
    from gridloom.core.data import Task


@dataclass(frozen=True)
class Transform(Record):
    """A transform of features: `make(**options)` returns a scikit-learn transformer that is not fitted.

    It is fitted on the training rows of each split alone, and applied to the rows that test it. What it gets is a pandas
    table of the columns that it is meant for: float64 for numbers, texts for categories, NaN where a cell is missing.
    The first parameter of `make` gets the task if it is named `task` or annotated with `gridloom.Task`.

    - `takes`: the kinds of columns that it is meant for, unless an experiment says `columns:`.
    - `gives`: the kind of the columns that it makes; None where each column keeps its kind, and its name.
    - `column_by_column`: whether each column gets a transformer of its own, which is given a column and not a table.
    - `fills_gaps`: whether no cell is missing in what it makes; a transform that does not passes them on.
    """

    make: Callable[..., Any]
    _: KW_ONLY
    takes: tuple[StepKind, ...] = ("numeric", "date")
    gives: StepKind | None = None
    column_by_column: bool = False
    fills_gaps: bool = False

    kind: ClassVar[str] = "transform"
    word: ClassVar[str] = "transform"
    hook: ClassVar[str] = "gridloom_transforms"
    place: ClassVar[tuple[str, ...]] = ("preprocess",)
    form: ClassVar[Form] = "list"

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in (*self.takes, *([self.gives] if self.gives else [])):
            if name not in STEP_KINDS:
                raise ValueError(
                    f"transform '{self.name}': {name!r} is no kind of column; known: {', '.join(STEP_KINDS)}"
                )
        if not self.takes:
            raise ValueError(f"transform '{self.name}' takes columns of no kind; known: {', '.join(KINDS)}")

    @property
    def filled(self) -> int:
        """1 for a function that takes the task, 0 for one that takes options alone."""
        return int(gets_task(self.make))

    def transformer_for(self, task: Task, **options: Any) -> Any:
        """A new transformer: what `make` returns for these options, and the task if it takes it."""
        return self.make(task, **options) if self.filled else self.make(**options)

    @property
    def function(self) -> Callable[..., Any]:
        """The `make` function."""
        return self.make
