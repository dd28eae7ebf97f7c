"""The executor `submitit`: jobs that are processes here, a SLURM that is a few shell scripts, and what is left behind."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from executors import calls, clusters
from gridloom import GridloomError, StopRun
from gridloom.training.lease import end_kept
from gridloom_plugins.executors.on_slurm import commands as slurm_commands
from gridloom_plugins.executors.on_slurm import jobs as submitit_jobs
from gridloom_plugins.executors.on_slurm import session as pilot_session

LOCAL = {"name": "submitit", "cluster": "local", "jobs": 1}


def slurm(folder, **scripts):
    """A SLURM of shell scripts in a folder; returns its PATH."""
    for name, text in {"srun": "exit 0", "sacct": "exit 1", "scancel": "exit 1", **scripts}.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def test_what_sbatch_says_where_it_refuses_is_told(tmp_path, monkeypatch):
    refuses = "echo 'sbatch: error: invalid partition specified: nowhere' >&2; exit 1"
    monkeypatch.setenv("PATH", slurm(tmp_path, sbatch=refuses))
    monkeypatch.chdir(tmp_path)
    opened = submitit_jobs.opened(2, {}, parameters={"partition": "nowhere", "time": 5})
    with opened as session, pytest.raises(StopRun) as stop:
        session.submit(calls.pid).result(10)
    assert str(stop.value) == ("no job can be submitted to slurm: sbatch: error: invalid partition specified: nowhere")


@pytest.mark.parametrize(
    ("says", "ended"),
    [
        ("echo 42 PENDING", None),
        ("echo 41 RUNNING; echo 42 TIMEOUT", "TIMEOUT"),
        ("echo 41 RUNNING", "no longer in the queue"),
        ("echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1", None),
    ],
)
def test_without_accounting_squeue_says_what_has_become_of_a_job(tmp_path, monkeypatch, capfd, says, ended):
    monkeypatch.setenv("PATH", slurm(tmp_path, squeue=says, sacct="echo 'accounting storage is disabled' >&2; exit 1"))
    assert not slurm_commands.has_accounting()
    queue = slurm_commands.Queue()
    assert queue.ended("42", surely=False) == ended
    (tmp_path / "squeue").unlink()
    assert queue.ended("42", surely=False) is None  # it was asked a moment ago
    assert capfd.readouterr() == ("", "")


def test_a_job_of_slurm_has_its_parameters_and_is_cancelled_when_the_session_is_left_by_an_exception(
    tmp_path, monkeypatch
):
    path = slurm(
        tmp_path,
        sbatch="cp $1 given; SLURM_JOB_ID=42 setsid sh $1 >/dev/null 2>&1 & echo $! >group; echo Submitted batch job 42",
        srun='while [ "$1" != --error ]; do shift; done; shift 2; exec "$@"',
        sacct="echo 'JobID|State|NodeList'; echo '42|RUNNING|node1'",
        scancel="echo $1 >cancelled; kill -TERM -- -$(cat group)",
    )
    monkeypatch.setenv("PATH", path)
    monkeypatch.chdir(tmp_path)
    with (
        suppress(KeyboardInterrupt),
        submitit_jobs.opened(1, {}, parameters={"partition": "gpu", "time": 5, "mem_gb": 2}) as session,
    ):
        worker = session.submit(os.getppid).result(60)
        assert signal.SIGUSR2 in session.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result(60)
        session.submit(time.sleep, 60)
        raise KeyboardInterrupt
    given = Path("given").read_text()
    assert all(f"#SBATCH --{said}\n" in given for said in ("partition=gpu", "time=5", "mem=2GB", "job-name=gridloom"))
    assert Path("cancelled").read_text() == "42\n"
    clusters.wait_until(lambda: not clusters.is_alive(worker))
    assert not Path(".gridloom-jobs").exists()


@pytest.mark.slow
def test_a_fit_kills_its_worker_and_the_table_and_the_model_are_those_of_loky(gridloom, write, tmp_path, monkeypatch):
    monkeypatch.setattr(pilot_session, "LOOK_SECONDS", 0.3)
    given = {**clusters.EXPERIMENT, "model": clusters.model(tmp_path, "kill_worker")}
    done = gridloom("run", write(**given, executor=LOCAL), "-p", clusters.PLUGIN)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mark").exists()
    end_kept()
    assert not (tmp_path / ".gridloom-jobs").exists()
    by_jobs = tmp_path / "runs" / "made"
    assert clusters.made(by_jobs) == clusters.made_by_loky(gridloom, write)
    assert b"trained 3.0 2" in (by_jobs / "workers.log").read_bytes()


def test_after_ctrl_c_nothing_is_left(write, tmp_path):
    given = {**clusters.EXPERIMENT, "model": clusters.model(tmp_path, "nap"), "executor": LOCAL}
    process = clusters.command_line(tmp_path, "run", write(**given), "-p", clusters.PLUGIN)
    clusters.read_when_there(tmp_path / "mark")
    clusters.ctrl_c(process)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "gridloom: stopped: 6 of 12 fits are kept in runs/made; rerun the command to resume\n"
    assert not clusters.in_folder(tmp_path)
    assert not (tmp_path / ".gridloom-jobs").exists()


KILLED = """
import os, signal, sys, time
from executors import calls
from gridloom_plugins.executors.on_slurm import jobs as submitit_jobs

