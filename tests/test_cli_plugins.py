"""`gridloom plugins`, and the options `-p` and `--no-plugin` of all commands."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from gridloom.registry import hookspecs
from gridloom.registry.records import KINDS

MINE = """
import gridloom
from gridloom import Choices, Parameter, Range

def load_blobs(rows: int = 30):
    import numpy as np

    X = np.random.default_rng(0).normal(size=(rows, 2))
    y = np.arange(rows) % 2
    return gridloom.Data(X + 3 * y[:, None], y, classes=("left", "right"))

def apply_shrink(draft, factor: float, units: int = 3):
    '''Make layers smaller.

    `factor` is what remains.
    '''

def report(result, filename: str = "best.txt"):
    (result.folder / filename).write_text(f"{result.best.params}")

@gridloom.hookimpl
def gridloom_datasets():
    yield gridloom.Dataset("blobs", "Two heaps of points.", load_blobs)

@gridloom.hookimpl
def gridloom_families():
    yield gridloom.Family("shrink", "How small.", apply_shrink, (
        Parameter("factor", Range(0.1, 0.9)), Parameter("units", Choices(1, 2))))

@gridloom.hookimpl
def gridloom_reporters():
    yield gridloom.Reporter("best", "The best candidate, in a text file.", report)
"""

GUESS = """
import gridloom

def train(work):
    return [(fit, gridloom.FitResult(dict.fromkeys(work.scoring, SCORE))) for fit in work.fits]

@gridloom.hookimpl
def gridloom_engines():
    yield gridloom.Engine("guess", "Trains nothing.", train, trains="estimator")
"""

RUN_AND_EDIT = """
import sys
from pathlib import Path

import gridloom

if __name__ == "__main__":
    code = Path("guess.py").read_text()
    for score in ("0.25", "0.750"):
        Path("guess.py").write_text(code.replace("SCORE", score))
        result = gridloom.run(sys.argv[1], plugins=["guess.py"], n_jobs=2, fresh=True)
        print(result.best.mean)
"""

MINE_EXPERIMENT = {"dataset": "blobs", "reporters": ["console", "best"]}
"""What makes the small experiment need `mine.py`."""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The plugin file `mine.py`, where the command line runs."""
    path = tmp_path / "mine.py"
    path.write_text(MINE)
    return path


@pytest.fixture
def broken(tmp_path: Path) -> str:
    """A folder for PYTHONPATH with a distribution whose plugin cannot be imported."""
    folder = tmp_path / "site"
    info = folder / "bad_plugin-0.3.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-plugin\nVersion: 0.3\n")
    (info / "entry_points.txt").write_text("[gridloom]\nbad = bad_plugin\n")
    (folder / "bad_plugin.py").write_text("raise RuntimeError('no licence')\n")
    return str(folder)


# The list


def test_plugins_lists_every_plugin_with_its_hooks_and_what_it_provides(gridloom, registry):
    done = gridloom("plugins")
    assert (done.returncode, done.stderr) == (0, "")
    for plugin in registry.plugins:
        assert f"{plugin.name}  (gridloom {plugin.version})\n  {plugin.file}\n  hooks: {plugin.hooks[0]}" in done.stdout
    lines = [line.split() for line in done.stdout.splitlines()]
    for item in registry.provided:
        assert f"{item.record.kind} {item.record.name} {item.record.summary}".split() in lines


def test_plugins_prints_the_same_as_json(gridloom, registry):
    done = gridloom("plugins", "--json")
    assert done.returncode == 0
    listed = {plugin["name"]: plugin for plugin in json.loads(done.stdout)}
    assert list(listed) == [plugin.name for plugin in registry.plugins]
    families = listed["builtin-families"]
    dropout = {"name": "dropout", "summary": "Dropout rate and max-norm constraint of the hidden layers."}
    assert dropout in families.pop("provides")["family"]
    (info,) = [plugin for plugin in registry.plugins if plugin.name == "builtin-families"]
    assert families == {
        "name": "builtin-families",
        "distribution": "gridloom",
        "version": info.version,
        "file": info.file,
        "hooks": ["gridloom_families"],
        "broken": None,
    }


def test_a_plugin_that_was_set_aside_is_listed_with_the_reason(gridloom_process, broken):
    done = gridloom_process("plugins", PYTHONPATH=broken)
    assert done.returncode == 0
    reason = f"it cannot be imported: RuntimeError: no licence ({broken}/bad_plugin.py:1)"
    assert f"bad  (bad-plugin 0.3)\n  bad_plugin\n  DISABLED: {reason}\n" in done.stdout
    assert "builtin-families" in done.stdout
    (bad,) = [p for p in json.loads(gridloom_process("plugins", "--json", PYTHONPATH=broken).stdout) if p["broken"]]
    assert (bad["name"], bad["broken"], bad["provides"], bad["hooks"]) == ("bad", reason, {}, [])


