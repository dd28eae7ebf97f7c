"""Begins a search with what another run has found best: `search: warm_start:`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gridloom.core.candidate import Candidate
from gridloom.core.data import Data
from gridloom.core.file_names import JOURNAL
from gridloom.core.space import Space
from gridloom.core.trials import ranked
from gridloom.errors import InvalidInput, Location, StorageError
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.holding_out import HeldOutRows
from gridloom.runs.reading import bare_result

MOST = 10
"""How many candidates of another run are tried first at most."""


@dataclass(frozen=True)
class WarmStart:
    """An experiment with the best candidates of another run among those to try first, a note, and the other run's manifest."""

    experiment: Experiment
    note: str = ""
    other: Mapping[str, Any] = field(default_factory=dict)

    def notes(self, data: Data, held: HeldOutRows | None) -> list[str]:
        """What the run should say; `held` are rows that it holds out, which the other run may have chosen by."""
        found = [self.note] if self.note else []
        if held and self.other.get("data", {}).get("sha256") == data.fingerprint:
            theirs = self.other.get("held_out", {}).get("sha256")
            if theirs != held.describe()["sha256"]:
                found.append(
                    "warm start: the other run chose its candidates with rows that 'test:' holds out here, so the "
                    "score on them may be too high; give that run the same 'test:' and seed"
                )
        return found


def with_warm_start(experiment: Experiment, folder: Path, kept: Mapping[str, Any]) -> WarmStart:
    """The experiment with the best candidates of the run that it names; those that are not in its space are passed over.

    `folder` is the experiment's own, `kept` the manifest of what it resumes (empty for a new run): which candidates a run
    began with does not change, whatever becomes of the other one. InvalidInput where there is no run, or none of its
    candidates is in the space.
    """
    if (other := experiment.warm_start) is None:
        return WarmStart(experiment)
    here = experiment.source.node.locate(("search", "warm_start"))
    if other.resolve() == folder.resolve():
        raise InvalidInput.at(here, f"{other} is the folder of this very run; name another run")
    if first := _begun_with(experiment, kept):
        count = len(first) - len(experiment.first)
        note = (
            f"warm start: {count} candidate(s) of {experiment.warm_start_text} are tried first, as when this run "
            f"started"
        )
        return WarmStart(replace(experiment, first=first), note)
    return _from_run(experiment, other, here)


def _begun_with(experiment: Experiment, kept: Mapping[str, Any]) -> tuple[Candidate, ...]:
    """What a run that is resumed began with, if its experiment said the same; empty otherwise."""
    if not kept or kept.get("warm_start") != experiment.warm_start_text:
        return ()
    given = kept["experiment"]["search"].get("first")
    if not isinstance(given, list) or not all(isinstance(flat, dict) for flat in given):
        return ()
    try:
        first = tuple(map(experiment.space.named, given))
    except ValueError:
        return ()
    is_same = first[: len(experiment.first)] == tuple(experiment.first)
    return first if is_same and all(candidate in experiment.space for candidate in first) else ()


def _as_written_here(candidate: Candidate, space: Space) -> Candidate:
    """The candidate with the values as this space has them (1.0 for 1, say), if it is about the same parameters."""
    try:
        found = space.named(candidate.flat)
    except ValueError:
        return candidate
    return found if {*found.values} == {*candidate.values} else candidate


def _from_run(experiment: Experiment, other: Path, here: Location) -> WarmStart:
    if not (other / JOURNAL).is_file():
        raise InvalidInput.at(here, f"{other} is not the folder of a run: it contains no {JOURNAL}")
    try:
        result = bare_result(other)
    except StorageError as error:
        raise InvalidInput.at(here, str(error)) from None
    space = experiment.space
    best = [_as_written_here(trial.candidate, space) for trial in ranked(result.trials)]
    members = [*dict.fromkeys(candidate for candidate in best if candidate in space)]
    if not members:
        reason = space.problems(best[0])[0] if best else "it has no complete trial"
        raise InvalidInput.at(here, f"no candidate of {other} can be tried here: {reason}")
    chosen = members[:MOST]
    passed = sum(candidate not in space for candidate in best)
    others = f"; {passed} of its {len(best)} are not in this space" if passed else ""
    note = f"warm start: the best {len(chosen)} candidate(s) of {experiment.warm_start_text} are tried first{others}"
    first = tuple(dict.fromkeys([*experiment.first, *chosen]))
    return WarmStart(replace(experiment, first=first), note, result.manifest)
