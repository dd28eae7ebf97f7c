"""Manifests that no run has written: each value replaced by one of another kind, or gone, is refused or only told."""

from __future__ import annotations

import copy
import json
import sqlite3
from contextlib import suppress
from dataclasses import replace

import pytest
from command_line import run_here

import gridloom
from gridloom.cli.compare import _changes, _heads
from gridloom.results.manifest_faults import fault
from gridloom.results.statistics.across import obstacles
from gridloom.runs.rows import checksum
from gridloom_plugins.reporters import html, markdown
from gridloom_plugins.reporters import json as json_reporter

EXPERIMENT = """
dataset: {name: iris, sample: 60}
model: {name: random_forest, trees: 2}
search: {strategy: grid, space: {model: {max_depth: [1, 2]}}}
validation: {method: kfold, folds: 3, seeds: 2, nested: {folds: 2}}
scoring: [accuracy, f1_macro]
reporters: []
"""

VALUES = (None, True, -1, 0, 1.5, 10**400, "", "3", [], ["x"], {}, {"x": {"x": 1}}, "gone")
"""What each value is replaced by; the last one is taken away."""

FREE = ("experiment.dataset.", "experiment.model.", "experiment.search.s", "experiment.scoring", "experiment.training.")
"""Where values may be what plugins make of them; they are told, and nothing is computed from them."""


OPTIONAL = ("asked_for", "engine_reason", "packages", "passed_over", "plugins", "positive", "predictions", "rank_by")
"""What may be missing, or missing in there: earlier versions did not write it, or it is only told."""

VALID = (
    "experiment.seed",
    "experiment.validation.shuffle",
    "experiment.validation.nested",
    "experiment.validation.nested.shuffle",
)
"""What may be another one of the values."""


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forged")
    (folder / "e.yaml").write_text(EXPERIMENT)
    return gridloom.run(folder / "e.yaml", out=folder / "runs", n_jobs=1)


def paths(value, prefix=()):
    """The path of everything in nested mappings and lists."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*prefix, key)
        yield from paths(inner, (*prefix, key))


def changed(manifest, path, value):
    """The manifest with another value there, or without it."""
    found = copy.deepcopy(manifest)
    inside = found
    for key in path[:-1]:
        inside = inside[key]
    if value == "gone":
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    return found


def at(manifest, path):
    for key in path:
        manifest = manifest[key]
    return manifest


def test_the_manifest_of_a_run_has_no_fault(finished):
    assert fault(finished.manifest) == ""


@pytest.mark.parametrize("value", VALUES, ids=lambda value: str(value)[:9])
def test_what_is_of_another_kind_is_refused_and_the_rest_is_told(finished, tmp_path, value):
    manifest = finished.manifest
    admitted = []
    for path in paths(manifest):
        before, dotted = at(manifest, path), ".".join(map(str, path))
        if (type(value) is type(before) and value == before) or fault(changed(manifest, path, value)):
            continue
        is_alike = isinstance(value, type(before)) and not isinstance(value, int)
        is_optional = value == "gone" and path[0] in OPTIONAL
        assert is_alike or is_optional or dotted in VALID or dotted.startswith(FREE), (dotted, value)
        admitted.append(path)
    for are_leaves in (True, False):
        forged = manifest
        for path in admitted:
            if isinstance(at(manifest, path), dict | list) is not are_leaves:
                with suppress(LookupError, TypeError):  # what it was in has been replaced
                    forged = changed(forged, path, value)
        assert fault(forged) == ""
        tell(replace(finished, manifest=forged, folder=tmp_path), manifest)


def tell(result, other):
    """Use a manifest for all that it is used for."""
    for reporter in (html, json_reporter, markdown):
        reporter.REPORTER.report(result)
    obstacles(result.manifest, other)
    return list(_changes(result.manifest, other, 2)), list(_heads([result])), result.command


@pytest.mark.parametrize(
    "command", [("show", "e"), ("report", "e", "-r", "csv"), ("compare", "e", "f"), ("run", "e.yaml")]
)
@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("experiment", "validation", "folds"), "3", "has \"3\" as 'experiment.validation.folds', which is not valid"),
        (("scoring",), 5, "has 5 as 'scoring', which is not valid"),
        (("data",), "gone", "has no 'data'"),
    ],
)
def test_commands_refuse_a_forged_manifest_in_a_sentence(forge, command, path, value, said):
    folder = forge(path, value)
    done = run_here(folder, *command)
    journal = "runs/e/journal.sqlite"
    assert (done.returncode, done.stderr) == (
        4,
        f"gridloom: the journal {journal} is damaged: its manifest {said}; restore it from a copy, or start over with --fresh\n",
    )


@pytest.fixture
def forge(finished, tmp_path):
    """A folder with the run `e`, whose manifest is changed, and its copy `f`, whose is not."""

    def forged(path, value):
        for name in ("e", "f"):
            (tmp_path / "runs" / name).mkdir(parents=True)
            for file in ("journal.sqlite", "experiment.yaml"):
                (tmp_path / "runs" / name / file).write_bytes((finished.folder / file).read_bytes())
        (tmp_path / "e.yaml").write_text(EXPERIMENT)
        content = json.dumps(changed(finished.manifest, path, value))
        journal = sqlite3.connect(tmp_path / "runs/e/journal.sqlite")
        journal.execute("UPDATE manifest SET content = ?, checksum = ?", (content, checksum((2, content))))
        journal.commit()
        journal.close()
        return tmp_path

    return forged
