"""Runs an experiment from its data to its reports: resumes what is journaled, trains the rest, keeps each batch."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gridloom.core.boundary import contained, restored
from gridloom.core.data import Data
from gridloom.core.file_names import JOURNAL, LOG
from gridloom.core.progress import Plan
from gridloom.core.space import MAX_GRID
from gridloom.core.split import ALL_ROWS
from gridloom.core.trials import Fit, FitResult, Proposal, Trial, ranked
from gridloom.errors import CannotTrain, GridloomError, Interrupted, StorageError
from gridloom.experiment.bind import bind
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.holding_out import HeldOutRows
from gridloom.experiment.rows import check_tests, fitted, held_out_rows
from gridloom.experiment.scorers import by_score_name
from gridloom.experiment.split_notes import notes_on, notes_on_held_out
from gridloom.registry.registry import load_registry
from gridloom.results.manifest import score_names
from gridloom.results.reporting import report, watching
from gridloom.results.result import ReportError, Result
from gridloom.runs.directory import KEPT, kept_manifest, open_run, refuse_running
from gridloom.runs.held_out import read_held_out, score_best
from gridloom.runs.journal import Journal
from gridloom.runs.kept_predictions import why_not_kept
from gridloom.runs.refit import refit_best
from gridloom.runs.tally import Tally
from gridloom.searching.loop import filled, search
from gridloom.searching.nested import Nested, nested_search
from gridloom.training.belongings import sweep
from gridloom.training.job import Job, job_of
from gridloom.training.pool import Workers, worker_count


def run_experiment(
    experiment: Experiment, *, n_jobs: int = -1, out: Path = Path("runs"), fresh: bool = False
) -> Result:
    """Run, or resume, an experiment in `out/<its name>`; returns the result after the reporters have seen it.

    Raises Interrupted on Ctrl-C, StopRun, RunRefused, StorageError, or InvalidInput for data that cannot be used.
    """
    count = worker_count(n_jobs)
    sweep()  # even where nothing is left to train, and no worker starts
    folder = out / experiment.name
    refuse_running(folder)
    data = experiment.load_data()
    experiment = _passing_over(experiment, {} if fresh else _kept_choice(folder))
    while True:
        try:
            result = _run_with_engine(experiment, data, folder, count, fresh=fresh)
            break
        except CannotTrain as error:
            if not experiment.fallbacks:
                raise
            passed_over = dict(experiment.source.passed_over) | {experiment.engine.provided.full_name: str(error)}
            experiment = _passing_over(experiment, passed_over)
    for reporter in experiment.reporters:
        report(reporter, result)
    return result


def _kept_choice(folder: Path) -> dict[str, str]:
    """The engines that the run in this folder has passed over, with reasons; none where there is no run."""
    try:
        kept: dict[str, str] = read_manifest(folder).get("passed_over", {})
    except GridloomError:
        return {}
    return kept


def _passing_over(experiment: Experiment, passed_over: Mapping[str, str]) -> Experiment:
    """The experiment with the next engine that `auto` would choose, when there are engines to pass over."""
    if not experiment.fallbacks or not passed_over:
        return experiment
    source = replace(experiment.source, passed_over=tuple(passed_over.items()))
    return bind(source, load_registry(source.plugins, source.without))


def _run_with_engine(experiment: Experiment, data: Data, folder: Path, count: int, *, fresh: bool) -> Result:
    """The result of the run with the engine that the experiment is bound to; CannotTrain leaves an empty journal."""
    engine = experiment.engine
    experiment.check_engine(data)
    experiment.check_preprocessing(data)
    held = held_out_rows(experiment, data)
    searched = data if held is None else data.take(held.searched)
    experiment = fitted(experiment, searched)
    with restored(), contained(engine.told):
        environment = engine.record.environment(engine.options)
    workers = Workers(count, environment, engine.record.max_growth)
    job = job_of(experiment, searched, (folder / LOG).resolve())
    if fresh or not (folder / JOURNAL).exists():
        workers.start(job)  # while scikit-learn is imported here
    experiment.check_scorers(searched)
    splits = tuple(experiment.materialise(searched))
    check_tests(experiment, searched, splits)
    plan = _plan(experiment, workers, held)
    why_not = why_not_kept(plan, searched, splits)
    own = [split for split in splits if split.outer is None]
    notes = [*notes_on(searched, own, experiment.validation.resolved), *notes_on_held_out(data, held)]
    notes += [note for note in (experiment.shortage, why_not) if note]
    plan, job = replace(plan, note="\n".join(notes)), replace(job, splits=splits, keeps_predictions=not why_not)
    with open_run(experiment, data, folder, fresh=fresh, predictions=why_not or KEPT, held=held) as journal:
        started = time.monotonic()
        errors: list[ReportError] = []
        try:
            held_job = None if held is None else replace(job, data=data, splits=(held.split,))
            trials, nested, known = _train(experiment, job, held_job, journal, folder, workers, plan, errors)
        except CannotTrain:
            journal.clear()
            raise
        result = _result(experiment, journal, known, trials, nested, folder)
        result = replace(result, seconds=time.monotonic() - started, report_errors=errors)
        if experiment.refit:
            refit_best(result, workers, job, experiment.refit)
        return result


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the fits in a run's folder are fits of."""
    journal = Journal(folder / JOURNAL, read_only=True)
    try:
        return kept_manifest(journal)
    finally:
        journal.close()


