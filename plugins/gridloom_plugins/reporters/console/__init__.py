"""The reporter `console`: progress while a run runs, then the verdict and the best candidates."""

from __future__ import annotations

from gridloom import Reporter
from gridloom_plugins.reporters.console.end import report
from gridloom_plugins.reporters.console.progress import pace, watch

__all__ = ["REPORTER", "pace", "report", "watch"]

REPORTER = Reporter(
    name="console",
    summary="Progress in the terminal, then the verdict and the best candidates.",
    report=report,
    watch=watch,
    default=True,
)