def test_a_plugin_that_was_set_aside_is_mentioned_where_a_name_is_unknown(gridloom_process, write, broken):
    done = gridloom_process("check", write(dataset="blobs"), PYTHONPATH=broken)
    assert done.returncode == 2
    assert "small.yaml:2:10: unknown data set 'blobs'; known: " in done.stderr
    assert "the plugin 'bad' (bad-plugin 0.3, bad_plugin) is disabled: it cannot be imported: Runtime" in done.stderr


# One thing


def test_show_prints_parameters_with_their_domains_and_the_documentation(gridloom):
    done = gridloom("plugins", "show", "dropout")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("family 'dropout' of the plugin 'builtin-families' (gridloom ")
    assert lines[2] == "Dropout rate and max-norm constraint of the hidden layers."
    rates = "[0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]"
    assert f"  dropout_rate: number (0 <= x < 1); tries by default {rates}" in lines
    assert "; tries by default [1, 2, 3, 4, 5]" in next(line for line in lines if "  weight_constraint: " in line)
    assert "`dropout_rate` is the share of a layer's outputs that are zeroed in training" in done.stdout


def test_show_prints_the_options_of_other_things_with_their_defaults(gridloom):
    lines = gridloom("plugins", "show", "mlp").stdout.splitlines()
    assert lines[0].startswith("model builder 'mlp' of the plugin 'builtin-models' (gridloom ")
    assert "  hidden: list of whole number >= 1; default [12]" in lines
    assert "  dropout: number (0 <= x < 1); default 0.0" in lines


def test_show_prints_all_things_of_the_name_or_the_one_of_a_full_name(gridloom):
    both = gridloom("plugins", "show", "csv").stdout
    assert "data set 'csv' of the plugin 'builtin-datasets'" in both
    assert "\n\nreporter 'csv' of the plugin 'builtin-reporters'" in both
    assert "  target: text or whole number or list of text or whole number; required\n" in both
    one = gridloom("plugins", "show", "builtin-reporters:csv").stdout
    assert one.startswith("reporter 'csv'")
    assert "data set" not in one


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("droput", "did you mean 'dropout' or 'robust'?"),
        ("cvs", "did you mean 'csv'?"),
        ("builtin-families:droput", "did you mean 'builtin-families:dropout'"),
    ],
)
def test_show_answers_an_unknown_name_with_the_nearest_and_exit_code_2(name, advice, gridloom):
    done = gridloom("plugins", "show", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"gridloom: no plugin provides '{name}'; {advice}")


def test_show_mentions_plugins_that_were_set_aside_where_a_name_is_unknown(gridloom_process, broken):
    done = gridloom_process("plugins", "show", "blobs", PYTHONPATH=broken)
    assert done.returncode == 2
    assert "is disabled: it cannot be imported: RuntimeError: no licence" in done.stderr


def test_show_prints_a_default_range_that_cannot_be_enumerated(gridloom, mine):
    done = gridloom("plugins", "show", "shrink", "-p", mine)
    assert done.returncode == 0, done.stderr
    factor = next(line for line in done.stdout.splitlines() if line.startswith("  factor: number; "))
    assert "0.1" in factor
    assert "0.9" in factor


# A plugin that is not installed


@pytest.mark.parametrize("source", ["mine.py", "mine"])
def test_a_file_or_module_can_be_listed_and_shown(source, gridloom, mine):
    listed = gridloom("plugins", "-p", source)
    assert listed.returncode == 0, listed.stderr
    assert "  hooks: gridloom_datasets, gridloom_families, gridloom_reporters\n" in listed.stdout
    assert ["data", "set", "blobs", "Two", "heaps", "of", "points."] in map(str.split, listed.stdout.splitlines())
    shown = gridloom("plugins", "show", "blobs", "--plugin", source)
    assert shown.stdout.startswith("data set 'blobs' of the plugin 'mine' (")
    assert "  rows: whole number; default 30" in shown.stdout


def test_the_options_of_plugins_count_before_show_as_well(gridloom, mine):
    done = gridloom("plugins", "-p", "mine.py", "show", "blobs")
    assert done.stdout.startswith("data set 'blobs' of the plugin 'mine' (file "), done.stderr


