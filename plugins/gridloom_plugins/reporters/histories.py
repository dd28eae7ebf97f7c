"""The reporter `histories`: what engines noted of every epoch, for other programs."""

from __future__ import annotations

import json
import math
from array import array

from gridloom import FileName, Fit, FitResult, Reporter, Result, write_file

FORMAT = 1
"""The version of what is written."""


def report(result: Result, filename: FileName = "histories.json") -> None:
    """Write the history of every fit, one number per epoch: one line per fit, in the order of results.json.

    The file, `filename` in the run's folder, is strict JSON: numbers that are not finite are null.
    """
    lines = [
        _line(trial.number, fit, known)
        for trial in result.trials
        for fit, known in zip(trial.fits, trial.results, strict=True)
        if known and known.history
    ]
    head = json.dumps({"format": FORMAT, "name": result.name})[:-1]
    body = ",\n".join(lines)
    write_file(result.folder / filename, f'{head}, "fits": [\n{body}\n]}}\n')


def _line(trial: int, fit: Fit, result: FitResult) -> str:
    place = {"trial": trial, "repeat": fit.repeat, "fold": fit.fold, "replica": fit.replica}
    history = {name: [_short(value) for value in values] for name, values in result.history.items()}
    return json.dumps({**place, "history": history}, allow_nan=False)


def _short(value: float) -> float | None:
    """The shortest number that float32 takes for the same; None for what is not finite."""
    if not math.isfinite(value):
        return None
    for digits in (6, 7, 8):
        short = float(f"{value:.{digits}g}")
        if array("f", [short])[0] == value:
            return short
    return float(f"{value:.9g}")


REPORTER = Reporter(name="histories", summary="The history of every epoch as histories.json.", report=report)
