"""The best candidate trained once more, on all rows, and its model kept."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from gridloom.core.file_names import MODEL_NOTE
from gridloom.core.files import write_file
from gridloom.core.split import ALL_ROWS
from gridloom.core.trials import Fit
from gridloom.errors import StopRun
from gridloom.results.result import ReportError, Result
from gridloom.training.job import Job
from gridloom.training.pool import Workers

_log = logging.getLogger("gridloom")


def refit_best(result: Result, workers: Workers, job: Job) -> None:
    """Train the best candidate on all rows and keep the model in the run's folder, unless it is there already.

    What goes wrong is noted in `result.report_errors`: the search itself is done.
    """
    if result.best is None or not result.is_complete:
        return
    fit = Fit(result.best.candidate, repeat=0, fold=ALL_ROWS)
    note = result.folder / MODEL_NOTE
    if _is_kept(note, fit):
        return
    try:
        model = _trained(workers, job, fit, result.folder.resolve())
        content = {"model": model.name, "params": result.best.params, "mean": result.best.mean, "fit": fit.key}
        write_file(note, json.dumps(content, indent=2) + "\n")
    except (StopRun, OSError) as error:
        _log.error("the model of the best candidate cannot be kept: %s; the run is not affected", error)
        result.report_errors.append(ReportError("the model of the best candidate", str(error)))


def _trained(workers: Workers, job: Job, fit: Fit, folder: Path) -> Path:
    """The file of the model in the run's folder, where it takes the place of an earlier one once it is whole."""
    with TemporaryDirectory(prefix=".refit.", dir=folder) as place:
        model = workers.refit(job, fit, Path(place))
        return model.replace(folder / model.name)


def _is_kept(note: Path, fit: Fit) -> bool:
    try:
        content = json.loads(note.read_text("utf-8"))
        return bool(content["fit"] == fit.key) and (note.parent / content["model"]).is_file()
    except (OSError, ValueError, KeyError, TypeError):
        return False