def load_result(experiment: Experiment, folder: Path) -> Result:
    """The result of a finished or interrupted run, from its journal; nothing is trained."""
    journal = Journal(folder / JOURNAL, read_only=True)
    try:
        known, experiment = _known(journal), _counted_as(experiment, journal)

        def fill(wave: Sequence[Trial]) -> Sequence[Trial]:
            return [filled(trial, known) for trial in wave]

        return _result(experiment, journal, known, search(experiment, fill), nested_search(experiment, fill), folder)
    finally:
        journal.close()


def _counted_as(experiment: Experiment, journal: Journal) -> Experiment:
    """The experiment, knowing how many folds the data of the run had, where only the data tell."""
    folds = (journal.manifest or {}).get("data", {}).get("folds")
    validation = experiment.validation.counting(folds)
    if not isinstance(validation.folds, int) or not 0 < validation.folds <= MAX_GRID:
        raise StorageError(
            f"the journal {journal.path} is damaged: its manifest does not say how many folds there were"
        )
    return replace(experiment, validation=validation)


def bare_result(folder: Path) -> Result:
    """What a journal alone tells of its run, without the plugins that the run was made with.

    The trials are those that have a finished fit, in the order in which their first ones finished; the search in outer folds
    is left out, and so is what families say of their parameters.
    """
    journal = Journal(folder / JOURNAL, read_only=True)
    try:
        manifest = kept_manifest(journal)
        known, fits = _known(journal), list(journal.fits().values())
        trials = [
            filled(trial, known) for trial in _trials([fit for fit in fits if fit.outer is None and fit.fold >= 0])
        ]
        winners = [fit.candidate for fit in fits if fit.outer is None and fit.fold == ALL_ROWS]
        held_out = read_held_out(journal, known, folder, winners[-1] if winners else None)
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
        folder=folder,
        manifest=manifest,
        engine=experiment.get("engine", {}).get("name", "").rpartition(":")[2],
        engine_reason=manifest.get("engine_reason", ""),
    )


def _trials(fits: Sequence[Fit]) -> list[Trial]:
    """The trials that these fits are of, each with a fit in every place that any of them has one."""
    cells = sorted({(fit.repeat, fit.fold, fit.replica) for fit in fits})
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


def _known(journal: Journal) -> dict[str, FitResult]:
    """All finished fits by key, ranked by the score that the manifest names."""
    first = score_names(kept_manifest(journal))[0]
    return {key: result.ranked_by(first) for key, result in journal.results().items()}


def _result(
    experiment: Experiment,
    journal: Journal,
    known: Mapping[str, FitResult],
    trials: Sequence[Trial],
    nested: Nested | None,
    folder: Path,
) -> Result:
    best = next(iter(ranked(trials)), None)
    manifest = kept_manifest(journal)
    names = score_names(manifest)
    return Result(
        name=experiment.name,
        description=experiment.description,
        scoring=names[0],
        scores=names,
        bounds={name: item.record.score_bounds for name, item in by_score_name(experiment.all_scorers).items()},
        trials=trials,
        folder=folder,
        manifest=manifest,
        engine=experiment.engine.name,
        engine_reason=manifest.get("engine_reason", ""),
        simpler={
            group: {parameter.name: parameter.simpler for parameter in family.record.parameters if parameter.simpler}
            for group, family in experiment.families.items()
        },
        nested=nested,
        held_out=read_held_out(journal, known, folder, best.candidate if best else None),
        published_scores=experiment.published,
    )


def _plan(experiment: Experiment, workers: Workers, held: HeldOutRows | None) -> Plan:
    engine, validation = experiment.engine, experiment.validation
    return Plan(
        name=experiment.name,
        candidates=experiment.first_count,
        splits=len(validation.places),
        seeds=validation.seeds,
        outer=len(validation.outer.places) if validation.outer else 0,
        inner=validation.inner.splits if validation.counted is not None else None,
        engine=engine.name,
        engine_reason=experiment.engine_reason if experiment.source.passed_over else "",
        workers=workers.count,
        held_out=0 if held is None else len(held.tested),
    )


def _train(
    experiment: Experiment,
    job: Job,
    held_job: Job | None,
    journal: Journal,
    folder: Path,
    workers: Workers,
    plan: Plan,
    errors: list[ReportError],
) -> tuple[list[Trial], Nested | None, Mapping[str, FitResult]]:
    """All trials, and those of outer folds, trained where the journal does not know them; and all finished fits by key."""
    engine = experiment.engine
    with watching(experiment.reporters, plan, errors) as watcher:
        tally = Tally(journal, watcher, _known(journal), plan.fits if plan.outer or plan.held_out else 0)

        def evaluate(wave: Sequence[Trial]) -> Sequence[Trial]:
            missing = tally.ask(wave)
            fits = {fit.key: fit for trial in wave for fit in trial.fits}
            with restored(), contained(engine.told):
                batches = list(engine.record.cut(list(fits.values())))
            cut = [[fit for fit in batch if fit.key in missing] for batch in batches]
            for batch, results in workers.run(job, [batch for batch in cut if batch]):
                tally.keep(batch, results)
            return tally.answer()

        try:
            trials, nested = search(experiment, evaluate), nested_search(experiment, evaluate)
            if held_job is not None:
                score_best(trials, held_job, workers, tally, folder)
            return trials, nested, tally.finished
        except KeyboardInterrupt:
            raise Interrupted(f"stopped: {tally.kept_in(folder)}") from None
        except StorageError as error:
            raise StorageError(f"{error}\n{tally.kept_in(folder)}") from None