submitit_jobs.SILENT_SECONDS = 2.0
with submitit_jobs.opened(1, {}, cluster="local") as session:
    session.submit(calls.nap, "mark")
    time.sleep(60)
"""


def test_when_the_process_is_killed_its_workers_end_and_delete_the_folder(tmp_path):
    with clusters.script(tmp_path, KILLED) as process:
        (pid,) = clusters.read_when_there(tmp_path / "mark")
        process.kill()
    assert is_left(tmp_path, pid)
    clusters.wait_until(lambda: not is_left(tmp_path, pid))


def is_left(tmp_path, pid):
    return clusters.is_alive(pid) or clusters.in_folder(tmp_path) or (tmp_path / ".gridloom-jobs").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"parameters": {"partitoin": "gpu"}}, "unknown parameter 'partitoin'; did you mean 'partition'?"),
        ({"parameters": {"time": "2:00"}}, "the parameter 'time' should be an integer, in minutes, not '2:00'"),
        ({"parameters": {"nodes": 2}}, "a job has one worker, so 'nodes' is not allowed"),
        ({"cluster": "debug"}, "debug"),
        ({"folder": "nowhere"}, "there is no folder"),
    ],
)
def test_what_submitit_would_not_understand_is_refused_at_the_beginning(gridloom, write, options, said):
    done = gridloom("check", write(executor={"name": "submitit", **options}))
    assert done.returncode == 2
    assert said in done.stderr
    assert "small.yaml:" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "the executor 'submitit' needs a number of jobs"),
        ({"jobs": 2, "cluster": "slurm"}, "there is no SLURM on this machine: the command sbatch is not found"),
        (
            {"jobs": 2, "cluster": "local", "parameters": {"qos": "x"}},
            "'qos' has no effect on processes of this machine",
        ),
        (
            {"jobs": 2, "folder": Path("/proc")},
            "jobs cannot receive calls through the folder /proc/.gridloom-jobs: No such file",
        ),
    ],
)
def test_where_there_can_be_no_jobs_this_is_said(options, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GridloomError, match=said), submitit_jobs.opened(None, {}, **options):
        pass
    assert not (tmp_path / ".gridloom-jobs").exists()


def test_without_the_package_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "submitit", None)
    said = r"^the executor 'submitit' needs submitit: pip install 'gridloom\[slurm\]'$"
    with pytest.raises(StopRun, match=said), submitit_jobs.opened(2, {}):
        pass
