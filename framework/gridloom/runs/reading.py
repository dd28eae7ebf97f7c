"""The result of a run, read from its journal: of one that trains, of one that is finished, and without its plugins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from gridloom.core.budgets import Proposal
from gridloom.core.domains import MAX_GRID
from gridloom.core.file_names import JOURNAL
from gridloom.core.split import ALL_ROWS
from gridloom.core.trials import Fit, FitResult, Trial
from gridloom.errors import GridloomError, StorageError
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.scorers import by_score_name
from gridloom.models.model import load
from gridloom.registry.in_memory import can_be_named
from gridloom.results.figures import drawings_of
from gridloom.results.manifest import score_names
from gridloom.results.picking import BEST, pick
from gridloom.results.result import Result
from gridloom.runs.clock import RunClock
from gridloom.runs.directory import kept_manifest
from gridloom.runs.held_out import read_held_out
from gridloom.runs.journal import Journal
from gridloom.searching.loop import Found, filled, search
from gridloom.searching.nested import Nested, nested_search


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the fits in a run's folder are fits of."""
    journal = Journal(folder / JOURNAL, read_only=True)
    try:
        return kept_manifest(journal)
    finally:
        journal.close()


def earlier_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the run in a folder; empty where there is none that can be read."""
    try:
        return read_manifest(folder)
    except GridloomError:
        return {}


def load_result(experiment: Experiment, folder: Path) -> Result:
    """The result of a finished or interrupted run, from its journal; nothing is trained."""
    journal = Journal(folder / JOURNAL, read_only=True)
    try:
        known, experiment = known_fits(journal), _counted_as(experiment, journal)

        def fill(wave: Sequence[Trial]) -> Sequence[Trial]:
            return [filled(trial, known) for trial in wave]

        clock = RunClock(journal, experiment.stop.seconds, runs=False)
        found = search(experiment, fill, time_is_over=clock.is_over)
        return result_of(experiment, journal, known, found, nested_search(experiment, fill), folder)
    finally:
        journal.close()


def _counted_as(experiment: Experiment, journal: Journal) -> Experiment:
    """The experiment, knowing how many folds the data of the run had, where only the data tell."""
    folds = (journal.manifest or {}).get("data", {}).get("folds")
    validation = experiment.validation.counting(folds)
    if not isinstance(validation.folds, int) or not 0 < validation.folds <= MAX_GRID:
        raise StorageError(f"the journal {journal.path} is damaged: its manifest lacks the number of folds")
    return replace(experiment, validation=validation)


def bare_result(folder: Path) -> Result:
    """What a journal alone tells of its run, without the plugins that the run was made with.

    The trials are those that have a finished fit, in the order in which their first ones finished; the search in outer folds
    is omitted, and so is what families declare about their parameters.
    """
    journal = Journal(folder / JOURNAL, read_only=True)
    try:
        manifest = kept_manifest(journal)
        known, fits = known_fits(journal), list(journal.fits().values())
        trials = [
            filled(trial, known) for trial in _trials([fit for fit in fits if fit.outer is None and fit.fold >= 0])
        ]
        winners = [fit.candidate for fit in fits if fit.outer is None and fit.fold == ALL_ROWS]
        held_out = read_held_out(journal, known, folder, winners[-1] if winners else None)
        workers, truth, baseline = tuple(journal.workers), journal.truth, journal.baseline
    finally:
        journal.close()
    names = score_names(manifest)
    experiment = manifest.get("experiment", {})
    return Result(
        name=experiment.get("name", folder.resolve().name),
        description="",
        scoring=names[0],
        scores=names,
        trials=trials,
        held_out=held_out,
        truth=truth,
        baseline=baseline,
        workers=workers,
        folder=folder,
        manifest=manifest,
        engine=experiment.get("engine", {}).get("name", "").rpartition(":")[2],
        engine_reason=_engine_reason(manifest),
        loader=load,
        drawings=partial(drawings_of, (), ()),
    )


def _engine_reason(manifest: Mapping[str, Any]) -> str:
    """Why the engine was chosen, and what it says of how it trained."""
    told = (manifest.get("engine_reason", ""), *manifest.get("engine_notes", ()))
    return "; ".join(text for text in told if text)


def _trials(fits: Sequence[Fit]) -> list[Trial]:
    """The trials that these fits are of, each with a fit in every place that any of them has one."""
    cells = sorted({fit.cell for fit in fits})
    proposals = {(fit.candidate.key, fit.budget): Proposal(fit.candidate, fit.budget) for fit in fits}
    return [
        Trial(
            number,
            proposal,
            tuple(Fit(proposal.candidate, *cell, proposal.budget) for cell in cells),
            (None,) * len(cells),
        )
        for number, proposal in enumerate(proposals.values())
    ]


def known_fits(journal: Journal) -> dict[str, FitResult]:
    """All finished fits by key, ranked by the score that the manifest names."""
    first = score_names(kept_manifest(journal))[0]
    return {key: result.ranked_by(first) for key, result in journal.results().items()}


def result_of(
    experiment: Experiment,
    journal: Journal,
    known: Mapping[str, FitResult],
    searched: Found,
    nested: Nested | None,
    folder: Path,
) -> Result:
    """The result of a search, whose trials know their results; and of all finished fits, by key, on rows held out."""
    manifest = kept_manifest(journal)
    names, source = score_names(manifest), experiment.source
    found = Result(
        name=experiment.name,
        description=experiment.description,
        scoring=names[0],
        scores=names,
        bounds={name: item.record.score_bounds for name, item in by_score_name(experiment.all_scorers).items()},
        trials=searched.trials,
        stopped=searched.stopped,
        dropped="" if searched.stopped else experiment.dropped,
        folder=folder,
        manifest=manifest,
        engine=experiment.engine.name,
        engine_reason=_engine_reason(manifest),
        simpler={
            group: {parameter.name: parameter.simpler for parameter in family.record.parameters if parameter.simpler}
            for group, family in experiment.families.items()
        },
        nested=nested,
        published_scores=experiment.published,
        truth=journal.truth,
        baseline=journal.baseline,
        workers=tuple(journal.workers),
        loader=load,
        drawings=partial(drawings_of, can_be_named(source.plugins), source.without),
    )
    if "held_out" not in manifest:
        return found
    picked = pick(found, experiment.refit)
    candidate, chosen = (picked.trial.candidate, picked.chosen) if picked else (None, BEST)
    held_out = read_held_out(journal, known, folder, candidate, chosen)
    return replace(found, held_out=held_out and replace(held_out, wish=experiment.refit))
