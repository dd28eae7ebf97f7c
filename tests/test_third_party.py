"""Somebody else's distribution, built and installed by pip: its family and its reporter are as good as the built-ins."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from installing import OFFLINE, PIP, build, install_fresh, run

PYPROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "gridloom-ridge"
version = "1.2.3"

[project.entry-points.gridloom]
ridge = "gridloom_ridge"
"""

MODULE = '''
"""Ridge for Gridloom: a family that penalizes large weights, and a reporter that writes the losses down."""

from typing import Annotated

from annotated_types import Ge

import gridloom
from gridloom import Choices, Parameter


def apply_l2(draft, l2: Annotated[float, Ge(0)]):
    """Penalize the squared weights of hidden layers by the factor `l2`."""
    if l2 == 13:
        raise ValueError("13 brings bad luck")
    for layer in draft.hidden:
        layer["kernel_regularizer"] = {"class_name": "L2", "config": {"l2": l2}}


def report(result, filename: str = "losses.txt"):
    """Write each factor with the losses of its last epoch, or why there are none."""
    lines = []
    for trial in result.trials:
        losses = [fit.history["loss"][-1] if fit.error is None else fit.error for fit in trial.results]
        lines.append(f"{trial.params['l2']}: {losses}")
    (result.folder / filename).write_text("\\n".join(lines))


@gridloom.hookimpl
def gridloom_families():
    yield gridloom.Family("ridge", "L2 penalty of the hidden layers.", apply_l2, (Parameter("l2", Choices(0.0, 0.1)),))


@gridloom.hookimpl
def gridloom_reporters():
    yield gridloom.Reporter("losses", "The losses of the last epoch, in a text file.", report)
'''

