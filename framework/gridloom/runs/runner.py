"""Runs an experiment from its data to its reports: resumes what is journaled, trains the rest, keeps each batch."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from gridloom.core.boundary import contained, restored
from gridloom.core.data import Data
from gridloom.core.file_names import JOURNAL, LOG, MODELS
from gridloom.core.progress import Plan
from gridloom.core.spelling import spelled_option
from gridloom.core.split import ALL_ROWS, Split
from gridloom.core.trials import FitResult, Status, Trial
from gridloom.core.truth import truth_of
from gridloom.errors import CannotTrain, Interrupted, InvalidInput, StorageError
from gridloom.experiment.able import check_engine
from gridloom.experiment.bind import bind
from gridloom.experiment.bound import Bound
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.holding_out import HeldOutRows
from gridloom.experiment.length_notes import notes_on_epochs
from gridloom.experiment.planning import search_plan
from gridloom.experiment.rows import check_tests, fitted, held_out_rows
from gridloom.experiment.split_notes import notes_on, notes_on_held_out
from gridloom.models.card import make_shared_card
from gridloom.registry.in_memory import can_be_named
from gridloom.registry.records import Reporter
from gridloom.registry.registry import load_registry
from gridloom.results.picking import pick
from gridloom.results.reporting import report, watching
from gridloom.results.result import ReportError, Result
from gridloom.runs.baseline import baseline_of
from gridloom.runs.clock import RunClock
from gridloom.runs.directory import KEPT, open_run, packages_of, refuse_running, resuming_key
from gridloom.runs.held_out import score_picked
from gridloom.runs.journal import Journal
from gridloom.runs.kept_models import KeptModels
from gridloom.runs.kept_predictions import why_not_kept
from gridloom.runs.kept_states import begin_states, end_states, forget_states
from gridloom.runs.reading import earlier_manifest, known_fits, result_of
from gridloom.runs.refit import refit_best
from gridloom.runs.tally import Tally
from gridloom.runs.warm_start import WarmStart, with_warm_start
from gridloom.searching.loop import Found, search
from gridloom.searching.nested import Nested, nested_search
from gridloom.training.belongings import sweep
from gridloom.training.executing import executing_of
from gridloom.training.job import Job, KeepModels, job_of
from gridloom.training.pool import Workers
from gridloom.training.sending import Sender
from gridloom.training.sizing import count_with_room, worker_count
from gridloom.training.time_limit import may_do_now

_log = logging.getLogger("gridloom")


def run_experiment(
    experiment: Experiment,
    *,
    n_jobs: int | None = None,
    out: Path = Path("runs"),
    fresh: bool = False,
    keep_models: bool = False,
    reporters: Sequence[Bound[Reporter]] | None = None,
) -> Result:
    """Run, or resume, an experiment in `out/<its name>`; returns the result after the reporters have seen it.

    `n_jobs` is what `gridloom.toml` says unless it is given, and -1 where that says nothing. With `keep_models`, the models of all fits that are trained are kept: see docs/how-to/use-the-model.md.
    `reporters` report the result in the place of the experiment's, where they are given.

    Raises Interrupted on Ctrl-C, StopRun, RunRefused, StorageError, or InvalidInput for data that cannot be used.
    """
    if n_jobs is None:
        n_jobs = experiment.source.settings.n_jobs or -1
    worker_count(n_jobs)
    sweep()  # even where nothing is left to train, and no worker starts
    folder = out / experiment.name
    refuse_running(folder)
    earlier = {} if fresh else earlier_manifest(folder)
    warm = with_warm_start(experiment, folder, earlier)
    data = experiment.load_data()
    experiment = _passing_over(warm.experiment, earlier.get("passed_over", {}))
    while True:
        try:
            result = _run_with_engine(experiment, data, folder, n_jobs, warm, fresh=fresh, keep_models=keep_models)
            break
        except CannotTrain as error:
            if not experiment.fallbacks:
                raise
            passed_over = dict(experiment.source.passed_over) | {experiment.engine.provided.full_name: str(error)}
            experiment = _passing_over(experiment, passed_over)
    for reporter in experiment.reporters if reporters is None else reporters:
        report(reporter, result)
    return result


def _passing_over(experiment: Experiment, passed_over: Mapping[str, str]) -> Experiment:
    """The experiment with the next engine that `auto` would choose, when there are engines to pass over."""
    if not experiment.fallbacks or not passed_over:
        return experiment
    source = replace(experiment.source, passed_over=tuple(passed_over.items()))
    bound = bind(source, load_registry(source.plugins, source.without))
    return replace(bound, first=experiment.first)  # those of a warm start, too


def _run_with_engine(
    experiment: Experiment, data: Data, folder: Path, n_jobs: int, warm: WarmStart, *, fresh: bool, keep_models: bool
) -> Result:
    """The result of the run with the engine that the experiment is bound to; CannotTrain leaves an empty journal."""
    engine = experiment.engine
    check_engine(experiment, data)
    if keep_models and engine.record.refit is None:
        raise InvalidInput.at(
            engine.location, f"engine '{engine.name}' does not keep models; remove {spelled_option('keep_models')}"
        )
    held = held_out_rows(experiment, data)
    searched = data if held is None else held.searched_of(data)
    experiment = fitted(experiment, searched)
    workers, room = _workers(experiment, n_jobs)
    job = job_of(experiment, searched, (folder / LOG).resolve(), packages_of(experiment))
    resumed = not fresh and (folder / JOURNAL).exists()
    if not resumed:
        workers.start(job, experiment.first_count * experiment.extent.cells)  # while scikit-learn is imported here
    experiment.check_scorers(searched)
    splits = tuple(experiment.materialise(searched))
    check_tests(experiment, searched, splits)
    plan = _plan(experiment, workers, held)
    why_not = why_not_kept(plan, searched, splits)
    own = [split for split in splits if split.outer is None]
    notes = [
        *notes_on(searched, own, experiment.validation.resolved),
        *notes_on_held_out(data, held),
        *notes_on_epochs(experiment),
        *warm.notes(data, held),
    ]
    where = (
        f"{spelled_option('keep_models')}: the model of every fit is kept in its own folder in {folder / MODELS}"
        if keep_models
        else ""
    )
    notes += [note for note in (experiment.shortage, why_not, where, room) if note]
    plan, job = replace(plan, note="\n".join(notes)), replace(job, splits=splits, keeps_predictions=not why_not)
    opened = open_run(experiment, data, folder, fresh=fresh, predictions=why_not or KEPT, held=held)
    with opened as journal, _keeping_shares(journal, workers.sender):
        started = time.monotonic()
        errors: list[ReportError] = []
        _keep_truth(journal, searched, splits, why_not)
        try:
            held_job = None if held is None else _on_rows_held(experiment, job, held, held.whole_of(data))
            kept = None
            if keep_models:
                kept = _kept_models(journal, folder, searched, job)
                job = replace(job, models=kept.keep)
            if engine.record.resumes:
                job = replace(
                    job, kept_states=begin_states(folder, resuming_key(journal.manifest or {}), resumed=resumed)
                )
            found, nested, known = _train(experiment, job, held_job, journal, folder, workers, plan, errors, kept)
        except CannotTrain:
            workers.sender.taken()  # their fits are forgotten
            journal.clear()
            end_states(folder)
            raise
        if not found.stopped:  # by a limit, which may be raised
            end_states(folder)
        _keep_notes(journal, workers)
        result = result_of(experiment, journal, known, found, nested, folder)
        result = replace(result, seconds=time.monotonic() - started, report_errors=errors)
        if experiment.refit:
            refit_best(result, workers, _on_all_rows(experiment, job), experiment.refit)
        journal.add_workers(workers.sender.taken())
        return replace(result, workers=tuple(journal.workers))


def _keep_notes(journal: Journal, workers: Workers) -> None:
    """Keep what the engine says of how workers have trained, and show what is new of it."""
    manifest = journal.manifest or {}
    known = manifest.get("engine_notes", [])
    if new := [note for note in workers.notes if note not in known]:
        journal.manifest = manifest | {"engine_notes": [*known, *new]}
        for note in new:
            _log.warning("%s", note)


def _keep_baseline(journal: Journal, job: Job, experiment: Experiment) -> None:
    """Compute the baseline of the job's own splits and keep it, unless it is kept already; workers start meanwhile."""
    if journal.baseline is None:
        splits = [split for split in job.splits if split.outer is None]
        if found := baseline_of(job.data, splits, experiment.scorers_for(job.data)):
            journal.baseline = found


