"""The executor is no part of a run: it may be another one when the run is resumed, and nobody else needs it."""

from __future__ import annotations

import pytest

import gridloom as public

PLUGIN = """
from concurrent.futures import Future
from contextlib import contextmanager

import gridloom


class Here:
    '''Does the calls in this process; the one after the last is Ctrl-C.'''

    def __init__(self, calls):
        self.left = calls

    def submit(self, call, *args):
        if not self.left:
            raise KeyboardInterrupt
        self.left -= bool(args[1])
        future = Future()
        future.set_result(call(*args))
        return future


@contextmanager
def open_here(count, environment, calls: int = 100):
    yield Here(calls)


@gridloom.hookimpl
def gridloom_executors():
    yield gridloom.Executor("here", "This process.", open_here)
    yield gridloom.Executor("there", "This process, too.", open_here)
"""


@pytest.fixture
def plugin(tmp_path):
    (tmp_path / "mine.py").write_text(PLUGIN)
    return "mine.py"


def test_a_run_is_begun_by_one_executor_and_resumed_by_another(gridloom, finished, plugin, tmp_path):
    file, _ = finished()  # by loky
    command = ["run", file, "--out", "mine", "-p", plugin]
    begun = gridloom(*command, "--executor", "{name: here, calls: 2}", "-j1")
    assert begun.returncode == 130
    assert "engine sklearn, 1 worker(s) of here" in begun.stdout
    (tmp_path / "gridloom.toml").write_text("executor = 'there'\nn_jobs = 2")
    resumed = gridloom(*command)
    assert resumed.returncode == 0, resumed.stderr
    assert "engine sklearn, 2 worker(s) of there" in resumed.stdout
    assert " from the journal" in resumed.stdout
    folders = [tmp_path / out / "small" for out in ("runs", "mine")]
    for name in ("results.csv", "experiment.yaml"):
        assert len({(folder / name).read_bytes() for folder in folders}) == 1
    (tmp_path / "gridloom.toml").unlink()
    for command in (["show", "small"], ["report", "small", "-r", "csv"], ["run", file], ["check", file]):
        done = gridloom(*command, *(["--out", "mine"] if command[0] != "check" else []))
        assert (done.returncode, done.stderr) == (0, "")


def test_check_says_where_fits_are_trained_and_what_says_so(gridloom, write, plugin, tmp_path):
    assert "executor" not in gridloom("check", write()).stdout
    assert "  executor    loky (named by the experiment)\n" in gridloom("check", write(executor="loky")).stdout
    (tmp_path / "gridloom.toml").write_text("[executors.cluster]\nname = 'there'\ncalls = 7")
    done = gridloom("check", write(executor="cluster"), "-p", plugin)
    said = "  executor    there, calls: 7 (named by the experiment as cluster, which gridloom.toml defines)\n"
    assert said in done.stdout


def test_it_is_named_from_python(write, plugin, tmp_path):
    arguments = {"plugins": [str(tmp_path / plugin)], "out": tmp_path / "runs"}
    result = public.run(write(), executor={"name": "here", "calls": 9}, **arguments)
    assert result.is_complete
    with pytest.raises(public.InvalidInput, match="executor=: unknown executor 'her'; did you mean 'here'"):
        public.run(write(), executor="her", **arguments)
