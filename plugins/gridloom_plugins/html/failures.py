"""The section `failures`: what went wrong, equal errors together."""

from __future__ import annotations

from dataclasses import dataclass

from gridloom import Fit, FitResult, Result, Trial
from gridloom_plugins.figures.candidates import named
from gridloom_plugins.html.texts import place

SHOWN = 50
"""The most errors that are shown."""

FITS = 5
"""The most fits that are named for an error."""

TRACEBACK = 20_000
"""The most characters of a traceback; its end is what counts."""


@dataclass(frozen=True)
class Failure:
    """An error, some of the fits that it struck, how many more there are, and the traceback of the first."""

    error: str
    fits: tuple[str, ...]
    more: int
    traceback: str


def failures(result: Result) -> list[Failure]:
    """The errors of a run, the most frequent first."""
    found: dict[str, list[tuple[Trial, Fit, FitResult]]] = {}
    for trial in result.failed:
        for fit, outcome in trial.failures:
            found.setdefault(outcome.error or "", []).append((trial, fit, outcome))
    return [_failure(error, struck) for error, struck in sorted(found.items(), key=lambda item: -len(item[1]))]


def _failure(error: str, struck: list[tuple[Trial, Fit, FitResult]]) -> Failure:
    text = next((outcome.traceback for _, _, outcome in struck if outcome.traceback), "")
    shortened = text if len(text) <= TRACEBACK else f"…{text[-TRACEBACK:]}"
    fits = tuple(f"{named(trial)} ({place(fit)})" for trial, fit, _ in struck[:FITS])
    return Failure(error, fits, len(struck) - len(fits), shortened)
