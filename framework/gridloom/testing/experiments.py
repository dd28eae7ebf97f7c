"""Tiny experiments: written as YAML, bound, and run with everything that a real run has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from gridloom.errors import Location
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.bound import Bound
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.settings_files import Settings
from gridloom.experiment.yaml_document import write_text
from gridloom.registry.loading import known_anywhere
from gridloom.registry.plugin_info import PluginInfo
from gridloom.registry.registry import Provided, Registry, load_registry, registry_of
from gridloom.results.result import Result
from gridloom.runs.runner import run_experiment
from gridloom.testing.recording import Recorder
from gridloom.training import lease

PARTS = "gridloom.testing.parts"

TINY: dict[str, Any] = {
    "name": "tiny",
    "dataset": "tiny",
    "model": "tiny-estimator",
    "search": {"space": {"model": {"C": [0.1, 1.0, 10.0]}}},
    "validation": {"method": "kfold", "folds": 2},
    "seed": 7,
    "reporters": [],
}
"""An experiment that trains six fits of a scikit-learn estimator."""

WORKERS = 2
"""How many workers train a tiny experiment; one does where the machine has a single core, as each imports Keras."""

KEPT = 3
"""For how many engines workers stay from one tiny experiment to the next: tests go from engine to engine and back."""


def make_registry(*plugins: object, installed: bool = True) -> Registry:
    """The registry of these plugins and, by default, of all that are installed.

    A plugin is a module, its name, a file ending in .py, or any object with hooks. Raises `gridloom.GridloomError`
    for one that cannot be used.
    """
    return load_registry(plugins) if installed else registry_of(plugins)


def write_tiny(folder: Path, **keys: Any) -> Path:
    """Write a tiny experiment with a scikit-learn estimator into the folder; these keys override its own."""
    content = TINY | keys
    file = folder / f"{content['name']}.yaml"
    file.write_text(write_text(content), encoding="utf-8")
    return file


def read_tiny(folder: Path, *plugins: object, **keys: Any) -> Experiment:
    """A tiny experiment, bound to these plugins, to those that are installed, and to data and models for tests.

    Plugins are modules, their names, or files ending in .py: what worker processes can load as well. No `gridloom.toml` is
    read. Raises `gridloom.InvalidInput` when the experiment is not valid.
    """
    sources = [PARTS, *(loadable(plugin) for plugin in plugins)]
    return read_experiment(write_tiny(folder, **keys), load_registry(sources), plugins=sources, beside=Settings())


def run_tiny(folder: Path, *plugins: object, recorder: Recorder | None = None, **keys: Any) -> Result:
    """Run a tiny experiment in real worker processes; its run is under `runs` in the folder.

    `plugins` and `keys` are as in `write_tiny` and `read_tiny`; `recorder` watches the run and gets its result.
    """
    from joblib import cpu_count

    lease.MOST_KEPT = max(lease.MOST_KEPT, KEPT)
    experiment = read_tiny(folder, *plugins, **keys)
    if recorder:
        experiment = replace(experiment, reporters=[*experiment.reporters, _bound(recorder)])
    return run_experiment(experiment, n_jobs=min(WORKERS, cpu_count()), out=folder / "runs", fresh=True)


def loadable(plugin: object) -> str:
    """The name by which another process can load a plugin; TypeError when it cannot."""
    if isinstance(plugin, ModuleType):
        return plugin.__name__
    if isinstance(plugin, str):
        return known_anywhere(plugin)
    raise TypeError(f"a worker process cannot load {plugin!r}; pass a module, its name, or a file ending in .py")


def _bound(recorder: Recorder) -> Bound[Any]:
    info = PluginInfo("recorder", "gridloom", "-", __file__)
    return Bound(Provided(recorder.record, info), {}, Location("recorder"))


def sources_of(plugin: object | None) -> Sequence[str]:
    """What to load beside the installed plugins."""
    return () if plugin is None else (loadable(plugin),)
