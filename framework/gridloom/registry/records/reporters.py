"""Reporters: who is given the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from gridloom.registry.record import Form, Record

if TYPE_CHECKING:
    from gridloom.core.progress import Plan, Progress


@dataclass(frozen=True)
class Reporter(Record):
    """A reporter: `report(result, **options)` gets the `gridloom.Result` once the run has ended.

    Write files into `result.folder`, and annotate options for their names with `gridloom.FileName`. `watch(plan)` may
    return a context manager around the run, whose value is called with a `gridloom.Progress` after every batch.
    `figures(result)` may yield figures for `Result.plot`, each as its name and a function without parameters that draws it:
    that returns a matplotlib figure, or text that says why there is nothing to draw.
    Experiments that name no reporter use those with `default=True`.
    """

    report: Callable[..., None]
    _: KW_ONLY
    watch: Callable[[Plan], AbstractContextManager[Callable[[Progress], None]]] | None = None
    figures: Callable[[Any], Iterable[tuple[str, Callable[[], Any]]]] | None = None
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