def _kept_models(journal: Journal, folder: Path, searched: Data, job: Job) -> KeptModels:
    """The models of all fits, whose folder is made."""
    card = make_shared_card(journal.manifest or {}, folder.name, searched, can_be_named(job.plugins))
    kept = KeptModels(KeepModels((folder / MODELS).resolve(), card))
    kept.begin()
    return kept


def _keep_truth(journal: Journal, searched: Data, splits: Sequence[Split], why_not: str) -> None:
    """Keep what predictions are compared with, where they are kept.

    Earlier fits may be of a version that kept no labels along with probabilities; then nothing is kept.
    """
    if not why_not and not journal.keys():
        journal.truth = truth_of(searched, splits)


@contextmanager
def _keeping_shares(journal: Journal, sender: Sender) -> Iterator[None]:
    """Keep what workers on other machines have done, however what is done in here ends."""
    try:
        yield
    finally:
        with suppress(StorageError):
            journal.add_workers(sender.taken())


def _workers(experiment: Experiment, n_jobs: int) -> tuple[Workers, str]:
    """The workers of a run, and what to say of their number; as many as a cluster has where that is left open."""
    engine, executing = experiment.engine, executing_of(experiment)
    with restored(), contained(engine.told):
        environment = engine.record.environment(engine.options)
    count: int | None
    if executing.far:
        count, room = None if n_jobs == -1 else worker_count(n_jobs), ""
    else:
        count, room = count_with_room(n_jobs, engine.record.memory)
    return Workers(count, environment, engine.record.max_growth, executing), room


