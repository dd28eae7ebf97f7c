"""Data sets: what is learned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from gridloom.registry.record import Record

if TYPE_CHECKING:
    from gridloom.core.data import Data


@dataclass(frozen=True)
class Dataset(Record):
    """A data set: `load(**options)` returns a `gridloom.Data`, whose X may be a dict of arrays for models with several inputs.

    - `opens`: the suffixes of files that its option `path` may name, such as ".csv". `gridloom check` loads small files
      of these and describes their columns.
    - `propose(path, target)`: for `gridloom new experiment --data`, the options for a file, without its path, and remarks
      on some of them, both by option name. The target is None if it has to be guessed.
    - `extend(data, file, **options)`: for `test: {path: FILE}`, data with these rows, as `load` returned them (or a sample
      of them), followed by those of the file: read with the same options, with the same columns, kinds and classes.
      Raises InvalidInput, with the location, for anything that does not fit. Without it, such a file is refused.
    - `new_rows(path, **options)`: for `gridloom predict` if rows are not a table: the name of each row (none if rows
      are numbered) and their features, as `load` returns them, from a file or folder without targets read with the same
      options.
    - `of_arrays(X, y, task, beside)`: for `gridloom.search`, the data in arrays and tables of a Python program. `task` is
      None, "classification", "regression" or "multilabel"; `beside` has one value per row for the fields "groups", "order",
      "folds" and "weights" that were given. Raises InvalidInput, with the name of the argument.
    """

    load: Callable[..., Data]
    _: KW_ONLY
    extend: Callable[..., Data] | None = None
    new_rows: Callable[..., tuple[Sequence[str], Any]] | None = None
    of_arrays: Callable[..., Data] | None = None
    opens: tuple[str, ...] = ()
    propose: Callable[[Path, str | None], tuple[Mapping[str, Any], Mapping[str, str]]] | None = None

    kind: ClassVar[str] = "data set"
    word: ClassVar[str] = "dataset"
    hook: ClassVar[str] = "gridloom_datasets"
    place: ClassVar[tuple[str, ...]] = ("dataset",)
    fixed: ClassVar[int] = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.opens, tuple) or not all(isinstance(end, str) and end[:1] == "." for end in self.opens):
            raise TypeError(
                f"data set '{self.name}': opens should be a tuple such as ('.csv', '.tsv'), not {self.opens!r}"
            )
        for what in ("propose", "extend", "new_rows", "of_arrays"):
            if (given := getattr(self, what)) is not None and not callable(given):
                raise TypeError(f"data set '{self.name}': {what} should be a function, not {given!r}")

    @property
    def function(self) -> Callable[..., Data]:
        """The `load` function."""
        return self.load
