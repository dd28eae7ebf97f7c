"""What the console prints while a run runs: a header, then a live bar in a terminal or a notebook, or a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from gridloom import Plan, Progress, printable
from gridloom_plugins.reporters.console.notebook import bar, is_notebook
from gridloom_plugins.reporters.console.printing import say

PLAIN_INTERVAL = 10.0
"""Seconds between two lines of progress where there is no terminal."""


def _workers(plan: Plan) -> str:
    """How many workers train, and where that is not on this machine."""
    if plan.workers is None:
        return f"the workers of {plan.executor}"
    return f"{plan.workers} worker(s)" + ("" if plan.executor == "loky" else f" of {plan.executor}")


@contextmanager
def watch(plan: Plan) -> Iterator[Callable[[Progress], None]]:
    """Live progress in a terminal or a notebook: a bar with fits done, rate, time left and the best so far; else plain lines."""
    reason = f" ({plan.engine_reason})" if plan.engine_reason else ""
    more = [f"that in {plan.outer} outer folds"] if plan.outer else []
    more += [f"the best on {plan.held_out:,} rows held out"] if plan.held_out else []
    besides = f", and {' and '.join(more)}," if more else ""
    at_first = "" if plan.is_plain else " at first"
    say(
        f"{plan.name}: {plan.candidates} candidates{at_first} x {plan.splits} splits x {plan.seeds} seed(s){besides}"
        f"{_in_all(plan)}, engine {plan.engine}{reason}, {_workers(plan)}"
    )
    for line in plan.note.splitlines():
        say(f"  {line}")
    if sys.stdout.isatty():
        with _bar() as show:
            yield show
    elif is_notebook():
        with bar(_line, _last_line) as show:
            yield show
    else:
        with _plain_lines() as show:
            yield show


def _in_all(plan: Plan) -> str:
    """How many fits there will be, as far as that is known."""
    if plan.is_plain:
        return f" = {plan.fits} fits"
    return ", then by their scores" if plan.total is None else f", at most {plan.total} fits in all"


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Group
    from rich.live import Live
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn
    from rich.progress import Progress as Bar
    from rich.text import Text

    pace_column = TextColumn("{task.fields[pace]}", markup=False)
    bar = Bar(SpinnerColumn(), BarColumn(bar_width=16), MofNCompleteColumn(), pace_column)
    task = bar.add_task("", total=None, pace="starting workers")
    with Live(bar, transient=True) as live:

        def show(progress: Progress) -> None:
            most = None if progress.later is None else progress.total + progress.later
            bar.update(task, completed=progress.done, total=most, pace=pace(progress))
            best = f"  best {progress.best[1]:f} {progress.best[0]}" if progress.best else ""
            live.update(Group(bar, Text(printable(best), no_wrap=True, overflow="ellipsis")))

        yield show


@contextmanager
def _plain_lines() -> Iterator[Callable[[Progress], None]]:
    """A line every now and then, and one at the end: of a search whose later waves are not known, when it is over."""
    printed = time.monotonic()
    latest: Progress | None = None

    def show(progress: Progress) -> None:
        nonlocal printed, latest
        latest, now = progress, time.monotonic()
        is_last = progress.done == progress.total and progress.later == 0
        if is_last or now - printed >= PLAIN_INTERVAL:
            printed, latest = now, None
            say(f"  {_line(progress)}")

    yield show
    if latest:
        say(f"  {_last_line(latest)}")


def _line(progress: Progress) -> str:
    """How far a search is, in a line."""
    return f"{_done(progress)} fits{_so_far(progress)}, {pace(progress)}{_best(progress)}"


def _last_line(progress: Progress) -> str:
    """How far a search came, however many fits it might have had."""
    if progress.done == progress.total and progress.later == 0:
        return _line(progress)
    over = replace(progress, total=progress.done, later=0)
    return f"{over.done} fits, {pace(over)}{_best(over)}"


def _done(progress: Progress) -> str:
    """How many fits are done, of how many there are at most where that is known."""
    return f"{progress.done}" if progress.later is None else f"{progress.done}/{progress.total + progress.later}"


def _so_far(progress: Progress) -> str:
    """What to say of a number of fits that is not that of the whole search, or at most."""
    return " so far" if progress.later is None else " at most" if progress.later else ""


def _best(progress: Progress) -> str:
    return f", best {progress.best[1]:f} {progress.best[0]}" if progress.best else ""


def pace(progress: Progress) -> str:
    """Rate and time left, from the fits of this process; those from the journal are counted apart.

    The time left is missing where nobody knows how many fits there will be.
    """
    fresh = progress.done - progress.resumed
    parts = [f"{progress.resumed} from the journal"] if progress.resumed else []
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    if fresh and progress.seconds > 0:
        rate = fresh / progress.seconds
        parts.append(f"{rate:.2g} fits/s")
        parts += [time_left] if (time_left := _time_left(progress, rate)) else []
    return ", ".join(parts) or "starting workers"


def _time_left(progress: Progress, rate: float) -> str:
    """How long the fits take that are left, or how long all have taken; empty where their number is not known."""
    if progress.later is None:
        return ""
    left = (progress.total + progress.later - progress.done) / rate
    if left < 1:
        return f"took {_clock(progress.seconds)}"
    return f"{'at most ' * bool(progress.later)}{_clock(left)} left"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
