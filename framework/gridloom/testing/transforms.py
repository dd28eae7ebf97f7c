"""The contract of transforms: what they learn, they learn from the rows they are fitted on; and a real run goes through them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from gridloom.core.columns import CODED, ColumnKind, frame_of
from gridloom.core.data import Data, Task, TaskKind
from gridloom.core.preparing import Step, fitted, numbers_of
from gridloom.registry.records import Transform
from gridloom.testing.contract import Contract
from gridloom.testing.experiments import run_tiny
from gridloom.testing.parts import load_table

if TYPE_CHECKING:
    import pandas as pd

FINISHES = {"category": "one_hot", "text": "text_vectors"}
"""The step that makes numbers of the columns of a kind."""


class TransformContract(Contract):
    """Inherit to test a transform, on a small table with columns of every kind, and in a real run.

    - `task`: the kind of task whose targets it is fitted with, if it needs one.
    """

    kind = Transform
    task: ClassVar[TaskKind] = "binary"

    @property
    def data(self) -> Data:
        """Columns of the kinds that it takes; with missing cells where it fills them in."""
        return load_table(self.task, kinds=self._kinds, gaps=self.record.fills_gaps)

    @property
    def _kinds(self) -> tuple[ColumnKind, ...]:
        return tuple(kind for kind in self.record.takes if kind != "indicator")

    def make(self) -> Any:
        """A new transformer, with the options of the contract."""
        task: Task = self.data.task
        return self.record.transformer_for(task, **self.bound.options)

    def fit(self, data: Data) -> tuple[Any, pd.DataFrame]:
        """The fitted step as a run makes it, and what it makes of the data."""
        step = Step(self.name, self.make, self.record.takes, self.record.gives, self.record.column_by_column)
        return fitted([step], data.columns, frame_of(data.columns, data.X), data.y)

    def test_each_transformer_is_a_new_one(self) -> None:
        """`make` returns a scikit-learn transformer that is not fitted, a new one every time."""
        first, second = self.make(), self.make()
        for method in ("fit", "transform", "get_params"):
            assert callable(getattr(first, method, None)), (
                f"{type(first).__name__} has no {method}(), which transformers need"
            )
        assert first is not second, (
            "it returns the same transformer twice, so that one split would refit that of another"
        )

    def test_what_it_learns_depends_on_the_rows_it_is_fitted_on_alone(self) -> None:
        """Each row is transformed alike whatever other rows there are, so that test rows do not affect each other."""
        data = self.data
        pipeline, _ = self.fit(data.take(_rows(0, 30)))
        whole = pipeline.transform(frame_of(data.columns, data.X[30:]))
        parts = [pipeline.transform(frame_of(data.columns, data.X[row : row + 1])) for row in range(30, len(data.y))]
        for number, part in enumerate(parts):
            assert _alike(part, whole.iloc[number : number + 1]), (
                "a row is transformed differently along with other rows"
            )

    def test_it_learns_alike_every_time(self) -> None:
        """Fitted twice on the same rows, it transforms them alike, even if random numbers were drawn in between."""
        import numpy as np

        first = self.fit(self.data)[1]
        np.random.random()  # noqa: NPY002  (a transform that draws from numpy's global generator would be caught)
        assert _alike(first, self.fit(self.data)[1]), "it transforms the same rows differently; set a random_state"

    def test_it_makes_what_it_says(self) -> None:
        """Columns that keep their kind keep their names; with fills_gaps nothing is missing; numbers are finite."""
        data = self.data
        made = self.fit(data)[1]
        if self.record.gives is None:
            unknown = [name for name in made.columns if name not in data.feature_names]
            assert not unknown, f"it makes a column '{unknown[0]}', so 'gives' must declare its kind"
        if self.record.fills_gaps:
            assert not made.isna().to_numpy().any(), "it has fills_gaps=True, but its output has missing cells"
        if not self._left:
            numbers_of(made)

    @property
    def _left(self) -> list[str]:
        """The steps that are needed after it."""
        gives = self.record.gives
        kinds = self._kinds if gives is None else (gives,)
        return [FINISHES[kind] for kind in CODED if kind in kinds]

    def test_a_real_run_goes_through_it(self, tmp_path: Path) -> None:
        """A search uses it as a step, and every fit is scored."""
        result = run_tiny(
            tmp_path,
            *self.plugins,
            dataset={"name": "tiny-table", "task": self.task, "kinds": [*self._kinds], "gaps": self.record.fills_gaps},
            preprocess=[self.selection, *self._left],
        )
        assert not result.failed, result.failed[0].failures[0][1].error or ""


def _rows(first: int, last: int) -> Any:
    import numpy as np

    return np.arange(first, last)


def _alike(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two tables have equal cells, but for the last digits of numbers."""
    import numpy as np

    if list(one.columns) != list(other.columns) or len(one) != len(other):
        return False
    for name in one.columns:
        a, b = one[name].to_numpy(), other[name].to_numpy()
        if a.dtype == object:
            if [str(cell) for cell in a] != [str(cell) for cell in b]:
                return False
        elif not np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True):
            return False
    return True
