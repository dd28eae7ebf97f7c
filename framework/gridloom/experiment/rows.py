"""What becomes of an experiment's rows, once its data are there: those held out, the number of splits, and their scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gridloom.core.data import Data
from gridloom.core.split import Split
from gridloom.errors import DataError, InvalidInput, Problem
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.holding_out import HeldOutRows, hold_out
from gridloom.experiment.rows_of_file import rows_of_file
from gridloom.experiment.scoring_few_rows import why_not_on, why_not_single


def held_out_rows(experiment: Experiment, data: Data) -> HeldOutRows | None:
    """The rows of these data, or of another file, that `test:` holds out; None where it is not given.

    InvalidInput when they cannot be had, or the experiment's scorers cannot score them.
    """
    if experiment.test is None:
        return None
    experiment.check_scorers(data)
    place = experiment.source.node.locate(("test",))
    try:
        if isinstance(experiment.test, Path):
            held = rows_of_file(experiment, data, experiment.test)
        else:
            held = hold_out(data, experiment.test, experiment.seed)
    except DataError as error:
        raise InvalidInput.at(place, str(error)) from None
    truth = held.whole_of(data).y[held.tested]
    found = {name: why_not_on(item, data, truth) for name, item in experiment.scorers_for(data).items()}
    cannot = f"cannot score the {len(truth)} rows that are held out"
    if problems := [Problem(place, f"'{name}' {cannot}: {text}") for name, text in found.items() if text]:
        raise InvalidInput(problems)
    return held


def fitted(experiment: Experiment, data: Data) -> Experiment:
    """The experiment, knowing how many splits the rows make that are searched; InvalidInput where they make none."""
    try:
        return replace(experiment, validation=experiment.validation.fitted(data))
    except DataError as error:
        raise InvalidInput.at(experiment.source.node.locate(("validation",)), str(error)) from None


def check_tests(experiment: Experiment, data: Data, splits: Sequence[Split]) -> None:
    """Raise InvalidInput where a split tests a single row, and a score of the experiment is not a mean over rows."""
    if all(len(split.test) > 1 for split in splits):
        return
    found = [(item.location, why_not_single(item, data)) for item in experiment.scorers_for(data).values()]
    if problems := [Problem(location, text) for location, text in found if text]:
        raise InvalidInput(problems)
