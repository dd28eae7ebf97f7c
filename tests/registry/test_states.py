"""The state of a plugin, which a run must not change: its version, and its code where that changes without it."""

from __future__ import annotations

import json
import sys

import pytest

import gridloom
from gridloom.registry.registry import load_registry
from registry.plugins import dropout, only, plugin

EDITABLE = json.dumps({"url": "file:///somewhere", "dir_info": {"editable": True}})
"""What pip writes about an editable installation."""


def state(distribution):
    """The state of the one plugin of a distribution."""
    return only(load_registry(), distribution).state


@pytest.fixture
def package(install, monkeypatch):
    """A function that installs the plugin `nice`, a package of two modules, with this `direct_url.json` if any."""

    def make(direct_url=None):
        folder = install("nice", "", value="nicely")
        monkeypatch.delitem(sys.modules, "nicely", raising=False)
        (folder / "nicely").mkdir()
        (folder / "nicely" / "__init__.py").write_text(plugin())
        (folder / "nicely" / "layers.py").write_text("SIZE = 3")
        if direct_url is not None:
            (folder / "nice-1.0.dist-info" / "direct_url.json").write_text(direct_url)
        return folder

    return make


@pytest.mark.parametrize("direct_url", [None, "", "{", "[]", '{"url": "https://x/nice.whl", "archive_info": {}}'])
def test_what_is_installed_has_the_state_of_its_version_whatever_its_code(package, direct_url):
    folder = package(direct_url)
    assert state("nice") == "nice 1.0"
    (folder / "nicely" / "layers.py").write_text("SIZE = 4")
    assert state("nice") == "nice 1.0"


def test_an_editable_package_has_another_state_when_any_of_its_modules_has_another_text_or_name(package):
    folder = package(EDITABLE)
    layers = folder / "nicely" / "layers.py"
    before = state("nice")
    assert before.startswith("nice 1.0, code ")
    assert state("nice") == before
    layers.write_text("SIZE = 4")
    edited = state("nice")
    layers.rename(layers.with_name("others.py"))
    assert len({before, edited, state("nice")}) == 3
    (folder / "nicely" / "others.py").rename(layers)
    layers.write_text("SIZE = 3")
    (folder / "nice.py").write_text("# no part of the package")
    assert state("nice") == before


def test_metadata_beside_the_sources_tell_the_same_state_as_an_editable_installation(package):
    folder = package(EDITABLE)
    installed = state("nice")
    (folder / "nice-1.0.dist-info" / "direct_url.json").unlink()
    (folder / "nice-1.0.dist-info" / "SOURCES.txt").write_text("nicely/__init__.py\n")
    assert state("nice") == installed
    (folder / "nice-1.0.dist-info" / "RECORD").write_text("nicely/__init__.py,,\n")
    assert state("nice") == "nice 1.0"


@pytest.mark.parametrize("version", ["", "__version__ = '4.5'\n"])
def test_a_module_has_another_state_when_its_text_is_another(version, file, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "module_with_a_state", raising=False)
    path = file(version + plugin(), "module_with_a_state.py")

    def found():
        return only(load_registry(["module_with_a_state"]), "module").state

    before = found()
    assert before.startswith(f"module {'4.5' if version else '-'}, code ")
    file(version + dropout(), "module_with_a_state.py")
    assert found() != before
    assert only(load_registry([path]), "file").state.count(" ") == 1


def test_an_object_that_has_no_file_has_no_code():
    class Mine:
        @staticmethod
        @gridloom.hookimpl
        def gridloom_reporters():
            yield gridloom.Reporter("mine", "Nothing.", lambda result: None)

    assert only(load_registry([Mine]), "module").state == "module -"
