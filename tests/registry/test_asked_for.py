"""Plugins that are asked for, as files and modules: their names and versions, and which are errors."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gridloom.errors import PluginError
from gridloom.registry.records import Reporter
from gridloom.registry.registry import load_registry
from registry.plugins import BEST, dropout, only, plugin


def test_a_file_is_a_plugin_named_as_the_file_whose_version_is_its_hash(file):
    path = file(plugin())
    registry = load_registry([path])
    info = only(registry, "file")
    assert (info.name, info.file, info.hooks) == ("mine", path, ("gridloom_reporters",))
    assert len(info.version) == 12
    assert registry.find(Reporter, "mine:best").plugin == info


def test_the_version_of_a_file_changes_with_its_text(file):
    texts = {"a/mine.py": plugin(), "b/mine.py": plugin() + "#", "c/mine.py": plugin()}
    a, b, c = (only(load_registry([file(text, name)]), "file").version for name, text in texts.items())
    assert a == c != b


def test_a_file_that_was_edited_is_read_again(file):
    load_registry([file(plugin())])
    edited = load_registry([file(plugin(BEST.replace("The best", "The very best")))])
    assert edited.find(Reporter, "best").record.summary == "The very best candidate."


def test_a_file_that_was_mended_can_be_loaded(file):
    with pytest.raises(PluginError):
        load_registry([file("1 / 0")])
    assert load_registry([file(plugin())]).find(Reporter, "best")


def test_a_module_is_a_plugin_with_its_version(tmp_path, file, monkeypatch):
    monkeypatch.setattr(sys, "path", sys.path.copy())
    monkeypatch.chdir(tmp_path)
    file("__version__ = '4.5'\n" + plugin(), "mine_as_module.py")
    info = only(load_registry(["mine_as_module"]), "module")
    assert (info.name, info.version, info.hooks) == ("mine_as_module", "4.5", ("gridloom_reporters",))
    assert Path(info.file) == tmp_path / "mine_as_module.py"


REFUSED = {
    "a missing file": ("not_there.py", r"^plugin 'not_there\.py' cannot be imported: there is no file not_there\.py$"),
    "a missing module": (
        "not_there",
        r"^plugin 'not_there' cannot be imported: ModuleNotFoundError: No module named 'not_there'$",
    ),
    "a module without hooks": (
        "textwrap",
        r"^plugin 'textwrap' cannot be used: it implements no hook; mark a function",
    ),
    "no name": ("", r"^plugin '' cannot be imported: ValueError: Empty module name$"),
}


@pytest.mark.parametrize(("source", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_asking_for_this_is_an_error(source, message, monkeypatch):
    monkeypatch.setattr(sys, "path", sys.path.copy())
    with pytest.raises(PluginError, match=message):
        load_registry([source])


def test_asking_for_a_folder_is_an_error(tmp_path):
    (tmp_path / "mine.py").mkdir()
    with pytest.raises(PluginError, match="cannot be imported: there is no file"):
        load_registry([str(tmp_path / "mine.py")])


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("1 / 0", "cannot be imported: ZeroDivisionError: division by zero ({path}:1)"),
        ("raise SystemExit(3)", "cannot be imported: SystemExit: 3 ({path}:1)"),
        (plugin("yield 3"), "cannot be used: gridloom_reporters() must yield gridloom.Reporter records, not 3"),
    ],
)
def test_a_broken_file_that_was_asked_for_is_an_error(code, reason, file):
    path = file(code)
    with pytest.raises(PluginError) as caught:
        load_registry([path])
    assert str(caught.value) == f"plugin '{path}' {reason.format(path=path)}"


@pytest.mark.parametrize("again", ["mine.py", "./mine.py", "other/../mine.py"])
def test_the_same_file_asked_for_twice_counts_once(again, file):
    path = file(plugin())
    file("", "other/empty.py")
    registry = load_registry([path, path.replace("mine.py", again)])
    assert registry.broken == []
    assert only(registry, "file").hooks == ("gridloom_reporters",)


def test_asking_for_two_files_of_one_name_is_an_error_since_one_would_not_be_used(file):
    with pytest.raises(PluginError, match="another plugin has the same name"):
        load_registry([file(plugin()), file(dropout(), "sub/mine.py")])
