"""What happens inside a worker process for a refit: a model is trained on all rows, and written with its preprocessing."""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridloom.core.boundary import restored, seeded
from gridloom.core.columns import frame_of
from gridloom.core.file_names import PREPROCESSING
from gridloom.core.kept_model import KeptModel
from gridloom.core.preparing import columns_of, numbers_of
from gridloom.core.skops_files import own_types, read_skops, write_skops
from gridloom.core.trials import Fit
from gridloom.core.work import Work
from gridloom.errors import GridloomError, StopRun, named
from gridloom.registry.in_memory import can_be_named
from gridloom.registry.loading import load_plugin
from gridloom.training.calls import import_engine, prepared
from gridloom.training.job import Job
from gridloom.training.time_limit import limited
from gridloom.training.worker_log import output_to

TRIED_ROWS = 32
"""How many rows are transformed again by what was written, to see that it is the same."""


@dataclass(frozen=True)
class Refitted:
    """What a refit has written into a folder, by the names of the files, and what is to be known of it.

    - `note`: what the engine says of its model, as JSON.
    - `preprocessing`: the file of the fitted pipeline; None where the model gets the features as they are.
    - `features`: the names of what the model gets, and `dtype` the type of the numbers.
    - `own_types`: types in the preprocessing that neither scikit-learn nor Gridloom defines.
    """

    file: str
    note: Mapping[str, Any]
    preprocessing: str | None
    features: tuple[str, ...]
    dtype: str
    own_types: tuple[str, ...] = ()


def told_of(refitted: Refitted) -> dict[str, Any]:
    """What a card says of the files of a model."""
    return {
        "model": refitted.file,
        "preprocessing": refitted.preprocessing,
        "features": list(refitted.features),
        "dtype": refitted.dtype,
        "note": dict(refitted.note),
        "own_types": list(refitted.own_types),
    }


def run_refit(job: Job, fit: Fit, folder: Path) -> Refitted | StopRun:
    """Train a fit of the job's only split and write its model into the folder; what is there, or what went wrong.

    It begins as every fit does, whatever this worker has trained before.
    """
    with output_to(job.log):
        try:
            ready = prepared(job)
            if ready.engine.refit is None:
                return StopRun(f"engine '{ready.engine.name}' does not keep models")
            import_engine(ready, job)
            work = Work(ready.recipe, ready.calls, job.data, job.splits, (fit,))
            with limited(job.time_limit):
                with restored(), seeded(fit.seed(0)):
                    kept = ready.engine.refit(work, fit, folder)
                return with_preprocessing(work, fit, kept, job)
        except BaseException as error:
            traceback.print_exc()
            return StopRun(str(error) if isinstance(error, GridloomError) else named(error))


def _plain(engine: str, note: Mapping[str, Any]) -> Mapping[str, Any]:
    """The note, read from JSON again."""
    try:
        plain: Mapping[str, Any] = json.loads(json.dumps(dict(note)))
    except (TypeError, ValueError) as error:
        raise StopRun(f"the engine '{engine}' returned a note on its model that is not JSON: {error}") from error
    return plain


def with_preprocessing(work: Work, fit: Fit, kept: KeptModel, job: Job) -> Refitted:
    """Write the fitted preprocessing of a fit beside its model; returns what is there. StopRun where it cannot be kept."""
    file, note = kept.file, _plain(work.recipe.engine.name, kept.note)
    if not work.recipe.preprocess:
        names = tuple(column.name for column in columns_of(work.data)) if work.data.is_table else ()
        return Refitted(file.name, note, None, names, work.data.X.dtype.name)
    found = work.prepared(fit)
    path = file.parent / PREPROCESSING
    write_skops(path, found.pipeline)
    _check_same(work, found.pipeline, path, job)
    return Refitted(file.name, note, path.name, found.names, found.X.dtype.name, tuple(own_types(path)))


def _check_same(work: Work, pipeline: Any, path: Path, job: Job) -> None:
    """StopRun unless the pipeline in the file transforms rows as the fitted one does."""
    import numpy as np

    modules = [load_plugin(source) for source in can_be_named(job.plugins)]
    modules += [module for name in own_types(path) if (module := _module_of(name)) is not None]
    again = read_skops(path, modules)
    frame = frame_of(columns_of(work.data), work.data.X[:TRIED_ROWS])
    before, after = (numbers_of(found.transform(frame)) for found in (pipeline, again))
    if not np.array_equal(before, after):
        raise StopRun("the preprocessing gives different features after loading it from its file, so it is not kept")


def _module_of(name: str) -> Any:
    """The imported module that defines a type, by the full name of that."""
    import sys

    return sys.modules.get(name.rpartition(".")[0])
