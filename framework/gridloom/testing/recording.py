"""A reporter that keeps everything it gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gridloom.core.progress import Plan, Progress
from gridloom.registry.hookspecs import hookimpl
from gridloom.registry.records import Reporter
from gridloom.results.result import Result


class Recorder:
    """A reporter that keeps everything it gets, as a plugin object: plans, all progress, and results."""

    def __init__(self) -> None:
        self.plans: list[Plan] = []
        self.progress: list[Progress] = []
        self.results: list[Result] = []
        self.record = Reporter("recorder", "Keeps everything it gets.", self.report, watch=self.watch)

    def report(self, result: Result) -> None:
        """Keep the result."""
        self.results.append(result)

    @contextmanager
    def watch(self, plan: Plan) -> Iterator[Callable[[Progress], None]]:
        """Keep the plan and all progress."""
        self.plans.append(plan)
        yield self.progress.append

    @hookimpl
    def gridloom_reporters(self) -> Iterator[Reporter]:
        """The one reporter `recorder`."""
        yield self.record
