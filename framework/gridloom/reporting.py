"""Reporters at work: they watch a run, then report on its result; what one of them raises is its own affair."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from types import TracebackType

from gridloom.errors import GridloomError
from gridloom.experiment import Bound
from gridloom.progress import Plan, Progress
from gridloom.records import Reporter
from gridloom.results import ReportError, Result

Watcher = Callable[[Progress], None]
_log = logging.getLogger("gridloom")


def report(reporter: Bound[Reporter], result: Result) -> None:
    """Let a reporter report; when it raises, that is logged and noted in `result.report_errors`.

    What it tells by a GridloomError is meant for users, and an OSError is the machine's doing: neither needs a traceback.
    All else is the reporter's own mistake.
    """
    try:
        reporter(result)
    except GridloomError as error:
        _note_trouble(reporter.name, str(error), result)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _note_trouble(reporter.name, f"the reporter '{reporter.name}' failed: {place}{error.strerror or error}", result)
    except (Exception, SystemExit) as error:
        _log.exception("the reporter '%s' failed; the run and other reports are not affected", reporter.name)
        result.report_errors.append(_mistake(reporter.name, error))


def _note_trouble(name: str, told: str, result: Result) -> None:
    _log.error("%s; the run and other reports are not affected", told)
    result.report_errors.append(ReportError(name, told))


def _mistake(name: str, error: BaseException) -> ReportError:
    return ReportError(name, f"{type(error).__name__}: {error}", is_bug=True)


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
        yield
    except Exception as error:
        _log.exception("the reporter '%s' failed while it watched; it watches no longer, the run goes on", name)
        errors.append(_mistake(name, error))
