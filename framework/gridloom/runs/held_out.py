"""The best candidate scored once on the rows that the search never saw, and read again from the run's folder.

Its fit is in the journal as any other. The intervals of its scores, which take the targets, are in a file beside that.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gridloom.core.file_names import HELD_OUT
from gridloom.core.files import write_file
from gridloom.core.space import Candidate
from gridloom.core.split import ALL_ROWS
from gridloom.core.trials import Fit, FitResult, Proposal, Status, Trial, ranked
from gridloom.errors import StopRun, disk_errors
from gridloom.results.held_out import HeldOut
from gridloom.results.manifest import score_names
from gridloom.runs.journal import Journal
from gridloom.runs.tally import Tally
from gridloom.training.job import Job
from gridloom.training.pool import Workers

Intervals = Mapping[str, tuple[float, float]]


def score_best(trials: Sequence[Trial], job: Job, workers: Workers, tally: Tally, folder: Path) -> None:
    """Train the best candidate on all rows that are searched, and score it on those that the job's only split tests.

    That is the training that `refit` keeps the model of. Nothing is done where a fit is missing, every candidate failed, or
    the candidate has been scored before.
    """
    best = next(iter(ranked(trials)), None)
    if best is None or any(trial.status is Status.INCOMPLETE for trial in trials):
        return
    fit = Fit(best.candidate, repeat=0, fold=ALL_ROWS)
    known = tally.finished.get(fit.key)
    if known and known.status is Status.COMPLETE and _kept_intervals(folder, fit) is None:
        del tally.finished[fit.key]
    if not tally.ask([Trial(best.number, Proposal(best.candidate), (fit,), (None,))]):
        return
    outcome = workers.score_held_out(job, fit)
    if outcome.stop is not None:
        raise StopRun(str(outcome.stop))
    (result,) = outcome.results
    if result is None:
        raise StopRun("the worker returned no result for the rows that are held out")
    content = {"fit": fit.key, "intervals": outcome.intervals}
    with disk_errors(folder):
        write_file(folder / HELD_OUT, json.dumps(content, indent=2) + "\n")
    tally.keep([fit], [result])


def read_held_out(
    journal: Journal, known: Mapping[str, FitResult], folder: Path, best: Candidate | None
) -> HeldOut | None:
    """What a run knows of the rows that it holds out, by its finished fits; None where it holds none out."""
    manifest = journal.manifest or {}
    told = manifest.get("held_out")
    if told is None:
        return None
    fits = [fit for fit in journal.fits().values() if fit.fold == ALL_ROWS and fit.outer is None]
    whole = HeldOut(told["rows"], told["how"], looks=len(fits))
    fit = next((fit for fit in fits if fit.candidate == best), None)
    if fit is None or fit.key not in known:
        return whole
    result = known[fit.key]
    scores = {name: result.scores[name] for name in score_names(manifest) if name in result.scores}
    intervals = _kept_intervals(folder, fit) or {}
    return HeldOut(whole.rows, whole.how, fit.candidate, scores, intervals, result.error, whole.looks)


def _kept_intervals(folder: Path, fit: Fit) -> Intervals | None:
    """The intervals of a fit's scores as they are kept in the folder; None where they are not, or not whole."""
    try:
        content = json.loads((folder / HELD_OUT).read_text("utf-8"))
        if content["fit"] != fit.key:
            return None
        return {str(name): _ends(*ends) for name, ends in content["intervals"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _ends(low: Any, high: Any) -> tuple[float, float]:
    if not math.isfinite(low) or not math.isfinite(high):
        raise ValueError("an interval has two ends")
    return float(low), float(high)
