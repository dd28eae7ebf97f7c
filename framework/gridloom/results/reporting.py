"""Reporters at work: they watch a run, then report on its result; what one of them raises is its own affair."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from types import TracebackType

from gridloom.core.boundary import PluginQuit, contained
from gridloom.core.progress import Plan, Progress
from gridloom.errors import GridloomError, named
from gridloom.experiment.bound import Bound
from gridloom.registry.records import Reporter
from gridloom.results.result import ReportError, Result
from gridloom.results.written_files import state_of, written_since

Watcher = Callable[[Progress], None]
_log = logging.getLogger("gridloom")


def report(reporter: Bound[Reporter], result: Result) -> None:
    """Let a reporter report, and note what it writes in `result.report_files`.

    When it raises, that is logged and noted in `result.report_errors`.
    """
    before = state_of(result.folder)
    try:
        reporter(result)
    except Exception as error:
        result.report_errors.append(
            _logged(reporter.name, error, "failed", "the run and other reports are not affected")
        )
    result.report_files.setdefault(reporter.name, []).extend(written_since(before, result.folder))


def _logged(name: str, error: BaseException, failed: str, then: str) -> ReportError:
    """What to note of what a reporter raised, after logging it with what comes of it.

    What it tells by a GridloomError is meant for users, and an OSError is the machine's doing: neither needs a traceback.
    All else is the reporter's own mistake.
    """
    if not isinstance(error, GridloomError | OSError):
        error = error.__cause__ or error if isinstance(error, PluginQuit) else error
        _log.error("the reporter '%s' %s; %s", name, failed, then, exc_info=error)
        return ReportError(name, named(error), is_bug=True)
    told = str(error)
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        told = f"the reporter '{name}' {failed}: {place}{error.strerror or error}"
    _log.error("%s; %s", told, then)
    return ReportError(name, told)


@contextmanager
def watching(reporters: Sequence[Bound[Reporter]], plan: Plan, errors: list[ReportError]) -> Iterator[Watcher]:
    """Let the reporters that can watch a run; what is yielded tells all of them.

    One that raises is logged, noted in `errors`, and watches no longer.
    """
    watchers: list[tuple[str, Watcher]] = []
    with ExitStack() as stack:
        for reporter in reporters:
            if watch := reporter.record.watch:
                with _forgiven(reporter.name, errors):
                    manager = watch(plan)
                    watchers.append((reporter.name, manager.__enter__()))
                    stack.push(partial(_leave, manager, reporter.name, errors))
        yield partial(_tell, watchers, errors)


def _tell(watchers: list[tuple[str, Watcher]], errors: list[ReportError], progress: Progress) -> None:
    for name, watcher in list(watchers):
        with _forgiven(name, errors):
            watcher(progress)
            continue
        watchers.remove((name, watcher))


def _leave(
    manager: AbstractContextManager[Watcher],
    name: str,
    errors: list[ReportError],
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
) -> None:
    """End a watch; what it makes of an error of the run does not matter to the run."""
    with _forgiven(name, errors):
        manager.__exit__(kind, error, trace)


@contextmanager
def _forgiven(name: str, errors: list[ReportError]) -> Iterator[None]:
    try:
        with contained(f"the reporter '{name}'"):
            yield
    except Exception as error:
        errors.append(_logged(name, error, "failed while watching", "it no longer watches; the run continues"))
