"""The executor `ray`: a real Ray on this machine, what becomes of its calls when something dies, and what is left behind."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import BrokenExecutor
from pathlib import Path

import numpy as np
import pytest

from executors import clusters
from gridloom import StopRun
from gridloom_plugins.executors.on_ray import cluster as ray_cluster

pytestmark = pytest.mark.slow

RAY = {"name": "ray"}


@pytest.fixture(scope="module")
def session():
    """A session on a Ray of this machine with two CPUs, which other sessions of this process share."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_gcs_rpc_server_reconnect_timeout_s", "2")
        with ray_cluster.opened(2, {"GRIDLOOM_TEST": "set"}) as session:
            yield session


def ours(pid):
    """Folders and processes of Ray that a process has started, if any are left."""
    folders = list(Path(tempfile.gettempdir()).glob(f"gridloom-ray-{pid}-*"))
    mark = f"gridloom-ray-{pid}-".encode()
    lines = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            lines.append((path / "cmdline").read_bytes())
        except OSError:
            continue
    return folders + [line for line in lines if mark in line]


def test_calls_are_done_in_processes_of_their_own_with_their_environment(session):
    assert session.submit(os.getenv, "GRIDLOOM_TEST").result(60) == "set"
    assert session.submit(os.getenv, "OMP_NUM_THREADS").result(60) == "1"
    assert session.submit(os.getppid).result(60) not in (os.getpid(), os.getppid())
    assert session.capacity() == 2
    with pytest.raises(ValueError, match="invalid literal"):
        session.submit(int, "x").result(60)


def test_an_array_that_is_shared_is_in_memory_once(session):
    large = np.arange(200_000.0)
    handle = session.share(large)
    files = {session.submit(getattr, handle, "filename").result(60) for _ in range(6)}
    workers = {session.submit(os.getppid).result(60) for _ in range(6)}
    assert None not in files
    assert len(files) <= len(workers)
    assert session.submit(np.sum, handle).result(60) == large.sum()


def test_a_process_that_dies_breaks_its_call_alone(session):
    lost, kept = session.submit(os._exit, 3), session.submit(int, "7")
    assert isinstance(lost.exception(60), BrokenExecutor)
    assert kept.result(60) == 7


def test_a_fit_kills_its_worker_and_the_table_and_the_model_are_those_of_loky(gridloom, write, tmp_path, session):
    given = {**clusters.EXPERIMENT, "model": clusters.model(tmp_path, "kill_worker")}
    done = gridloom("run", write(**given, executor=RAY), "-p", clusters.PLUGIN)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "gridloom: made: the model is in runs/made/model; card.md there describes how to use it\n"
    assert (tmp_path / "mark").exists()
    by_ray = tmp_path / "runs" / "made"
    assert clusters.made(by_ray) == clusters.made_by_loky(gridloom, write)
    assert b"trained 3.0 2" in (by_ray / "workers.log").read_bytes()


def test_where_the_head_is_lost_the_run_is_resumed_on_this_machine(gridloom, write, tmp_path, session):
    given = {**clusters.EXPERIMENT, "model": clusters.model(tmp_path, "kill_head")}
    done = gridloom("run", write(**given, executor=RAY), "-p", clusters.PLUGIN)
    assert (done.returncode, done.stderr) == (
        4,
        (
            "gridloom: made: the connection to Ray, the cluster of this machine, is lost: its head no longer answers; finished fits are kept; rerun the command to resume\n"
        ),
    )
    resumed = gridloom("run", write(**given), "-p", clusters.PLUGIN)
    assert resumed.returncode == 0
    assert " from the journal" in resumed.stdout
    assert clusters.made(tmp_path / "runs" / "made") == clusters.made_by_loky(gridloom, write)


def test_after_ctrl_c_nothing_is_left(write, tmp_path):
    given = {**clusters.EXPERIMENT, "model": clusters.model(tmp_path, "nap"), "executor": RAY}
    process = clusters.command_line(tmp_path, "run", write(**given), "-p", clusters.PLUGIN, "--n-jobs", 1)
    pids = clusters.read_when_there(tmp_path / "mark")
    assert ours(process.pid)
    clusters.ctrl_c(process)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.startswith("gridloom: stopped: ")
    assert len(errors.splitlines()) == 1
    assert not ours(process.pid)
    assert not any(map(clusters.is_alive, pids))


KILLED = """
import os, sys, time
from gridloom_plugins.executors.on_ray import cluster as ray_cluster

with ray_cluster.opened(1, {}) as session:
    pid = session.submit(os.getpid).result()
    session.submit(time.sleep, 60)
    print(pid, flush=True)
    time.sleep(60)
"""


def test_when_the_process_is_killed_its_ray_ends_and_leaves_nothing(tmp_path):
    with clusters.script(tmp_path, KILLED) as process:
        pid = int(process.stdout.readline())
        assert ours(process.pid)
        process.kill()
    clusters.wait_until(lambda: not ours(process.pid) and not clusters.is_alive(pid))


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1"])
def test_where_nothing_listens_at_the_address_this_is_said(address):
    said = rf"^there is no Ray cluster at the address '{address}': Connection refused$"
    with pytest.raises(StopRun, match=said), ray_cluster.opened(1, {}, address=address):
        pass


def test_without_the_package_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(ray_cluster, "find_spec", lambda _: None)
    said = r"^the executor 'ray' needs Ray: pip install 'gridloom\[ray\]'$"
    with pytest.raises(StopRun, match=said), ray_cluster.opened(1, {}):
        pass
