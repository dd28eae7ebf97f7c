"""The failed fits of a run, as `gridloom show` prints them: a line for each reason, or whole tracebacks."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from gridloom.core.printable import cut, in_one_line

if TYPE_CHECKING:
    from gridloom.core.trials import Fit, FitResult
    from gridloom.results.result import Result

LONGEST = 160
"""How many characters of a reason are shown."""

MOST = 20
"""How many reasons are shown."""

Struck = dict[str, list[tuple["Fit", "FitResult"]]]
"""The fits that failed in the same way, by what they have in common."""


def reasons(result: Result) -> Iterator[str]:
    """A line for each reason, the most frequent first, and the command that prints the tracebacks."""
    found = _struck(result, lambda failure: failure.error or "")
    if not found:
        return
    most_first = sorted(found.items(), key=lambda item: -len(item[1]))
    yield f"\nFailed fits ('gridloom show {shlex.quote(str(result.folder))} --tracebacks' prints the tracebacks):"
    for reason, fits in most_first[:MOST]:
        (fit, _), candidates = fits[0], len({fit.candidate.key for fit, _ in fits})
        whose = f"of {candidates:,} candidates, such as {fit.candidate}" if candidates > 1 else f"of {fit.candidate}"
        yield f"  {_counted(len(fits))} {cut(in_one_line(whose), LONGEST)}: {cut(in_one_line(' '.join(reason.split())), LONGEST)}"
    if more := len(most_first) - MOST:
        yield from [f"  ... and {more:,} more reasons"] if more > 0 else []


def tracebacks(result: Result) -> Iterator[str]:
    """Each traceback once, with how many more fits failed with it."""
    for text, fits in _struck(result, lambda failure: failure.traceback or failure.error or "").items():
        fit, _ = fits[0]
        more = f", and {len(fits) - 1:,} more fits in the same way" if len(fits) > 1 else ""
        yield f"\n{fit.candidate} failed in repeat {fit.repeat}, fold {fit.fold}, seed {fit.replica}{more}:\n{text}"


def _counted(fits: int) -> str:
    return "1 fit" if fits == 1 else f"{fits:,} fits"


def _struck(result: Result, common: Callable[[FitResult], str]) -> Struck:
    found: Struck = {}
    for trial in result.failed:
        for fit, failure in trial.failures:
            found.setdefault(common(failure), []).append((fit, failure))
    return found
