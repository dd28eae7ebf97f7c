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

    - `opens`: how the names of the files end that its option `path` may name, such as ".csv". `gridloom check` loads small
      ones of them, and says what their columns are.
    - `propose(path, target)`: for `gridloom new experiment --data`, the options for a file, without its path, and remarks on
      some of them, both by the names of the options. The target is None where it has to be guessed.
    - `extend(data, file, **options)`: for `test: {path: FILE}`, data that begin with these rows, as `load` returned them (or
      a sample of them), and go on with those of the file: read by the same options, with the same columns, kinds and classes.
      InvalidInput, with the place, for what does not fit. Without it, such a file is refused.
    - `new_rows(path, **options)`: for `gridloom predict`, where rows are no table: what each row is called (none of them, if
      by number alone) and their features as those of `load`, a file or folder without targets, read by the same options.
    """

    load: Callable[..., Data]
    _: KW_ONLY
    extend: Callable[..., Data] | None = None
    new_rows: Callable[..., tuple[Sequence[str], Any]] | None = None
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
        for what in ("propose", "extend", "new_rows"):
            if (given := getattr(self, what)) is not None and not callable(given):
                raise TypeError(f"data set '{self.name}': {what} should be a function, not {given!r}")

    @property
    def function(self) -> Callable[..., Data]:
        """The `load` function."""
        return self.load
