"""The public surface: it changes only together with its snapshot and with an item of CHANGELOG.md."""

from __future__ import annotations

import inspect

import pytest

import gridloom
from gridloom.registry import hookspecs
from surface import changes
from surface.changes import difference, problem, untold
from surface.public import as_text, from_text, surface

OLD = {
    ("python", "Budget"): "class()",
    ("python", "Budget", "epochs"): "int | None = None",
    ("command", "gridloom", "run"): "command",
    ("command", "gridloom", "run", "--fresh"): "flag",
    ("journal", "fits", "score"): "REAL",
}


def changelog(*items: str) -> str:
    """A changelog with these items in its top section, and an older section that tells everything."""
    listing = "".join(f"- {item}\n" for item in items)
    return (
        f"# Changelog\n\n## 0.2 (unreleased)\n\n{listing}\n## 0.1\n\n- Budget epochs run --fresh journal fits score.\n"
    )


def test_the_public_surface_is_the_snapshot():
    old = from_text(changes.SNAPSHOT.read_text("utf-8"))
    found = problem(old, surface(), changes.CHANGELOG.read_text("utf-8"))
    if found:
        pytest.fail(found, pytrace=False)


def test_the_snapshot_reads_as_it_was_written():
    entries = surface()
    assert from_text(as_text(entries)) == entries


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
    assert entries["command", "gridloom", "run", "--n-jobs"] == "value = -1 as -j"
    assert entries["family", "dropout", "dropout_rate"].startswith("number from 0 below 1; required; tries by default ")
    assert not [path for path in entries if path[-1].startswith("_") and path[-1] != "__version__"]
    assert not [text for text in entries.values() if "0x" in text]


def test_signatures_are_those_that_python_sees():
    text = surface()["python", "run"]
    names = list(inspect.signature(gridloom.run).parameters)
    assert [name for name in names if f"{name}: " in text] == names


def test_a_changed_surface_must_be_told_in_the_top_section():
    new = OLD | {("python", "Budget", "epochs"): "int", ("journal", "fits", "score"): "TEXT"}
    found = problem(OLD, new, changelog("A new `Budget`."))
    assert "- python Budget epochs: int | None = None\n+ python Budget epochs: int\n" in found
    assert found.endswith(
        f"names each of\n  journal fits score\n  python Budget epochs\nthen write the snapshot anew: {changes.UPDATE}"
    )
    told = problem(OLD, new, changelog("`Budget.epochs` is required.", "The journal keeps `score` in `fits` as text."))
    assert told.endswith(f"If that is meant (docs/stability.md), then write the snapshot anew: {changes.UPDATE}")


def test_what_is_added_or_removed_as_a_whole_is_told_by_its_name():
    new = {("python", "Budget"): "class()", ("python", "Budget", "epochs"): "int | None = None"}
    lost = difference(OLD, new)
    assert set(lost) == {("command", "gridloom", "run"), ("journal", "fits", "score")}
    assert untold(difference(new, OLD), changelog("`gridloom run` runs.", "The journal: `fits`, with a `score`.")) == []


def test_an_option_is_told_together_with_its_command():
    changed = difference(OLD, OLD | {("command", "gridloom", "run", "--fresh"): "value"})
    assert untold(changed, changelog("`gridloom check --fresh`.", "`gridloom run`.")) == [
        "command gridloom run --fresh"
    ]
    assert untold(changed, changelog("`gridloom run` takes `--fresh NAME`.")) == []


def test_nothing_changed_is_no_problem():
    assert problem(OLD, dict(reversed(OLD.items())), changelog()) == ""


def test_the_snapshot_is_not_written_before_the_changelog_tells(tmp_path, monkeypatch):
    monkeypatch.setattr(changes, "SNAPSHOT", tmp_path / "public.txt")
    monkeypatch.setattr(changes, "CHANGELOG", tmp_path / "CHANGELOG.md")
    without_run = {path: text for path, text in surface().items() if path[:2] != ("python", "run")}
    changes.SNAPSHOT.write_text(as_text(without_run))
    changes.CHANGELOG.write_text(changelog("Nothing."))
    assert "  python run\n" in changes.update()
    assert from_text(changes.SNAPSHOT.read_text()) == without_run
    changes.CHANGELOG.write_text(changelog("`gridloom.run`, from Python."))
    assert changes.update() == ""
    assert from_text(changes.SNAPSHOT.read_text()) == surface()
