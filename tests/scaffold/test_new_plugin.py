"""`gridloom new plugin`: what it writes, and what it refuses to write."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tomllib

import pytest

from gridloom.authoring.new_plugin import EXAMPLES, module_name, write_plugin
from gridloom.errors import CannotWrite
from gridloom.registry.registry import load_registry


def test_it_writes_a_file_and_a_test_for_each_kind_and_says_what_is_next(gridloom, tmp_path):
    done = gridloom("new", "plugin", "gridloom-mine", "--with", "reporter,family")
    assert done.returncode == 0, done.stderr
    written = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert written == [
        "gridloom-mine/.github/workflows/tests.yml",
        "gridloom-mine/.gitignore",
        "gridloom-mine/README.md",
        "gridloom-mine/experiments/network.yaml",
        "gridloom-mine/pyproject.toml",
        "gridloom-mine/src/gridloom_mine/__init__.py",
        "gridloom-mine/src/gridloom_mine/family.py",
        "gridloom-mine/src/gridloom_mine/reporter.py",
        "gridloom-mine/tests/test_family.py",
        "gridloom-mine/tests/test_reporter.py",
    ]
    assert all(path in done.stdout for path in written)
    assert '  cd gridloom-mine\n  pip install --editable ".[test]"\n  pytest\n' in done.stdout
    project = tomllib.loads((tmp_path / "gridloom-mine" / "pyproject.toml").read_text())
    assert project["project"]["entry-points"] == {"gridloom": {"mine": "gridloom_mine"}}


def test_without_kinds_it_writes_a_family(gridloom, tmp_path):
    assert gridloom("new", "plugin", "mine").returncode == 0
    assert [path.name for path in (tmp_path / "mine" / "tests").iterdir()] == ["test_family.py"]


CHOICES = [kinds for size in (1, 2, len(EXAMPLES)) for kinds in itertools.combinations(EXAMPLES, size)]


@pytest.mark.parametrize("kinds", CHOICES, ids="-".join)
def test_any_choice_of_kinds_can_be_loaded_and_provides_just_them(kinds, tmp_path, monkeypatch):
    name = f"own-{'-'.join(kind[:2] for kind in kinds)}"
    module = name.replace("-", "_")
    write_plugin(tmp_path, name, kinds, "0.1.0")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "src"), *sys.path])
    registry = load_registry([module])
    provided = [item for item in registry.provided if item.plugin.name == module]
    assert {type(item.record) for item in provided} == {EXAMPLES[kind].record for kind in kinds}
    assert {item.record.name for item in provided} == {f"{name}-{EXAMPLES[kind].thing}" for kind in kinds}


@pytest.mark.parametrize("kinds", [("engine",), ("strategy", "reporter"), tuple(EXAMPLES)])
def test_its_experiments_are_valid(kinds, gridloom_process, tmp_path):
    write_plugin(tmp_path / "mine", "mine", kinds, "0.1.0")
    done = gridloom_process("check", "mine/experiments", "-p", "mine", PYTHONPATH=str(tmp_path / "mine" / "src"))
    assert done.returncode == 0, done.stderr


def test_what_it_writes_is_clean_python(tmp_path):
    write_plugin(tmp_path, "gridloom-somewhat-longer", EXAMPLES, "0.1.0")
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "."], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


BAD_NAMES = {
    "-mine": "cannot name a distribution",
    "my plugin": "cannot name a distribution",
    "mine/yours": "cannot name a distribution",
    "../mine": "cannot name a distribution",
    "": "cannot name a distribution",
    "münze": "cannot name a distribution",
    "m" * 41: "write up to 40 letters",
    "3d": "makes the module '3d', which Python cannot import; try gridloom-3d",
    "class": "makes the module 'class', which Python cannot import; try gridloom-class",
    "json": "a module 'json' already exists, and 'json' would hide it; try gridloom-json",
    "numpy": "a module 'numpy' already",
    "Gridloom": "a module 'gridloom' already",
    "gridloom-plugins": "a module 'gridloom_plugins' already",
}


@pytest.mark.parametrize(("name", "message"), BAD_NAMES.items())
def test_a_name_that_cannot_be_used_is_refused_with_what_can_be(name, message, tmp_path):
    with pytest.raises(CannotWrite, match=message):
        write_plugin(tmp_path / "new", name, ["family"], "0.1.0")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("name", "module"), [("x", "x"), ("gridloom-mine", "gridloom_mine"), ("My.Own_-_Thing", "my_own_thing")]
)
def test_the_module_of_a_name_is_one_that_python_can_import(name, module):
    assert module_name(name) == module


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mine", "--with", "famly"], "unknown kind 'famly'; did you mean 'family'?\n"),
        (
            ["mine", "--with", "hook"],
            "unknown kind 'hook'; known: callback, dataset, engine, executor, family, model, reporter, scorer, strategy, transform\n",
        ),
        (["full", "--with", "family"], "the folder full is not empty; name a new one, or empty it\n"),
        (["file", "--with", "family"], "file is a file; name a new folder\n"),
        (["my plugin"], "'my plugin' cannot name a distribution: write up to 40 letters"),
    ],
)
def test_what_cannot_be_written_is_an_error_in_one_line(arguments, message, gridloom, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    (tmp_path / "file").touch()
    done = gridloom("new", "plugin", *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(f"gridloom: {message}")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "mine").exists()


def test_an_empty_folder_is_taken(gridloom, tmp_path):
    (tmp_path / "mine").mkdir()
    assert gridloom("new", "plugin", "mine").returncode == 0
