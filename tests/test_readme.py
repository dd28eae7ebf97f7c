"""The plugins of the README and of the page on reporters work together."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from docs.snippets import blocks
from scored import scored

from gridloom.experiment.bind import read_experiment
from gridloom.registry.records import Reporter
from gridloom.registry.registry import load_registry

ROOT = Path(__file__).parents[1]
PAGES = {"README.md": "regularizers.py", "docs/how-to/a-reporter.md": "notebook.py"}
SEARCH = "dataset: iris\nmodel: mlp\nsearch: {space: {l2: default}}\nreporters: [console, notebook]\n"


@pytest.fixture
def plugins(tmp_path):
    """A plugin of each page, as a file."""
    for page, name in PAGES.items():
        (code,) = [block.text for block in blocks((ROOT / page).read_text("utf-8")) if block.title == name]
        (tmp_path / name).write_text(code, "utf-8")
    return [str(tmp_path / name) for name in PAGES.values()]


def test_an_experiment_searches_the_family_and_names_the_reporter(plugins, tmp_path):
    (tmp_path / "my.yaml").write_text(SEARCH)
    experiment = read_experiment(tmp_path / "my.yaml", load_registry(plugins))
    assert [candidate.flat for candidate in experiment.first_wave()] == [{"l2": 0.0}, {"l2": 0.01}, {"l2": 0.1}]
    assert [reporter.name for reporter in experiment.reporters] == ["console", "notebook"]


def test_the_notebook_has_a_line_on_every_search(plugins, tmp_path):
    report = load_registry(plugins).find(Reporter, "notebook").record.report
    result = replace(scored(np.array([[[0.5, 0.75]]]), [{"m": {"C": 1}}]), folder=tmp_path / "runs")
    for _ in range(2):
        report(result)
    first, second = (tmp_path / "notebook.md").read_text("utf-8").splitlines()
    assert first == second
    assert re.fullmatch(rf"- \d{{4}}-\d\d-\d\d {result.name}: 0\.6250 with {{'C': 1}}\. No verdict: .*\.", first)
