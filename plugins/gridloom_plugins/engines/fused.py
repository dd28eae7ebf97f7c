"""The engine `fused`: whole grids of Keras models in one compiled JAX program."""

from __future__ import annotations

import gc
import math
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from gridloom import CannotTrain, Engine, Fit, FitResult, KeptModel, Work, trainings
from gridloom_plugins.exports.networks import EXPORTS
from gridloom_plugins.fused.lanes import most_lanes
from gridloom_plugins.networks.code import network_script
from gridloom_plugins.networks.importing import Without, without
from gridloom_plugins.networks.saving import load_model
from gridloom_plugins.networks.training import NetworkTraining

FEWEST_FITS, MOST_FITS = 12, 128
BATCHES = 16
"""A batch has as many fits as make so many batches of the whole, within these bounds: workers share them evenly."""


def train(work: Work) -> Iterator[tuple[Fit, FitResult]]:
    """Train Keras models on JAX, many at once: fits whose networks differ only in numbers share a compiled program.

    It trains Sequential and Functional models with one output, of any layers that JAX compiles.
    Compiled programs are kept in the user's cache folder; `JAX_ENABLE_COMPILATION_CACHE=false` in the environment
    turns this off, and `JAX_COMPILATION_CACHE_DIR` names another folder.

    TensorFlow is not available in its workers: Keras would take seconds to import it, and builders that need it are for
    another engine.
    """
    _prepare()
    from gridloom_plugins.fused.training import train_fits

    return train_fits(work)


def refit(work: Work, fit: Fit, folder: Path) -> KeptModel:
    """Write the model of a fit, trained on all its rows, to `model.keras`."""
    _prepare()
    from gridloom_plugins.fused.training import trained_model

    return trained_model(work, fit, folder)


@lru_cache(maxsize=1)
def _prepare() -> None:
    """Import Keras without TensorFlow, and have garbage looked for rarely, and among what is made later alone.

    Keras also imports matplotlib and pandas where they are installed, which takes half a second; and JAX would open its
    cache of programs with etils, which asks for TensorFlow. Importing and tracing make millions of small objects, so
    that Python would spend a fifth of the time on looking through them again and again.
    """
    gc.set_threshold(50_000, 20, 100)
    tensorflow = Without(("tensorflow",), "is not available in workers of the engine 'fused'")
    sys.meta_path.insert(0, tensorflow)
    try:
        with without("matplotlib", "pandas", "etils"):
            from gridloom_plugins.fused.drawing import drawn_by_numpy
            from gridloom_plugins.fused.logits import crossentropies_from_logits
            from gridloom_plugins.fused.training import train_fits  # noqa: F401

            with drawn_by_numpy(), crossentropies_from_logits():
                pass
    except (ImportError, AttributeError, TypeError) as error:
        sys.meta_path.remove(tensorflow)
        raise CannotTrain(f"it does not support this version of Keras or JAX: {error}") from error
    gc.freeze()


def environment(options: Mapping[str, Any]) -> dict[str, str]:  # noqa: ARG001
    """What Keras and JAX read when they are imported: the backend, one thread, the cache of programs, no chatter."""
    from platformdirs import user_cache_path

    cache = os.environ.get("JAX_COMPILATION_CACHE_DIR") or str(user_cache_path("gridloom") / "programs")
    return {
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "JAX_COMPILATION_CACHE_DIR": cache,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.01",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
        "NPROC": "1",  # XLA's threads: it would share out steps of microseconds
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def cut(fits: Sequence[Fit]) -> list[list[Fit]]:
    """Fits that may share a program together: those of candidates that differ in real numbers, or in epochs, alone.

    Those that differ in epochs alone may share a training, and are never parted. A batch that is not the last of its kind
    fills all lanes.
    """
    lanes = most_lanes(sum(fit.candidate == fits[0].candidate for fit in fits))
    wanted = min(MOST_FITS, max(FEWEST_FITS, len(fits) // BATCHES))
    most = math.ceil(wanted / lanes) * lanes
    groups: dict[str, list[list[Fit]]] = {}
    for together in trainings(fits):
        shared = together[0].candidate.without("epochs")
        rest = [(name, value) for name, value in shared.flat.items() if not isinstance(value, float)]
        groups.setdefault(f"{sorted(rest, key=repr)} {together[0].budget}", []).append(together)
    chunks = [group[first : first + most] for group in groups.values() for first in range(0, len(group), most)]
    return [[fit for together in chunk for fit in together] for chunk in chunks]


ENGINE = Engine(
    name="fused",
    summary="Keras on JAX, whole grids in one compiled program: the fastest engine where possible.",
    train=train,
    trains="network",
    training=NetworkTraining,
    environment=environment,
    cut=cut,
    packages=("jax", "jaxlib", "keras"),
    refit=refit,
    load=load_model,
    script=network_script,
    exports=EXPORTS,
    weighs=True,
    prepares=True,
    cuts=True,
    narrows=True,
    validates=True,
    decides=True,
    counts=True,
    continues=True,
    resumes=True,
    max_growth=1024 * 1024 * 1024,  # it keeps a bounded number of networks and programs
    memory=300 * 1024 * 1024,
    preference=10,
)
