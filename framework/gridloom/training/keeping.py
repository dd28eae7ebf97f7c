"""What happens inside a worker process for `--keep-models`: the model of a fit is written with its preprocessing and card."""

from __future__ import annotations

import json
import shutil
import traceback
from pathlib import Path
from typing import Any

from gridloom.core.boundary import restored, seeded
from gridloom.core.file_names import CARD
from gridloom.core.files import write_file
from gridloom.core.preparing import columns_of
from gridloom.core.trials import Fit, FitResult
from gridloom.core.work import Work
from gridloom.errors import GridloomError, named
from gridloom.training.job import Job, KeepModels
from gridloom.training.refitting import told_of, with_preprocessing


def written_model(keep: KeepModels, fit: Fit) -> Path:
    """The folder in which a worker puts the model of a fit; whoever asked for it gives it a name that people know."""
    return keep.folder / f".{fit.key}"


def why_not_written(keep: KeepModels, fit: Fit) -> str:
    """Why there is no model of a fit, as its worker has noted it; the note is removed."""
    note = _note(keep, fit)
    try:
        text = note.read_text("utf-8")
        note.unlink()
    except OSError:
        return "its worker wrote none"
    return text


def keep_model_of(keep: KeepModels, job: Job, work: Work, fit: Fit, result: FitResult) -> None:
    """Write the model of a fit into its folder, as a whole; what goes wrong is noted there, and is no failure of the fit."""
    place, made = written_model(keep, fit), keep.folder / f".{fit.key}.new"
    for path in (place, made):
        shutil.rmtree(path, ignore_errors=True)
    try:
        if result.model is None:
            raise GridloomError(f"the engine '{work.recipe.engine.name}' does not provide one")
        made.mkdir(parents=True)
        with restored(), seeded(fit.seed(0)):
            refitted = with_preprocessing(work, fit, result.model(made), job)
        content = _card(keep, work, fit, result) | told_of(refitted)
        write_file(made / CARD, json.dumps(content, indent=2) + "\n")
        made.rename(place)
    except BaseException as error:
        traceback.print_exc()
        shutil.rmtree(made, ignore_errors=True)
        text = str(error) if isinstance(error, GridloomError) else named(error)
        write_file(_note(keep, fit), text.replace(f"{made}/", ""))


def _note(keep: KeepModels, fit: Fit) -> Path:
    return keep.folder / f".{fit.key}.txt"


def _card(keep: KeepModels, work: Work, fit: Fit, result: FitResult) -> dict[str, Any]:
    """The card of the model of a fit, but for what its files tell."""
    train, test = work.rows(fit)
    columns = keep.card["columns"]
    if columns is not None and work.data.is_table:
        cells = work.data.X[train]
        columns = [
            told | {"not_trained": column.values_not_among(cells[:, place])}
            for place, (told, column) in enumerate(zip(columns, columns_of(work.data), strict=True))
        ]
    scores = {
        name: {"mean": score, "std": 0.0, "fits": 1, "low": None, "high": None} for name, score in result.scores.items()
    }
    place = {"repeat": fit.repeat, "fold": fit.fold, "seed": fit.replica, "outer": fit.outer}
    held = work.validation_rows(fit) if work.recipe.decides else None  # else these rows are those that test
    return {
        **keep.card,
        "columns": columns,
        "fit": fit.key,
        "place": place | {"budget": fit.budget.describe(), "tested_rows": len(test)},
        "parameters": fit.candidate.flat,
        "scores": scores,
        "data": keep.card["data"] | {"rows": len(train), "validation_rows": 0 if held is None else len(held)},
    }
