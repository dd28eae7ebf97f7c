"""The directory of a run: its lock, its journal, the resolved experiment, and whether all of it still fits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gridloom.core.candidate import canonical_json
from gridloom.core.data import Data
from gridloom.core.describing import described
from gridloom.core.file_names import EXPERIMENT, JOURNAL, LOCK, LOG
from gridloom.core.files import write_file
from gridloom.core.spelling import spelled_key, spelled_option
from gridloom.errors import RunRefused, StorageError, disk_errors
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.holding_out import HeldOutRows
from gridloom.registry.in_memory import IN_PYTHON, can_be_named, in_memory
from gridloom.results.experiment_text import experiment_text
from gridloom.results.manifest_faults import fault
from gridloom.runs.journal import Journal, way_out
from gridloom.runs.kept_states import end_states
from gridloom.runs.lock import RunLock
from gridloom.training.elsewhere import versions_of

SHA256_DIGITS = 64
WIDTH = 120
"""How many characters of a setting are shown."""

_COSMETIC = ("description", "published", "rank_by", "refit", "reporters", "time_limit")
"""Keys of an experiment that no score depends on."""


_TOLD = ("asked_for", "engine_notes", "engine_reason", "passed_over", "predictions", "rank_by", "warm_start")
"""Keys of a manifest that no score depends on: they tell where it came from."""

_MAY_CHANGE = ("experiment.search.stop",)
"""Keys of an experiment that no finished score depends on: they say how far a search goes."""

KEPT = "kept"
"""What a manifest says of predictions that the journal keeps; of others it says why not."""


def make_manifest(
    experiment: Experiment, data: Data, predictions: str = KEPT, held: HeldOutRows | None = None
) -> dict[str, Any]:
    """Everything that scores depend on: the resolved experiment, the data's hash, versions of plugins and packages.

    The data are all of them, also the rows that are held out.
    """
    resolved = {key: value for key, value in experiment.resolved.items() if key not in _COSMETIC}
    scorers = experiment.scorers_for(data)
    columns = {"columns": described(data)} if data.columns else {}
    described_here = {plugin.name: dict(plugin.description) for plugin in in_memory(experiment.source.plugins)}
    return {
        "experiment": resolved,
        "scoring": list(experiment.scorers or scorers),
        "rank_by": next(iter(scorers)),
        "positive": experiment.positive_classes(data),
        "data": {"rows": len(data.y), "sha256": data.fingerprint, **columns, **_counted(experiment)},
        **({} if held is None else {"held_out": held.describe()}),
        "plugins": experiment.used_plugins,
        "asked_for": can_be_named(experiment.source.plugins),
        **({"in_memory": described_here} if described_here else {}),
        "engine_reason": experiment.engine_reason,
        "passed_over": dict(experiment.source.passed_over),
        "predictions": predictions,
        **({} if experiment.warm_start is None else {"warm_start": experiment.warm_start_text}),
        "packages": packages_of(experiment),
    }


def _counted(experiment: Experiment) -> dict[str, int]:
    """The number of folds that only the data tell."""
    return {} if experiment.validation.counted is None else {"folds": experiment.validation.counted}


def packages_of(experiment: Experiment) -> dict[str, str]:
    """The versions of packages that scores depend on, Python's among them."""
    return versions_of(["python", "gridloom", "numpy", "scikit-learn", *experiment.engine.record.packages])


