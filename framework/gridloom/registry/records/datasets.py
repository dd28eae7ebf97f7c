"""Data sets: what is learned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from gridloom.registry.record import Record

if TYPE_CHECKING:
    from gridloom.core.data import Data


@dataclass(frozen=True)
class Dataset(Record):
    """A data set: `load(**options)` returns a `gridloom.Data`."""

    load: Callable[..., Data]

    kind: ClassVar[str] = "data set"
    word: ClassVar[str] = "dataset"
    hook: ClassVar[str] = "gridloom_datasets"
    place: ClassVar[tuple[str, ...]] = ("dataset",)
    fixed: ClassVar[int] = 0

    @property
    def function(self) -> Callable[..., Data]:
        """The `load` function."""
        return self.load