def _still_known(journal: Journal, job: Job) -> dict[str, FitResult]:
    """All finished fits by key, without those that a smaller limit of time has ended than there is now."""
    known = known_fits(journal).items()
    return {key: result for key, result in known if not may_do_now(result, job.time_limit)}


def _on_rows_held(experiment: Experiment, job: Job, held: HeldOutRows, whole: Data) -> Job:
    """The job of the fit that is scored on the rows held out."""
    return replace(job, data=whole, splits=tuple(experiment.watching([held.split], whole)))


def _on_all_rows(experiment: Experiment, job: Job) -> Job:
    """The job of the fit whose model is kept."""
    import numpy as np

    rows = np.arange(len(job.data.y))
    return replace(job, splits=tuple(experiment.watching([Split(0, ALL_ROWS, rows, rows)], job.data)))


def _plan(experiment: Experiment, workers: Workers, held: HeldOutRows | None) -> Plan:
    engine, validation = experiment.engine, experiment.validation
    searched = search_plan(experiment)
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
        executor=workers.executor.name,
        held_out=0 if held is None else len(held.tested),
        most=None if searched.is_plain and not experiment.stop.resolved else searched.most(experiment.stop),
        is_open=not searched.is_whole,
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
    models: KeptModels | None,
) -> tuple[Found, Nested | None, Mapping[str, FitResult]]:
    """All trials, and those of outer folds, trained where the journal does not know them; and all finished fits by key."""
    engine, clock = experiment.engine, RunClock(journal, experiment.stop.seconds)
    with watching(experiment.reporters, plan, errors) as watcher:
        tally = Tally(journal, watcher, _still_known(journal, job), plan)

        def evaluate(wave: Sequence[Trial]) -> Sequence[Trial]:
            missing = tally.ask(wave)
            if models:
                models.expect(wave)
            fits = {fit.key: fit for trial in wave for fit in trial.fits}
            with restored(), contained(engine.told):
                batches = list(engine.record.cut(list(fits.values())))
            cut = [[fit for fit in batch if fit.key in missing] for batch in batches]
            for batch, results in workers.run(job, [batch for batch in cut if batch], clock.is_over):
                if models:
                    models.take(batch, results)
                tally.keep(batch, results, workers.sender.taken())
                forget_states(folder, batch)
                clock.keep()
            return tally.answer()

        try:
            _keep_baseline(journal, job, experiment)
            found = search(experiment, evaluate, time_is_over=clock.is_over)
            clock.keep()
            nested = nested_search(experiment, evaluate)
            if held_job is not None:
                result = result_of(experiment, journal, tally.finished, found, nested, folder)
                score_picked(pick(result, experiment.refit), found.trials, held_job, workers, tally, folder)
            if models:
                errors += models.end(key for key, result in tally.finished.items() if result.status is Status.COMPLETE)
            return found, nested, tally.finished
        except KeyboardInterrupt:
            raise Interrupted(f"stopped: {tally.kept_in(folder)}") from None
        except StorageError as error:
            raise StorageError(f"{error}\n{tally.kept_in(folder)}") from None
