"""The picked candidate scored once on the rows that the search never saw, and read again from the run's folder.

Its fit is in the journal as any other. The intervals of its scores, which take the targets, are in a file beside that.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gridloom.core.budgets import Proposal
from gridloom.core.candidate import Candidate
from gridloom.core.file_names import HELD_OUT
from gridloom.core.files import write_file
from gridloom.core.split import ALL_ROWS
from gridloom.core.trials import Fit, FitResult, Status, Trial
from gridloom.errors import StopRun, disk_errors
from gridloom.results.held_out import HeldOut
from gridloom.results.manifest import score_names
from gridloom.results.picking import BEST, Pick
from gridloom.runs.journal import Journal
from gridloom.runs.tally import Tally
from gridloom.training.job import Job
from gridloom.training.pool import Workers

Intervals = Mapping[str, tuple[float, float]]


def score_picked(
    pick: Pick | None, trials: Sequence[Trial], job: Job, workers: Workers, tally: Tally, folder: Path
) -> None:
    """Train the picked candidate on all rows that are searched, and score it on those that the job's only split tests.

    That is the training that `refit` keeps the model of. Nothing is done where a fit is missing, every candidate failed, or
    the candidate has been scored before.
    """
    if pick is None or any(trial.status is Status.INCOMPLETE for trial in trials):
        return
    fit = fit_of(pick.trial.candidate)
    known = tally.finished.get(fit.key)
    kept = _kept(folder, fit)
    if known and known.status is Status.COMPLETE and kept is None:
        del tally.finished[fit.key]
    if not tally.ask([Trial(pick.trial.number, Proposal(fit.candidate), (fit,), (None,))]):
        if kept is not None and kept.chosen != pick.chosen:
            _write(folder, fit, _Kept(kept.intervals, pick.chosen))
        return
    outcome = workers.score_held_out(job, fit)
    if outcome.stop is not None:
        raise StopRun(str(outcome.stop))
    (result,) = outcome.results
    if result is None:
        raise StopRun("the worker returned no result for the held-out rows")
    _write(folder, fit, _Kept(outcome.intervals, pick.chosen))
    tally.keep([fit], [result])


def fit_of(candidate: Candidate) -> Fit:
    """The fit of a candidate on all rows that are searched."""
    return Fit(candidate, repeat=0, fold=ALL_ROWS)


def read_held_out(
    journal: Journal,
    known: Mapping[str, FitResult],
    folder: Path,
    candidate: Candidate | None,
    chosen: str | None = None,
) -> HeldOut | None:
    """What a run knows of a candidate and the rows that it holds out, by its finished fits; None where it holds none out.

    `chosen` says what the candidate was picked as; what the run's folder says unless it is given.
    """
    manifest = journal.manifest or {}
    told = manifest.get("held_out")
    if told is None:
        return None
    fits = [fit for fit in journal.fits().values() if fit.fold == ALL_ROWS and fit.outer is None]
    whole = HeldOut(told["rows"], told["how"], looks=len(fits), chosen=chosen or BEST)
    fit = next((fit for fit in fits if fit.candidate == candidate), None)
    if fit is None or fit.key not in known:
        return whole
    result, kept = known[fit.key], _kept(folder, fit) or _Kept({})
    scores = {name: result.scores[name] for name in score_names(manifest) if name in result.scores}
    return replace(
        whole,
        candidate=fit.candidate,
        scores=scores,
        intervals=kept.intervals,
        error=result.error,
        chosen=chosen or kept.chosen,
    )


@dataclass(frozen=True)
class _Kept:
    """What the folder of a run says of a candidate's fit: the intervals of its scores, and what it was picked as."""

    intervals: Intervals
    chosen: str = BEST


def _write(folder: Path, fit: Fit, kept: _Kept) -> None:
    content = {"fit": fit.key, "chosen": kept.chosen, "intervals": kept.intervals}
    with disk_errors(folder):
        write_file(folder / HELD_OUT, json.dumps(content, indent=2) + "\n")


def _kept(folder: Path, fit: Fit) -> _Kept | None:
    """What the folder says of a fit; None where it does not, or not whole."""
    try:
        content = json.loads((folder / HELD_OUT).read_text("utf-8"))
        if content["fit"] != fit.key:
            return None
        intervals = {str(name): _ends(*ends) for name, ends in content["intervals"].items()}
        return _Kept(intervals, str(content.get("chosen", BEST)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _ends(low: Any, high: Any) -> tuple[float, float]:
    if not math.isfinite(low) or not math.isfinite(high):
        raise ValueError("an interval has two ends")
    return float(low), float(high)
