"""Begins a search with what another run has found best: `search: warm_start:`."""

from __future__ import annotations

from dataclasses import replace

from gridloom.core.file_names import JOURNAL
from gridloom.core.trials import ranked
from gridloom.errors import InvalidInput, StorageError
from gridloom.experiment.experiment import Experiment
from gridloom.runs.reading import bare_result

MOST = 10
"""How many candidates of another run are tried first at most."""


def with_warm_start(experiment: Experiment) -> tuple[Experiment, str]:
    """The experiment with the best candidates of the run that it names among those to try first, and a note about them.

    Candidates that are not in the space are passed over. InvalidInput where the folder holds no run, or no candidate of it
    is in the space.
    """
    if (folder := experiment.warm_start) is None:
        return experiment, ""
    here = experiment.source.node.locate(("search", "warm_start"))
    if not (folder / JOURNAL).is_file():
        raise InvalidInput.at(here, f"{folder} is not the folder of a run: it holds no {JOURNAL}")
    try:
        trials = bare_result(folder).trials
    except StorageError as error:
        raise InvalidInput.at(here, str(error)) from None
    best = [trial.candidate for trial in ranked(trials)]
    members = [candidate for candidate in best if candidate in experiment.space]
    if not members:
        reason = experiment.space.problems(best[0])[0] if best else "it has no complete trial"
        raise InvalidInput.at(here, f"no candidate of {folder} can be tried here: {reason}")
    chosen = members[:MOST]
    passed = len(best) - len(members)
    others = f"; {passed} of its {len(best)} are not in this space" if passed else ""
    note = f"warm start: the best {len(chosen)} candidate(s) of {folder} are tried first{others}"
    first = tuple(dict.fromkeys([*experiment.first, *chosen]))
    return replace(experiment, first=first, warm_start=None), note
