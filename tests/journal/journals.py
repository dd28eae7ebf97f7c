"""A fit to record, and short ways to open a journal, read it and run a script beside it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager

from gridloom import Budget, Candidate, Fit, FitResult
from gridloom.runs.journal import Journal

FIT = Fit(Candidate({"m": {"x": [1, "é"]}}), repeat=1, fold=2, replica=3, budget=Budget(epochs=4))


@contextmanager
def opened(path, **options):
    journal = Journal(path, **options)
    try:
        yield journal
    finally:
        journal.close()


def kept(path, **options):
    with opened(path, **options) as journal:
        return journal.results()


def fits(number):
    """So many different fits with a result each."""
    return [(Fit(FIT.candidate, 0, fold), FitResult({"accuracy": fold / 4})) for fold in range(number)]


def python(script, *arguments):
    """A Python process that runs a script, with its output in pipes."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
