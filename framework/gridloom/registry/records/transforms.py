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

    It is fitted only on the training rows of each split, and applied to the test rows. It gets a pandas table of the
    columns that it is meant for: float64 for numbers, text for categories, NaN for missing cells. The first parameter
    of `make` gets the task if it is named `task` or annotated with `gridloom.Task`.

    - `takes`: the kinds of columns that it is meant for, unless an experiment gives `columns:`.
    - `gives`: the kind of the columns that it makes; None if each column keeps its kind and its name.
    - `column_by_column`: whether each column gets its own transformer, which is given a column instead of a table.
    - `fills_gaps`: whether its output has no missing cells; otherwise missing cells stay missing.
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
                    f"transform '{self.name}': {name!r} is not a kind of column; known: {', '.join(STEP_KINDS)}"
                )
        if not self.takes:
            raise ValueError(
                f"transform '{self.name}' must take at least one kind of column; known: {', '.join(KINDS)}"
            )

    @property
    def filled(self) -> int:
        """1 for a function that takes the task, 0 for one that takes options alone."""
        return int(gets_task(self.make))

    def transformer_for(self, task: Task, **options: Any) -> Any:
        """A new transformer: the result of `make` for these options, and for the task if it takes one."""
        return self.make(task, **options) if self.filled else self.make(**options)

    @property
    def function(self) -> Callable[..., Any]:
        """The `make` function."""
        return self.make
