"""The best candidate trained once more, on all rows, and its model kept."""

from __future__ import annotations

import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from gridloom.core.file_names import MODEL
from gridloom.core.split import ALL_ROWS
from gridloom.core.trials import Fit
from gridloom.errors import GridloomError, StopRun
from gridloom.experiment.keys import Refit
from gridloom.models.card import make_card, read_card, write_card
from gridloom.models.places import find_model, put_in_place
from gridloom.registry.in_memory import can_be_named
from gridloom.results.picking import pick
from gridloom.results.result import BEST_MODEL, ReportError, Result
from gridloom.training.job import Job
from gridloom.training.pool import Workers

_log = logging.getLogger("gridloom")


def refit_best(result: Result, workers: Workers, job: Job, refit: Refit = True) -> None:
    """Train the best candidate as the job's only split says and keep the model in the run's folder, unless it is there already.

    With "simplest", it is the simplest tied one within one standard error of the best. What goes wrong is noted in
    `result.report_errors`: the search itself is done.
    """
    picked = pick(result, refit)
    if picked is None or not result.is_complete:
        return
    if picked.caveat:
        _log.warning("refit: simplest keeps the model of the best candidate, since %s", picked.caveat)
    trial, chosen = picked.trial, picked.chosen
    fit = Fit(trial.candidate, repeat=0, fold=ALL_ROWS)
    if _is_kept(result, fit, chosen, job):
        return
    try:
        with TemporaryDirectory(prefix=".refit.", dir=result.folder.resolve()) as place:
            made = Path(place) / MODEL
            made.mkdir()
            refitted = workers.refit(job, fit, made)
            (split,) = job.splits
            held = 0 if split.validation is None else len(split.validation)
            write_card(made, make_card(result, trial, fit, job.data, refitted, chosen, can_be_named(job.plugins), held))
            put_in_place(made, result.folder)
    except (StopRun, OSError) as error:
        _log.error("%s cannot be kept: %s; the run is not affected", BEST_MODEL, error)
        result.report_errors.append(ReportError("", str(error), model=BEST_MODEL))


def _is_kept(result: Result, fit: Fit, chosen: str, job: Job) -> bool:
    """Whether the run has the model of this fit, with a card that says of it what would be said now."""
    try:
        content = read_card(find_model(result.folder)).content
    except GridloomError:
        return False
    known = (content["fit"], content["chosen"], content["ranked_by"], content["data"]["sha256"])
    return known == (fit.key, chosen, result.scoring, job.data.fingerprint)
