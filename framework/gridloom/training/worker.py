"""What happens inside a worker process: it binds the experiment, lets the engine train a batch, and answers."""

from __future__ import annotations

import os
import pickle
import sys
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridloom.core.trials import Fit, FitResult
from gridloom.errors import CannotTrain, GridloomError, StopRun

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gridloom.core.data import Data
    from gridloom.core.draft import Draft
    from gridloom.experiment.experiment import Experiment
    from gridloom.experiment.splits import Split


MAX_SECONDS = 10.0
"""After so long a worker hands in what it has finished of a batch, to be journaled."""


@dataclass(frozen=True)
class Job:
    """What all batches of a run have in common, ready to travel to a worker."""

    source: bytes
    data: Data
    splits: tuple[Split, ...]
    scoring: str
    log: Path


@dataclass(frozen=True)
class Outcome:
    """A worker's answer for a batch: results in the order of its fits, or why the run must stop; and its memory.

    A result is None for a fit that is yet to be trained, since the batch took long.
    """

    number: int
    results: tuple[FitResult | None, ...] = ()
    stop: StopRun | None = None
    growth: int = 0
    """Resident bytes that the worker has gained since its first batch; 0 where the system does not tell."""


@dataclass(frozen=True)
class Work:
    """A batch of fits, and all that an engine needs to train them."""

    experiment: Experiment
    data: Data
    splits: Sequence[Split]
    fits: Sequence[Fit]
    scoring: str

    @property
    def fits_of_each(self) -> int:
        """How many fits every candidate has: folds, repeats and seeds multiplied."""
        return len(self.experiment.validation.places) * self.experiment.validation.seeds

    def decides(self, fit: Fit) -> bool:
        """Whether an engine that cannot train the fit's network should raise CannotTrain, and not fail this fit alone.

        So it is with the first candidate when `engine: auto` has another engine to go on to.
        """
        return bool(self.experiment.fallbacks) and fit.candidate == self.experiment.first_candidate

    def seed(self, fit: Fit) -> int:
        """The fit's own seed, 0 to 2**31 - 1."""
        return fit.seed(self.experiment.seed)

    def build(self, fit: Fit) -> Any:
        """A new model from the builder, with the options that the fit's candidate chooses."""
        return self.experiment.model.record.build(self.data.task, **self.model_options(fit))

    def model_options(self, fit: Fit) -> dict[str, Any]:
        """The builder's options for the fit."""
        chosen = fit.candidate.values.get("model", {})
        options = self.experiment.model.record.options
        return {**self.experiment.model.options, **self._valid(options, chosen)}

    def training(self, fit: Fit) -> Any:
        """The training settings of the fit, as the engine's `training` callable makes them; epochs as budgeted."""
        make, options = self.experiment.engine.record.training, self.experiment.training_options
        if make is None or options is None:
            if fit.budget.epochs is not None:
                raise StopRun(f"engine '{self.experiment.engine.name}' knows no epochs, so none can be budgeted")
            return None
        settings = {**self.experiment.training, **fit.candidate.values.get("training", {})}
        if fit.budget.epochs is not None:
            settings["epochs"] = fit.budget.epochs
        return make(**self._valid(options, settings))

    def edit(self, draft: Draft, fit: Fit) -> None:
        """Let every searched family edit the draft; StopRun when one of them finds nothing to edit."""
        for name, family in self.experiment.families.items():
            before = draft.state
            family.record.apply(draft, **self._valid(family.record.options, fit.candidate.values[name]))
            if draft.state == before:
                raise StopRun(
                    f"the family '{name}' changed nothing in the network of '{self.experiment.model.name}', so its "
                    f"values would only be compared by luck; the network has {len(draft.hidden)} hidden layer(s)"
                )

    def rows(self, fit: Fit) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The row numbers that train the fit (as many as its budget admits) and that test it."""
        import numpy as np

        (split,) = (item for item in self.splits if item.place == fit.place)
        if fit.budget.share is None:
            return split.train, split.test
        number = max(1, round(fit.budget.share * len(split.train)))
        order = np.random.default_rng(self.experiment.seed).permutation(len(split.train))
        return split.train[np.sort(order[:number])], split.test

    def _valid(self, options: Any, given: Mapping[str, Any]) -> dict[str, Any]:
        known = {
            name: options.known[name].validate(value, self.experiment.source.folder) for name, value in given.items()
        }
        for name, (_, findings) in known.items():
            for finding in findings:
                raise ValueError(f"{name}: {finding.message}")
        return {name: value for name, (value, _) in known.items()}


def run_batch(job: Job, number: int, fits: Sequence[Fit]) -> Outcome:
    """Train one batch, or what can be trained of it in a while, so that no more than that is ever lost.

    Errors of single fits are among the results; a GridloomError of the engine stops the run.
    """
    finished: dict[str, FitResult] = {}
    ends = time.monotonic() + MAX_SECONDS
    with _output_to(job.log):
        try:
            experiment = _experiment(job.source)
            work = Work(experiment, job.data, job.splits, tuple(fits), job.scoring)
            for fit, result in experiment.engine(work):
                finished[fit.key] = result
                if time.monotonic() > ends:
                    break
            else:
                _check_complete(experiment.engine.name, fits, finished)
        except GridloomError as error:
            return Outcome(number, stop=error if isinstance(error, CannotTrain) else StopRun(str(error)))
        except Exception as error:
            finished |= {fit.key: FitResult.failed(error) for fit in fits if fit.key not in finished}
    return Outcome(number, tuple(finished.get(fit.key) for fit in fits), growth=_growth() if fits else 0)


def run_refit(job: Job, fit: Fit, folder: Path) -> Path | StopRun:
    """Train a fit on all rows and write its model into the folder; the file, or what went wrong."""
    import numpy as np

    from gridloom.experiment.splits import Split

    everything = np.arange(len(job.data.y))
    with _output_to(job.log):
        try:
            experiment = _experiment(job.source)
            splits = (Split(fit.repeat, fit.fold, everything, everything),)
            refit = experiment.engine.record.refit
            if refit is None:
                return StopRun(f"engine '{experiment.engine.name}' keeps no models")
            return refit(Work(experiment, job.data, splits, (fit,), job.scoring), fit, folder)
        except Exception as error:
            traceback.print_exc()
            return StopRun(f"{type(error).__name__}: {error}")


def _check_complete(engine: str, fits: Sequence[Fit], finished: Mapping[str, FitResult]) -> None:
    if {fit.key for fit in fits} != finished.keys():
        raise StopRun(f"engine '{engine}' returned {len(finished)} results for {len(fits)} fits, or some of other fits")


@lru_cache(maxsize=4)
def _experiment(source: bytes) -> Experiment:
    from gridloom.experiment.bind import bind
    from gridloom.registry.registry import load_registry

    unpickled, versions = pickle.loads(source)
    experiment = bind(unpickled, load_registry(unpickled.plugins, unpickled.without))
    if experiment.used_plugins != versions:
        raise StopRun(f"a plugin was changed while the run ran: {experiment.used_plugins}, not {versions}")
    return experiment


@contextmanager
def _output_to(log: Path) -> Iterator[None]:
    """Send whatever the worker prints, Python or not, to a file: the terminal belongs to the reporters.

    The log is a convenience: where it cannot be written, what the worker prints is lost and the fits go on.
    """
    try:
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    except OSError:
        file = os.open(os.devnull, os.O_WRONLY)
    kept = os.dup(1), os.dup(2)
    try:
        os.dup2(file, 1)
        os.dup2(file, 2)
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError):
                stream.flush()
        for copy, target in zip(kept, (1, 2), strict=True):
            os.dup2(copy, target)
            os.close(copy)
        os.close(file)


def _growth() -> int:
    return _resident_bytes() - _bytes_after_first_batch()


@lru_cache(maxsize=1)
def _bytes_after_first_batch() -> int:
    return _resident_bytes()


def _resident_bytes() -> int:
    """The resident memory of this process in bytes, or 0 where the system has no /proc."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
