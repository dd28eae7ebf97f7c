"""docs/real-problems.md shows the files of benchmarks/problems as they are."""

import importlib.util
import shutil

import pytest

from docs.snippets import ROOT, blocks

PAGE = ROOT / "docs/real-problems.md"
FILES = {path.name: path for path in (ROOT / "benchmarks/problems").iterdir()}


def test_the_page_shows_every_experiment_and_plugin_as_it_is():
    shown = {block.title: block.text for block in blocks(PAGE.read_text("utf-8")) if block.title}
    expected = {name for name in FILES if name.endswith(".yaml")} | {"networks.py"}
    assert shown.keys() == expected
    assert shown == {name: FILES[name].read_text("utf-8") for name in shown}


def test_the_benchmark_measures_every_experiment():
    script = (ROOT / "benchmarks/real_problems.py").read_text("utf-8")
    assert all(f'"{name.removesuffix(".yaml")}"' in script for name in FILES if name.endswith(".yaml"))


@pytest.mark.parametrize("name", ["customers", "affairs", "visits", "docstrings"])
def test_what_is_written_suits_the_experiment(name, gridloom, tmp_path):
    spec = importlib.util.spec_from_file_location("problem_data", ROOT / "benchmarks/problems/data.py")
    data = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(data)
    getattr(data, name)(tmp_path)
    shutil.copy(FILES[f"{name}.yaml"], tmp_path)
    assert f"'{name}' is valid" in gridloom("check", tmp_path / f"{name}.yaml").stdout
