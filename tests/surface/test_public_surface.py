"""The public surface: it changes only together with its snapshot."""

from __future__ import annotations

import inspect

import pytest

import gridloom
from gridloom.registry import hookspecs
from surface import changes
from surface.changes import difference, problem
from surface.public import from_text, surface

OLD = {
    ("python", "Budget"): "class()",
    ("python", "Budget", "epochs"): "int | None = None",
    ("command", "gridloom", "run"): "command",
    ("command", "gridloom", "run", "--fresh"): "flag",
    ("journal", "fits", "score"): "REAL",
}


def test_the_public_surface_is_the_snapshot():
    old = from_text(changes.SNAPSHOT.read_text("utf-8"))
    if found := problem(old, surface()):
        pytest.fail(found, pytrace=False)


def test_the_surface_has_every_public_name_field_hook_and_option():
    entries = surface()
    assert {path[1] for path in entries if path[0] == "python"} == set(gridloom.__all__)
    assert {path[1] for path in entries if path[0] == "hook"} == {
        n for n in vars(hookspecs) if n.startswith("gridloom_")
    }
    assert entries["python", "Parameter", "simpler"] == "Literal['smaller', 'larger'] | None = None"
    assert entries["python", "Engine", "preference"] == "keyword only, int = 0"
    assert entries["python", "Draft", "insert_after"].startswith("method(layer: Layer, class_name: str, **config: Any)")
    assert entries["python", "fit_each"].startswith("(fits: Sequence[Fit], train: Callable[[Fit], FitResult]) -> ")
    assert entries["command", "gridloom", "run", "--n-jobs"] == "value as -j"
    assert entries["command", "gridloom", "run", "--out"] == "value = runs"
    assert entries["family", "dropout", "dropout_rate"].startswith("number (0 <= x < 1); required; tries by default ")
    assert not [path for path in entries if path[-1].startswith("_") and path[-1] != "__version__"]
    assert not [text for text in entries.values() if "0x" in text]


def test_signatures_are_those_that_python_sees():
    text = surface()["python", "run"]
    names = list(inspect.signature(gridloom.run).parameters)
    assert [name for name in names if f"{name}: " in text] == names


def test_a_changed_surface_is_told_line_by_line_with_what_to_do():
    new = OLD | {("python", "Budget", "epochs"): "int", ("journal", "fits", "score"): "TEXT"}
    assert problem(OLD, new).splitlines() == [
        "the public surface has changed:",
        "- journal fits score: REAL",
        "+ journal fits score: TEXT",
        "- python Budget epochs: int | None = None",
        "+ python Budget epochs: int",
        f"If that is meant (docs/stability.md), tell users in CHANGELOG.md and write the snapshot anew: {changes.UPDATE}",
    ]


def test_what_is_added_or_removed_as_a_whole_is_told_by_its_name():
    new = {("python", "Budget"): "class()", ("python", "Budget", "epochs"): "int | None = None"}
    assert set(difference(OLD, new)) == {("command", "gridloom", "run"), ("journal", "fits", "score")}
    assert set(difference(new, OLD)) == set(difference(OLD, new))


def test_nothing_changed_is_no_problem():
    assert problem(OLD, dict(reversed(OLD.items()))) == ""


def test_the_snapshot_is_written_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(changes, "SNAPSHOT", tmp_path / "public.txt")
    changes.SNAPSHOT.write_text("python run: gone\n")
    changes.update()
    assert from_text(changes.SNAPSHOT.read_text()) == surface()