def test_a_file_can_be_checked_run_and_shown_with(gridloom, write, mine, tmp_path):
    experiment = write(**MINE_EXPERIMENT)
    checked = gridloom("check", experiment, "-p", mine)
    assert checked.returncode == 0, checked.stderr
    assert "  data set    blobs\n" in checked.stdout
    ran = gridloom("run", experiment, "-p", "mine.py", "-j1")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count(")  C=") == 3
    assert (tmp_path / "runs" / "small" / "best.txt").read_text() == "{'C': 0.1}"

    for shown in (gridloom("show", "small", "-p", "mine.py"), gridloom("show", "small")):
        assert shown.returncode == 0, shown.stderr
        assert shown.stdout.count(")  C=") == 3

    mine.write_text(MINE.replace("(0)", "(1)"))
    changed = gridloom("run", experiment, "-p", "mine.py", "-j1")
    assert changed.returncode == 3
    assert "  plugins.mine: was file " in changed.stderr


def test_a_file_that_was_edited_between_two_runs_of_one_process_trains_as_it_is_now(write, tmp_path):
    (tmp_path / "guess.py").write_text(GUESS)
    (tmp_path / "twice.py").write_text(RUN_AND_EDIT)
    command = [sys.executable, "twice.py", str(write(engine="guess", reporters=[]))]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["0.25", "0.75"]


def test_without_the_option_the_file_is_not_used(gridloom, write, mine):
    done = gridloom("check", write(**MINE_EXPERIMENT))
    assert done.returncode == 2
    assert "small.yaml:2:10: unknown data set 'blobs'; known: " in done.stderr
    assert "unknown reporter 'best'" in done.stderr


@pytest.mark.parametrize("command", ["plugins", "check", "run"])
def test_a_file_that_is_missing_or_broken_ends_every_command_with_exit_code_2(command, gridloom, write, tmp_path):
    arguments = [command] if command == "plugins" else [command, write()]
    missing = gridloom(*arguments, "-p", "not_there.py")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr == "gridloom: plugin 'not_there.py' cannot be imported: there is no file not_there.py\n"
    (tmp_path / "bad.py").write_text("import gridloom\n\n@gridloom.hookimpl\ndef gridloom_dataset(): yield 3\n")
    broken = gridloom(*arguments, "-p", "bad.py")
    assert (broken.returncode, broken.stdout) == (2, "")
    assert broken.stderr.startswith("gridloom: plugin 'bad.py' cannot be used: there is no hook 'gridloom_dataset'; di")


def test_the_examples_of_all_six_hooks_run_an_experiment_together(gridloom, write, tmp_path):
    arguments = []
    for kind in KINDS:
        block = inspect.getdoc(getattr(hookspecs, kind.hook)).partition("Example::\n")[2]
        name = f"my_{kind.hook.removeprefix('gridloom_')}"
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(block))
        arguments += ["-p", f"{name}.py"]
    experiment = write(
        dataset={"name": "my_datasets:xor", "rows": 40},
        model={"name": "my_model_builders:wide", "units": 5},
        search={
            "strategy": {"name": "my_strategies:shortlist", "keep": 1},
            "space": {"my_families:bias": "default"},
        },
        engine={"name": "my_engines:guess", "guess": 0.25},
        reporters=["my_reporters:best"],
        validation={"method": "kfold", "folds": 2},
    )
    done = gridloom("run", experiment, "-j1", *arguments)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "runs" / "small" / "best.txt").read_text().startswith("0.2500 {'use_bias': ")


# A plugin that is left out


def test_a_plugin_can_be_left_out_of_every_command(gridloom, write):
    listed = gridloom("plugins", "--no-plugin", "builtin-reporters", "--no-plugin", "builtin-engines")
    assert listed.returncode == 0, listed.stderr
    assert "builtin-strategies" in listed.stdout
    assert "builtin-reporters" not in listed.stdout
    assert "builtin-engines" not in listed.stdout
    assert gridloom("plugins", "show", "grid", "--no-plugin", "builtin-strategies").returncode == 2
    for command in ("check", "run"):
        done = gridloom(command, write(), "--no-plugin", "builtin-strategies")
        assert done.returncode == 2
        assert "unknown strategy 'grid'; there is none" in done.stderr


def test_leaving_out_a_broken_plugin_silences_it(gridloom_process, broken):
    done = gridloom_process("plugins", "--no-plugin", "bad", PYTHONPATH=broken)
    assert done.returncode == 0, done.stderr
    assert "DISABLED" not in done.stdout


def test_leaving_out_an_unknown_plugin_ends_with_the_nearest_name_and_exit_code_2(gridloom):
    done = gridloom("plugins", "--no-plugin", "builtin-familys")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no plugin 'builtin-familys' to disable; did you mean 'builtin-families'" in done.stderr