EXPERIMENT = {
    "dataset": {"name": "pima", "sample": 60},
    "model": "mlp",
    "training": {"epochs": 2},
    "search": {"strategy": "grid", "space": {"ridge": {"l2": [0.0, 1000.0, 13.0]}}},
    "validation": {"method": "kfold", "folds": 2},
    "reporters": ["console", {"name": "losses", "filename": "last.txt"}],
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sources of `gridloom-ridge`."""
    folder = tmp_path_factory.mktemp("ridge") / "source"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "gridloom_ridge.py").write_text(MODULE)
    return folder


@pytest.fixture(scope="module")
def site(source: Path) -> Path:
    """A folder that the distribution `gridloom-ridge` is installed to."""
    folder = source.parent
    wheel = build(source, folder)
    assert wheel.name == "gridloom_ridge-1.2.3-py3-none-any.whl"
    run(*PIP, "install", *OFFLINE, wheel, "--target", folder / "site", folder=folder)
    return folder / "site"


def test_an_installed_distribution_is_listed_with_its_version_and_what_it_provides(gridloom_process, site):
    done = gridloom_process("plugins", PYTHONPATH=str(site))
    assert done.returncode == 0, done.stderr
    _, found, block = done.stdout.partition("ridge  (gridloom-ridge 1.2.3)\n")
    assert found, done.stdout
    lines = [" ".join(line.split()) for line in block.splitlines()[:4]]
    assert lines == [
        str(site / "gridloom_ridge.py"),
        "hooks: gridloom_families, gridloom_reporters",
        "family ridge L2 penalty of the hidden layers.",
        "reporter losses The losses of the last epoch, in a text file.",
    ]
    assert "DISABLED" not in done.stdout


def test_an_installed_family_is_shown_as_the_built_in_ones_are(gridloom_process, site):
    shown = gridloom_process("plugins", "show", "ridge", PYTHONPATH=str(site)).stdout
    assert shown.startswith("family 'ridge' of the plugin 'ridge' (gridloom-ridge 1.2.3, ")
    assert "\n  l2: number >= 0; tries by default [0.0, 0.1]\n" in shown
    assert "\n\nPenalize the squared weights of hidden layers by the factor `l2`.\n" in shown


def test_an_experiment_can_name_what_the_distribution_provides_as_long_as_it_is_installed(
    gridloom_process, write, site
):
    checked = gridloom_process("check", write(**EXPERIMENT), PYTHONPATH=str(site))
    assert checked.returncode == 0, checked.stderr
    assert "  candidates  3 by grid: l2 (3)\n" in checked.stdout
    assert "  engine      fused (" in checked.stdout
    without = gridloom_process("check", write(**EXPERIMENT))
    assert without.returncode == 2
    assert "unknown family 'ridge'; known: " in without.stderr
    assert "unknown reporter 'losses'; " in without.stderr


def test_values_are_checked_by_the_annotations_of_the_distribution(gridloom_process, write, site):
    text = (
        "dataset: pima\n"
        "model: mlp\n"
        "search: {strategy: grid, space: {ridge: {l2: [0.1, -1.0, much]}}}\n"
        "reporters: [{name: losses, filname: x}]\n"
    )
    done = gridloom_process("check", write(text), PYTHONPATH=str(site))
    assert done.returncode == 2
    assert "small.yaml:3:52: should be greater than or equal to 0, not -1.0\n" in done.stderr
    assert 'small.yaml:3:58: should be a number, not "much"\n' in done.stderr
    assert "small.yaml:4:28: unknown option 'filname'; did you mean 'filename'?\n" in done.stderr


@pytest.mark.slow
def test_a_run_on_tensorflow_uses_the_family_and_the_reporter_of_the_distribution(
    gridloom_process, write, site, tmp_path
):
    experiment = write(**EXPERIMENT)
    done = gridloom_process("run", experiment, "-j1", "--all", PYTHONPATH=str(site))
    assert done.returncode == 0, done.stderr
    assert "engine fused" in done.stdout
    assert "1 of 3 candidates failed" in done.stdout
    assert "failed with: {'l2': 13.0}: ValueError: 13 brings bad luck" in done.stdout
    assert done.stdout.count(" with: {'l2': 0.0}") == done.stdout.count(" with: {'l2': 1000.0}") == 1

    lines = (tmp_path / "runs" / "small" / "last.txt").read_text().splitlines()
    losses = dict(line.split(": ", 1) for line in lines)
    assert losses["13.0"] == "['ValueError: 13 brings bad luck', 'ValueError: 13 brings bad luck']"
    free = [float(loss) for loss in losses["0.0"].strip("[]").split(", ")]
    penalized = [float(loss) for loss in losses["1000.0"].strip("[]").split(", ")]
    assert len(free) == len(penalized) == 2
    assert min(penalized) > 10 * max(free)

    newer = tmp_path / "newer"
    shutil.copytree(site, newer)
    metadata = newer / "gridloom_ridge-1.2.3.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("1.2.3", "1.3.0"))
    changed = gridloom_process("run", experiment, "-j1", PYTHONPATH=str(newer))
    assert changed.returncode == 3
    assert "  plugins.ridge: was gridloom-ridge 1.2.3, is gridloom-ridge 1.3.0\n" in changed.stderr


@pytest.mark.slow
def test_a_run_is_not_gone_on_with_when_the_code_of_an_editable_installation_has_changed(write, source, tmp_path):
    python = install_fresh(tmp_path, "--no-build-isolation", "--editable", source)
    experiment = write(**EXPERIMENT)
    run(python, "-m", "gridloom", "run", experiment, "-j1", folder=tmp_path)

    module = source / "gridloom_ridge.py"
    module.write_text(MODULE.replace("l2 == 13", "l2 == 17"))
    command = [python, "-m", "gridloom", "run", experiment]
    changed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert changed.returncode == 3
    assert re.search(r"\n  plugins\.ridge: was (gridloom-ridge 1\.2\.3, code) \w{12}, is \1 \w{12}\n", changed.stderr)

    module.write_text(MODULE)
    assert "6/6 fits, 6 from the journal" in run(*command, folder=tmp_path).stdout
