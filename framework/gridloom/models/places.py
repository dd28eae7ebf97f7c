"""The folder of a model in that of its run: put in place as a whole, and found again."""

from __future__ import annotations

import shutil
from pathlib import Path

from gridloom.core.file_names import CARD, EARLIER_MODEL, MODEL
from gridloom.core.spelling import is_call, spelled
from gridloom.errors import GridloomError


def put_in_place(made: Path, run: Path) -> None:
    """Make this folder the model of a run; the one that is there gives way only when this one is whole.

    A process that is killed in the middle leaves the old model or the new one: see `find_model`.
    """
    model, earlier = run / MODEL, run / EARLIER_MODEL
    if model.is_symlink() or (model.exists() and not model.is_dir()):
        raise OSError(f"{model} is not a folder; move it away")
    if model.exists():
        shutil.rmtree(earlier, ignore_errors=True)
        model.rename(earlier)
    made.rename(model)
    shutil.rmtree(earlier, ignore_errors=True)


def find_model(folder: Path) -> Path:
    """The folder of the model in that of a run, or this folder if it is one; GridloomError where there is no model.

    That is the earlier one where a process was killed between taking it away and putting another in its place.
    """
    for found in (folder, folder / MODEL, folder / EARLIER_MODEL):
        if (found / CARD).is_file():
            return found
    if folder.is_dir():
        refit = spelled("refit", True, "")
        again = f"make the same call with {refit}" if is_call() else f"write {refit} in its experiment and rerun it"
        raise GridloomError(f"{folder} has no model; {again}, which trains only that model")
    raise GridloomError(f"there is no folder {folder}")