@contextmanager
def open_run(
    experiment: Experiment,
    data: Data,
    folder: Path,
    *,
    fresh: bool,
    predictions: str = KEPT,
    held: HeldOutRows | None = None,
) -> Iterator[Journal]:
    """The journal of the experiment's run in `folder`, locked until the end.

    With `fresh`, an earlier run there is kept under another name. `predictions` says whether they are kept, `held` which
    rows of the data are held out. Raises RunRefused when the journal holds fits of something else or is of an earlier format, or another process writes to it;
    StorageError when it is damaged, or the disk does not let us.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    lock = RunLock(folder / LOCK)
    try:
        if fresh:
            _move_aside(folder)
        journal = Journal(folder / JOURNAL)
        try:
            journal.watch(folder / LOCK)
            manifest = make_manifest(experiment, data, predictions, held)
            _check(journal, manifest, folder)
            kept = kept_manifest(journal)
            for key in ("warm_start", "engine_notes"):  # the run's own experiment.yaml says only what came of it
                if key in kept:
                    manifest.setdefault(key, kept[key])
            journal.manifest = manifest
            if (log := folder / f"{JOURNAL}-wal").exists():
                journal.watch(log)
            with disk_errors(folder):
                write_file(folder / EXPERIMENT, experiment_text(experiment.resolved, manifest))
            yield journal
            journal.check_place()
        finally:
            journal.close()
    finally:
        lock.release()


def kept_manifest(journal: Journal) -> dict[str, Any]:
    """What the fits in a journal are fits of; empty in a new one. StorageError for what no run has written."""
    found = journal.manifest
    if found is None:
        return {}
    if told := fault(found):
        raise StorageError(f"the journal {journal.path} is damaged: its manifest {told}; {way_out()}")
    return found


def refuse_running(folder: Path) -> None:
    """Raise RunRefused when another process writes to the run in this folder; it may begin to any time later."""
    if (folder / LOCK).exists():
        RunLock(folder / LOCK).release()


def _move_aside(folder: Path) -> None:
    """Move what a run wrote, all but its lock, to the first free `NAME.1`, `NAME.2`, ...

    An empty log may be that of workers which start already, for the run that is to come. States of trainings are deleted: they
    only save time.
    """
    end_states(folder)
    written = [path for path in folder.iterdir() if path.name.partition("-")[0] != LOCK]
    earlier = [path for path in written if path.name != LOG or path.stat().st_size]
    if not earlier:
        return
    number = 1
    while (aside := folder.with_name(f"{folder.name}.{number}")).exists():
        number += 1
    with disk_errors(folder):
        aside.mkdir()
        for path in earlier:
            path.rename(aside / path.name)


def _check(journal: Journal, manifest: Mapping[str, Any], folder: Path) -> None:
    kept = kept_manifest(journal)
    if not kept:
        return
    old, new = flat(kept), flat(manifest)
    changed = [key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)]
    if kept["data"] == manifest["data"]:  # equal rows from another place are the same data
        changed = [key for key in changed if not key.startswith("experiment.dataset.")]
    if old.get("held_out.sha256") == new.get("held_out.sha256"):
        changed = [key for key in changed if key not in ("experiment.test.path", "held_out.how")]
    changed = [key for key in changed if not key.startswith(_MAY_CHANGE)]
    changed = [key for key in changed if key.partition(".")[0] not in _TOLD]
    if any(key.startswith("in_memory.") for key in changed):  # which says more than the version of all of it
        changed = [key for key in changed if key != f"plugins.{IN_PYTHON}"]
    changes = [
        f"  {key}: was {shown(old.get(key, 'not there'))}, is {shown(new.get(key, 'not there'))}" for key in changed
    ]
    if changes:
        raise RunRefused(
            f"{folder} contains fits of another experiment, so it cannot be resumed. What changed:\n"
            + "\n".join(changes)
            + "\nUndo the change, or start over with "
            + f"{spelled_option('fresh')} (the earlier run is kept next to it), or choose another folder with "
            + f"{spelled_option('out', None)}."
            + _warm_start_instead(changed)
        )


def _warm_start_instead(changed: Sequence[str]) -> str:
    """What else to do where nothing but the search has changed: its candidates are worth something to the new one."""
    if not all(key.startswith("experiment.search.") for key in changed):
        return ""
    return (
        " To start from the best candidates of this run, give the experiment another name, and name this folder under "
        f"{spelled_key('search.warm_start')}."
    )


def resuming_key(manifest: Mapping[str, Any]) -> str:
    """Text that is equal for the manifests of runs which may resume each other, as far as `_check` goes, and no others."""
    told = (*_MAY_CHANGE, "experiment.dataset.", "experiment.test.path", "held_out.how")
    return canonical_json(
        {
            key: value
            for key, value in flat(manifest).items()
            if not key.startswith(told) and key.partition(".")[0] not in _TOLD
        }
    )


def shown(value: Any) -> str:
    """A value of a manifest as YAML has it, in one short line that a terminal takes for text; a hash's beginning."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text if text.isprintable() else repr(text)
    if isinstance(value, str) and len(value) == SHA256_DIGITS:
        return f"{text[:12]}..."
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}..."


def flat(value: Any, prefix: str = "") -> dict[str, Any]:
    """Nested mappings as one, with dotted keys."""
    if not isinstance(value, Mapping):
        return {prefix: value}
    found: dict[str, Any] = {}
    for key, inner in value.items():
        found |= flat(inner, f"{prefix}.{key}" if prefix else key)
    return found
