"""The contract of data sets: the same checked numbers every time, wherever they are loaded."""

from __future__ import annotations

from typing import Any, ClassVar

from gridloom.core.data import Data, Task, sample_rows
from gridloom.registry.records import Dataset
from gridloom.testing.contract import Contract


class DatasetContract(Contract):
    """Inherit to test a data set, also one whose data have several inputs.

    - `task`: the expected task, if you want it checked: `gridloom.Task("binary", (8,), 2)`.
    - `rows`: the expected number of rows, if you want it checked.
    """

    kind = Dataset
    task: ClassVar[Task | None] = None
    rows: ClassVar[int | None] = None

    def load(self) -> Data:
        """The data, with the options of the contract."""
        data: Any = self.bound()
        assert isinstance(data, Data), f"it returns {type(data).__name__}, not gridloom.Data"
        return data

    def test_its_data_are_valid(self) -> None:
        """It returns `gridloom.Data` of finite numbers with targets, and with the expected task and rows."""
        data = self.load()
        assert self.task in (None, data.task), f"the task is {data.task}, not {self.task}"
        assert self.rows in (None, len(data.y)), f"there are {len(data.y)} rows, not {self.rows}"

    def test_its_features_are_named_each_by_its_own_name(self) -> None:
        """There are no feature names, or one per column; names of features and of classes are distinct."""
        data = self.load()
        names = data.feature_names
        assert len(names) in (0, *data.X.shape[1:2]), f"{len(names)} names for features of shape {data.X.shape[1:]}"
        assert len(set(names)) == len(names), f"two of the features have the same name: {names}"

    def test_its_targets_suit_the_task(self) -> None:
        """A number to predict is not the same in every row."""
        data = self.load()
        if not data.classes:
            assert (data.y.min(axis=0) < data.y.max(axis=0)).all(), (
                "every row has the same target; there is nothing to learn"
            )

    def test_it_loads_the_same_data_twice(self) -> None:
        """Loading again gives the same data, even after the first data were changed and random numbers were drawn."""
        import numpy as np

        first = self.load()
        before = first.fingerprint
        np.random.default_rng().random()
        np.random.random()  # noqa: NPY002  (a loader that draws from numpy's global generator would be caught)
        if first.X.flags.writeable:
            first.X[...] = 0
        assert self.load().fingerprint == before, "it loads different data the second time"

    def test_it_loads_the_same_data_in_another_process(self) -> None:
        """A run can be resumed only if the data are the same: their order must not depend on hashes."""
        here = self.load().fingerprint
        assert self._elsewhere("fingerprint") == here, "it loads different data in another process"

    def test_a_sample_can_be_drawn(self) -> None:
        """`sample: 0.5` leaves every class in."""
        data = self.load()
        assert len(sample_rows(data, 0.5, seed=0).y) == round(0.5 * len(data.y))
