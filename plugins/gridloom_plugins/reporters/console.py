"""The reporter `console`: progress while a run runs, and the article's own lines at its end."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from gridloom import Plan, Progress, Reporter, Result, Status, Trial, printable
from gridloom_plugins.figures.candidates import budget_text, epochs_text, failed_candidates
from gridloom_plugins.figures.fronts import front_line
from gridloom_plugins.figures.hints import training_hints
from gridloom_plugins.figures.other_scores import line_of, means_of, positive_line
from gridloom_plugins.figures.texts import one_line, prose
from gridloom_plugins.figures.waves import wave_rows

PLAIN_INTERVAL = 10.0
"""Seconds between two lines of progress where there is no terminal."""

NARROWEST = 40
"""No sentence is wrapped to fewer characters, however narrow a terminal says it is."""

SENTENCE_WIDTH = 1000
"""How many characters of a sentence are shown in which texts of others may stand."""

WAVES = 12
"""How many lines a search with several waves has at most."""

WORKERS = 12
"""How many lines workers on other machines have at most."""

ERROR_WIDTH = 120
"""How many characters of an error stand in a line."""


def report(result: Result) -> None:
    """Print the best candidate, then every finished one in order: mean and standard deviation of its scores.

    The last line tells which of them can be told apart, and how many are left out. Before it, a hint where the validation
    loss of the best candidate still falls at the end, or rose before. With several scores, each line ends
    with the means of those that do not rank, and a line for each of these follows at the end. A search with several waves
    has a table of them: their budgets, trials, best mean, and the fits and epochs that they took. When the run has just been
    trained, partly by workers on other machines, there is a line for each of these.
    """
    for line in _lines(result):
        _say(line)
    for sentence in (
        *training_hints(result),
        result.summary.sentence,
        *filter(None, [result.summary.next_step]),
        *(line_of(result, other) for other in result.by_other_scores),
    ):
        _say(_wrapped(sentence))


def _wrapped(sentence: str) -> str:
    """The sentence in lines as wide as the terminal; elsewhere one line, for whoever searches a log."""
    if not sys.stdout.isatty():
        return sentence
    width = max(NARROWEST, shutil.get_terminal_size().columns - 1)
    return textwrap.fill(sentence, width, break_long_words=False, break_on_hyphens=False)


def _say(text: str) -> None:
    """Print a text; when whoever reads (`| head`) has seen enough, that and all that follows is dropped."""
    try:
        print(printable(text), flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _lines(result: Result) -> Iterator[str]:
    best = result.best
    if result.by_other_scores:
        yield f"Ranked by {one_line(result.scoring)}; the means of other scores are at the end of each line."
    if line := positive_line(result):
        yield line
    if best:
        yield f"Best: {best.mean:f} using {best.params}{_budget(best)}"
    yield from (_line(result, trial) for trial in result.trials if trial.status is not Status.INCOMPLETE)
    failures = failed_candidates(result)
    if failures and best:
        yield f"{failures} of {len(result.candidates)} candidates failed; 'gridloom show {result.folder}' prints why"
    yield from _waves(result)
    if result.seconds is not None:  # the table of a run that is shown again is the same wherever it was trained
        yield from _elsewhere(result)
    if line := front_line(result):
        yield line
    if result.nested:
        yield result.nested.sentence
    if result.held_out:
        yield one_line(result.held_out.sentence, SENTENCE_WIDTH)
    if result.published_sentence:
        yield result.published_sentence


def _waves(result: Result) -> Iterator[str]:
    """A line for each wave of a search that had several, and which limit has ended it, if one has."""
    heads = ("wave", "budget", "trials", "failed", "best", "fits", "epochs", "")
    rows = [
        (
            *(row.name, row.budget, f"{row.trials:,}", f"{row.failed:,}"),
            *(row.best_text, f"{row.fits:,}", row.epochs_text, row.labels),
        )
        for row in wave_rows(result, WAVES)
    ]
    yield from _table(heads, rows, left=(0, 1, len(heads) - 1))
    if result.stopped:
        yield f"The search was ended by a limit: {one_line(result.stopped, SENTENCE_WIDTH)}"


def _elsewhere(result: Result) -> Iterator[str]:
    """A line for each worker on another machine, those with the most fits first."""
    most_first = sorted(result.workers, key=lambda share: (-share.fits, share.name))
    rows = [
        (share.name, f"{share.fits:,}", f"{share.failed:,}", f"{share.deaths:,}", f"{share.seconds:,.1f}")
        for share in most_first[:WORKERS]
    ]
    yield from _table(("worker", "fits", "failed", "deaths", "seconds"), rows, left=(0,))
    if more := len(most_first) - WORKERS:
        yield from [f"and {more:,} more workers"] if more > 0 else []


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: Collection[int]) -> Iterator[str]:
    """The lines of a table, with these columns flush left; none where it has no rows."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows) if rows else ():
        cells = [
            text.ljust(width) if place in left else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _line(result: Result, trial: Trial) -> str:
    if trial.status is Status.COMPLETE:
        others = means_of(result, trial)
        text = epochs_text(result, trial) if result.epochs_vary else ""
        is_said = text in ("", str(trial.proposal.budget.epochs))
        epochs = "" if is_said else f", epochs: {text}"
        ends = " | " * bool(others) + ", ".join(others)
        return f"{trial.mean:f} ({trial.std:f}) with: {trial.params}{_budget(trial)}{epochs}{ends}"
    return f"failed with: {trial.params}: {prose(trial.failures[0][1].error or '', ERROR_WIDTH)}"


def _budget(trial: Trial) -> str:
    """What to say of the budget of a trial that was not trained in full."""
    return f", budget: {text}" if (text := budget_text(trial)) else ""


def _workers(plan: Plan) -> str:
    """How many workers train, and where that is not on this machine."""
    if plan.workers is None:
        return f"the workers of {plan.executor}"
    return f"{plan.workers} worker(s)" + ("" if plan.executor == "loky" else f" of {plan.executor}")


@contextmanager
def watch(plan: Plan) -> Iterator[Callable[[Progress], None]]:
    """Live progress in a terminal: a bar with fits done, rate, time left and the best so far; else plain lines."""
    reason = f" ({plan.engine_reason})" if plan.engine_reason else ""
    more = [f"that in {plan.outer} outer folds"] if plan.outer else []
    more += [f"the best on {plan.held_out:,} rows held out"] if plan.held_out else []
    besides = f", and {' and '.join(more)}," if more else ""
    at_first = "" if plan.is_plain else " at first"
    _say(
        f"{plan.name}: {plan.candidates} candidates{at_first} x {plan.splits} splits x {plan.seeds} seed(s){besides}"
        f"{_in_all(plan)}, engine {plan.engine}{reason}, {_workers(plan)}"
    )
    for line in plan.note.splitlines():
        _say(f"  {line}")
    if sys.stdout.isatty():
        with _bar() as show:
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
            _say(f"  {_done(progress)} fits{_so_far(progress)}, {pace(progress)}{_best(progress)}")

    yield show
    if latest:
        over = replace(latest, total=latest.done, later=0)
        _say(f"  {over.done} fits, {pace(over)}{_best(over)}")


def _done(progress: Progress) -> str:
    """How many fits are done, of how many there are at most where that is known."""
    return f"{progress.done}" if progress.later is None else f"{progress.done}/{progress.total + progress.later}"


def _so_far(progress: Progress) -> str:
    """What to say of a number of fits that is not that of the whole search, or at most."""
    return " so far" if progress.later is None else " at most" if progress.later else ""


def _best(progress: Progress) -> str:
    return f", best {progress.best[1]:f} {progress.best[0]}" if progress.best else ""


def pace(progress: Progress) -> str:
    """Rate and time left, from the fits of this process; what came from the journal is told apart.

    The time that is left is not told where nobody knows how many fits there will be.
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


REPORTER = Reporter(
    name="console",
    summary="Progress in the terminal, then the article's lines and what they can bear.",
    report=report,
    watch=watch,
    default=True,
)
