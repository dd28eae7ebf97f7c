"""A disk that is full, below what is written or what is printed: a sentence and exit code 4, and nothing finished is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from journaled import journaled

LIMITED = (
    "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
    "limit = int(sys.argv[1]); resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit));"
    "sys.argv = ['gridloom', *sys.argv[2:]]; from gridloom.cli import main; main()"
)
"""The command line, which can write no file larger than the first argument in bytes."""


def limited(limit, *arguments, folder):
    """Run the command line in a folder where files cannot grow beyond the limit."""
    command = [sys.executable, "-c", LIMITED, str(limit), *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=os.environ)


def into_full(*arguments, folder):
    """Run the command line with what it prints going to a full disk."""
    command = [sys.executable, "-m", "gridloom", *map(str, arguments)]
    with Path("/dev/full").open("w") as full:
        return subprocess.run(command, cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False)


def test_a_run_ends_cleanly_and_keeps_what_was_journaled(write, tmp_path):
    grid = {"strategy": "grid", "space": {"model": {"C": [i / 10 for i in range(1, 400)]}}}
    done = limited(90_000, "run", write(search=grid), "--n-jobs", "1", folder=tmp_path)
    assert done.returncode == 4, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    kept = journaled(tmp_path / "runs" / "small")
    assert 0 < kept < 399 * 3
    assert f"{kept} of 1197 fits are kept in runs/small; rerun the command to resume" in done.stderr


def test_a_run_whose_output_goes_to_a_full_disk_trains_and_reports_all_the_same(write, tmp_path):
    done = into_full("run", write(), "--n-jobs", "1", folder=tmp_path)
    assert done.returncode == 4
    assert done.stderr.splitlines() == [
        "the reporter 'console' failed while watching: No space left on device; it no longer watches; the run continues",
        "the reporter 'console' failed: No space left on device; the run and other reports are not affected",
        "gridloom: small: these reports failed, see above: console",
        "gridloom: small: the paths of reports cannot be printed: No space left on device",
    ]
    assert journaled(tmp_path / "runs" / "small") == 9
    assert b"complete" in (tmp_path / "runs" / "small" / "results.csv").read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [["plugins"], ["plugins", "show", "iris"], ["schema"], ["--help"], ["--version"], ["new", "plugin", "x"]],
)
def test_what_cannot_be_printed_is_told_in_a_sentence(arguments, tmp_path):
    done = into_full(*arguments, folder=tmp_path)
    assert done.returncode == 4
    assert done.stderr == "gridloom: what is printed cannot be written: No space left on device\n"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["plugin", "gridloom-mine"], "gridloom-mine"),
        (["experiment", "--dataset", "iris", "--model", "random_forest"], "iris-random_forest.yaml"),
    ],
)
def test_a_new_plugin_or_experiment_that_cannot_be_written_is_told_by_its_place(arguments, named, tmp_path):
    done = limited(10, "new", *arguments, folder=tmp_path)
    assert done.returncode == 4
    assert done.stderr == f"gridloom: {named} cannot be written: File too large\n"
