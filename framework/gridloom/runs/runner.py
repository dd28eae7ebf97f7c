"""Runs an experiment from its data to its reports: resumes what is journaled, trains the rest, keeps each batch."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gridloom.core.data import Data
from gridloom.core.file_names import JOURNAL, LOG
from gridloom.core.progress import Plan, Progress
from gridloom.core.space import Candidate
from gridloom.core.trials import Fit, FitResult, Status, Trial
from gridloom.errors import CannotTrain, GridloomError, Interrupted, StorageError
from gridloom.experiment.bind import bind
from gridloom.experiment.experiment import Experiment
from gridloom.registry.registry import load_registry
from gridloom.results.manifest import score_names
from gridloom.results.reporting import Watcher, report, watching
from gridloom.results.result import ReportError, Result
from gridloom.runs.directory import open_run, refuse_running
from gridloom.runs.journal import Journal
from gridloom.runs.refit import refit_best
from gridloom.searching.loop import filled, search
from gridloom.searching.nested import Nested, nested_search
from gridloom.training.job import Job, pickled
from gridloom.training.pool import Workers, worker_count


def run_experiment(
    experiment: Experiment, *, n_jobs: int = -1, out: Path = Path("runs"), fresh: bool = False
) -> Result:
    """Run, or go on with, an experiment in `out/<its name>`; returns the result after the reporters have seen it.

    Raises Interrupted on Ctrl-C, StopRun, RunRefused, StorageError, or InvalidInput for data that cannot be used.
    """
    count = worker_count(n_jobs)
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
    scorers = experiment.scorers_for(data)
    workers = Workers(count, engine.record.environment(engine.options), engine.record.max_growth)
    job = Job(
        recipe=pickled(experiment.recipe(scorers)),
        plugins=experiment.source.plugins,
        without=experiment.source.without,
        states=experiment.used_plugins,
        data=data,
        splits=(),
        log=(folder / LOG).resolve(),
    )
    if fresh or not (folder / JOURNAL).exists():
        workers.start(job)  # while scikit-learn is imported here
    job = replace(job, splits=tuple(experiment.materialise(data)))
    with open_run(experiment, data, folder, fresh=fresh) as journal:
        started = time.monotonic()
        errors: list[ReportError] = []
        try:
            trials, nested = _train(experiment, job, journal, folder, workers, errors)
        except CannotTrain:
            journal.clear()
            raise
        result = _result(experiment, journal, trials, nested, folder)
        result = replace(result, seconds=time.monotonic() - started, report_errors=errors)
        if experiment.refit:
            refit_best(result, workers, job)
        return result


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the fits in a run's folder are fits of."""
    journal = Journal(folder / JOURNAL, read_only=True)
    try:
        return journal.manifest or {}
    finally:
        journal.close()


def load_result(experiment: Experiment, folder: Path) -> Result:
    """The result of a finished or interrupted run, from its journal; nothing is trained."""
    journal = Journal(folder / JOURNAL, read_only=True)
    try:
        known = journal.results()

        def fill(wave: Sequence[Trial]) -> Sequence[Trial]:
            return [filled(trial, known) for trial in wave]

        return _result(experiment, journal, search(experiment, fill), nested_search(experiment, fill), folder)
    finally:
        journal.close()


def _result(
    experiment: Experiment, journal: Journal, trials: Sequence[Trial], nested: Nested | None, folder: Path
) -> Result:
    manifest = journal.manifest or {}
    names = score_names(manifest)
    return Result(
        name=experiment.name,
        description=experiment.description,
        scoring=names[0],
        scores=names,
        bounds={item.record.score_name: item.record.score_bounds for item in experiment.all_scorers},
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
        published_scores=experiment.published,
    )


@dataclass
class _Training:
    """The state of one run while it trains: what is finished, and who watches."""

    journal: Journal
    watcher: Watcher
    finished: dict[str, FitResult]
    nested: int
    """How many fits a search with outer folds will ask for, 0 for one without."""
    asked: set[str] = field(default_factory=set)
    resumed: int = 0
    done: int = 0
    failed: int = 0
    best: tuple[Candidate, float] | None = None
    started: float = field(default_factory=time.monotonic)

    @property
    def total(self) -> int:
        """How many fits are asked for, or will be."""
        return max(len(self.asked), self.nested)

    def ask(self, keys: set[str]) -> set[str]:
        """Note the fits of a wave; returns those that are missing."""
        new = keys - self.asked
        self.asked |= new
        self.resumed += self._count(new & self.finished.keys())
        return keys - self.finished.keys()

    def keep(self, batch: Sequence[Fit], results: Sequence[FitResult]) -> None:
        """Journal a batch, then count it."""
        pairs = list(zip(batch, results, strict=True))
        self.journal.record(pairs)
        self.finished |= {fit.key: result for fit, result in pairs}
        self._count({fit.key for fit in batch})

    def tell(self, trials: Sequence[Trial]) -> None:
        """Tell the watchers, after these trials may have changed."""
        for trial in trials:
            ranks = trial.status is Status.COMPLETE and trial.fits[0].outer is None
            if ranks and (self.best is None or trial.mean > self.best[1]):
                self.best = (trial.candidate, trial.mean)
        seconds = time.monotonic() - self.started
        self.watcher(Progress(self.done, self.failed, self.resumed, self.total, seconds, self.best))

    def kept_in(self, folder: Path) -> str:
        """What is safe, and how to go on; the journal knows best, since Ctrl-C may strike between it and our count."""
        try:
            kept = self.journal.results().keys()
        except StorageError:
            kept = self.finished.keys()
        return f"{len(kept & self.asked)} of {self.total} fits are kept in {folder}; run the same again to go on"

    def _count(self, keys: set[str]) -> int:
        self.done += len(keys)
        self.failed += sum(self.finished[key].status is Status.FAILED for key in keys)
        return len(keys)


def _train(
    experiment: Experiment, job: Job, journal: Journal, folder: Path, workers: Workers, errors: list[ReportError]
) -> tuple[list[Trial], Nested | None]:
    """All trials, and those of outer folds, trained where the journal does not know them."""
    engine, validation = experiment.engine, experiment.validation
    plan = Plan(
        name=experiment.name,
        candidates=len(experiment.first_wave()),
        splits=len(validation.places),
        seeds=validation.seeds,
        outer=len(validation.outer.places) if validation.outer else 0,
        engine=engine.name,
        engine_reason=experiment.engine_reason if experiment.source.passed_over else "",
        workers=workers.count,
    )
    with watching(experiment.reporters, plan, errors) as watcher:
        training = _Training(journal, watcher, journal.results(), plan.fits if plan.outer else 0)

        def evaluate(wave: Sequence[Trial]) -> Sequence[Trial]:
            fits = {fit.key: fit for trial in wave for fit in trial.fits}
            missing = training.ask(set(fits))
            training.tell([filled(trial, training.finished) for trial in wave])
            cut = [[fit for fit in batch if fit.key in missing] for batch in engine.record.cut(list(fits.values()))]
            for batch, results in workers.run(job, [batch for batch in cut if batch]):
                training.keep(batch, results)
                touched = {fit.candidate for fit in batch}
                training.tell([filled(trial, training.finished) for trial in wave if trial.candidate in touched])
            return [filled(trial, training.finished) for trial in wave]

        try:
            return search(experiment, evaluate), nested_search(experiment, evaluate)
        except KeyboardInterrupt:
            raise Interrupted(f"stopped: {training.kept_in(folder)}") from None
        except StorageError as error:
            raise StorageError(f"{error}\n{training.kept_in(folder)}") from None
