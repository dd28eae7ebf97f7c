"""Reporters: who is given the result."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, ClassVar

from gridloom.registry.record import Form, Record

if TYPE_CHECKING:
    from gridloom.core.progress import Plan, Progress


@dataclass(frozen=True)
class Reporter(Record):
    """A reporter: `report(result, **options)` gets the `gridloom.Result` once the run has ended.

    Write files into `result.folder`, and annotate options for their names with `gridloom.FileName`. `watch(plan)` may
    return a context manager around the run, whose value is called with a `gridloom.Progress` after every batch.
    Experiments that name no reporter use those with `default=True`.
    """

    report: Callable[..., None]
    _: KW_ONLY
    watch: Callable[[Plan], AbstractContextManager[Callable[[Progress], None]]] | None = None
    default: bool = False

    kind: ClassVar[str] = "reporter"
    word: ClassVar[str] = "reporter"
    hook: ClassVar[str] = "gridloom_reporters"
    place: ClassVar[tuple[str, ...]] = ("reporters",)
    form: ClassVar[Form] = "list"

    @property
    def function(self) -> Callable[..., None]:
        """The `report` function."""
        return self.report
