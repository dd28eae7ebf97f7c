"""The states of trainings that a run keeps until it is complete: swept before it begins, forgotten as they are used up."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from gridloom.core.file_names import STATES
from gridloom.core.states import state_name
from gridloom.core.trials import Fit
from gridloom.training.job import KeepStates


def begin_states(run: Path, key: str, *, resumed: bool) -> KeepStates:
    """Where the states of a run are, with those of a run that is resumed, and without what others have left there.

    The `key` is equal for runs that resume each other, and no others.
    """
    folder = (run / STATES).resolve()
    if not resumed:
        end_states(run)
    with suppress(OSError):
        for unfinished in folder.glob(".*.new"):
            unfinished.unlink()
    return KeepStates(folder, key)


def forget_states(run: Path, fits: Iterable[Fit]) -> None:
    """Delete the states of trainings that no fit goes on with: of these fits, which are journaled, those without a budget of epochs."""
    if (run / STATES).is_dir():
        for fit in fits:
            if fit.budget.epochs is None:
                with suppress(OSError):
                    (run / STATES / state_name(fit)).unlink(missing_ok=True)


def end_states(run: Path) -> None:
    """Delete all states of a run: it is complete, or over."""
    shutil.rmtree(run / STATES, ignore_errors=True)
