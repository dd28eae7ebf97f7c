"""The executor `submitit`: jobs that are threads or processes here, a SLURM that is a few shell scripts, and what is left behind."""

from __future__ import annotations

import os
import pickle
import signal
import stat
import sys
import threading
import time
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from executors import calls, clusters
from gridloom import GridloomError, StopRun
from gridloom.training.lease import end_kept
from gridloom_plugins.executors import pilot, pilot_session, slurm_commands, submitit_jobs
from gridloom_plugins.executors.call_folder import CallFolder
from gridloom_plugins.executors.pilot_session import PilotSession

LOCAL = {"name": "submitit", "cluster": "local", "jobs": 1}


class Threads:
    """Jobs that are threads of this process."""

    def __init__(self, place, *, idle=60.0, patience=5.0):
        self.place, self.idle, self.patience = place, idle, patience
        self.started, self.cancelled, self.states = [], [], {}
        self.refused = ""
        self.is_hopeless = False

    def submit(self):
        if self.refused:
            raise StopRun(self.refused)
        number = str(len(self.started))
        arguments = str(self.place.path), number, self.patience, self.idle
        thread = threading.Thread(target=lambda: self._work(arguments), daemon=True)
        self.started.append(thread)
        if not self.is_hopeless:
            thread.start()
        return number

    def _work(self, arguments):
        with suppress(SystemExit):
            pilot.work(*arguments)

    def id(self, job):
        return job

    def ended(self, job, *, surely=False):
        if self.is_hopeless:
            return "FAILED"
        return self.states.get(job) or (None if self.started[int(job)].is_alive() else "COMPLETED")

    def cancel(self, job):
        self.cancelled.append(job)
        return False

    def last_words(self, job):
        return "No module named 'gridloom_plugins'"


@pytest.fixture
def quick(monkeypatch):
    """Everything is looked at often, and threads are not told of signals."""
    monkeypatch.setattr(pilot_session, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(pilot_session, "LOOK_SECONDS", 0.03)
    monkeypatch.setattr(pilot, "listen", lambda _: None)
    monkeypatch.setattr(pilot, "SHORTEST_NAP", 0.01)


@pytest.fixture
def opened(tmp_path, quick):
    sessions = []

    def opened(limit=1, patience=5.0, **options):
        place = CallFolder.make(tmp_path / "jobs")
        jobs = Threads(place, patience=patience, **options)
        sessions.append(PilotSession(place, jobs, limit, patience))
        return sessions[-1], jobs

    yield opened
    for session in sessions:
        session.kill()


def test_jobs_are_submitted_as_there_are_calls_and_no_more_than_said(opened):
    session, jobs = opened(limit=2)
    assert jobs.started == []
    assert session.submit(int, "7").result(10) == 7
    assert len(jobs.started) == 1
    assert [each.result(10) for each in [session.submit(int, str(number)) for number in range(9)]] == list(range(9))
    assert len(jobs.started) == 2
    with pytest.raises(LookupError, match="a call's own mistake"):
        session.submit(calls.fail).result(10)


def test_a_value_that_is_shared_is_read_once_a_worker(opened):
    session, _ = opened()
    value = session.share([1, 2, 3])
    assert session.submit(id, value).result(10) == session.submit(id, value).result(10)
    assert session.submit(sum, value).result(10) == 6


def test_nobody_else_can_enter_the_folder(opened, tmp_path):
    session, _ = opened()
    for path in (tmp_path / "jobs", session.place.path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    session.place.path.chmod(0o750)
    with pytest.raises(PermissionError, match="open to others"):
        pilot.work(str(session.place.path), "1", 1.0, 1.0)


def test_left_normally_calls_are_done_and_the_folder_is_gone(opened, tmp_path):
    session, _ = opened()
    last = session.submit(time.sleep, 0.1)
    session.end()
    assert last.result(0) is None
    assert not (tmp_path / "jobs").exists()


def test_a_job_that_has_ended_takes_its_call_along_and_another_takes_its_place(opened):
    session, jobs = opened()
    lost, kept = session.submit(time.sleep, 0.5), session.submit(int, "7")
    clusters.wait_until(session.place.claims)
    time.sleep(0.05)
    jobs.states["0"] = "TIMEOUT"
    with pytest.raises(BrokenExecutor, match=r"^the job 0 has ended \(TIMEOUT\)$"):
        lost.result(10)
    assert kept.result(10) == 7
    assert len(jobs.started) == 2


def test_a_worker_that_gives_no_sign_is_dead_and_its_job_is_cancelled(opened, monkeypatch):
    monkeypatch.setattr(pilot, "_give_signs", lambda *_: None)
    session, jobs = opened(patience=0.1)
    monkeypatch.setattr(jobs, "patience", 5.0)
    with pytest.raises(BrokenExecutor, match=r"^the job 0 has ended \(no sign of life for 0.1 s\)$"):
        session.submit(time.sleep, 0.5).result(10)
    assert jobs.cancelled == ["0"]


def test_a_job_that_had_nothing_to_do_for_long_ends_and_another_comes_when_there_are_calls(opened):
    session, jobs = opened(idle=0.02)
    assert session.submit(int, "7").result(10) == 7
    clusters.wait_until(lambda: not jobs.started[0].is_alive())
    assert session.submit(int, "8").result(10) == 8
    assert len(jobs.started) == 2


def test_a_job_that_cannot_start_stops_the_run_with_what_it_printed(opened):
    session, jobs = opened()
    jobs.is_hopeless = True
    with pytest.raises(StopRun) as stop:
        session.submit(int, "7").result(10)
    assert str(stop.value) == (
        "the job 0 has ended (FAILED) before its worker had started: No module named 'gridloom_plugins'; "
        "what is finished is kept; rerun the command to resume"
    )
    with pytest.raises(StopRun):
        session.submit(int, "7")


def test_workers_end_when_their_session_gives_no_sign_and_delete_the_folder(quick, tmp_path):
    place = CallFolder.make(tmp_path / "jobs")
    place.give_sign(0, "open")
    with pytest.raises(SystemExit):
        pilot.work(str(place.path), "1", 0.1, 60.0)
    assert not (tmp_path / "jobs").exists()


def test_what_a_process_has_left_that_was_killed_is_deleted_by_the_next(tmp_path, monkeypatch):
    old, process = CallFolder.make(tmp_path), os.getpid()
    mine = CallFolder.make(tmp_path)
    old.path.rename(left := tmp_path / old.path.name.replace(f"-{process}-", "-999999999-"))
    CallFolder.make(tmp_path)
    assert mine.path.exists()
    assert not left.exists()


def slurm(folder, **scripts):
    """A SLURM of shell scripts in a folder; returns its PATH."""
    for name, text in {"srun": "exit 0", "sacct": "exit 1", "scancel": "exit 1", **scripts}.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def test_what_sbatch_says_where_it_refuses_is_told(tmp_path, monkeypatch, capfd):
    refuses = "echo 'sbatch: error: invalid partition specified: nowhere' >&2; exit 1"
    monkeypatch.setenv("PATH", slurm(tmp_path, sbatch=refuses))
    monkeypatch.chdir(tmp_path)
    opened = submitit_jobs.opened(2, {}, parameters={"partition": "nowhere", "time": 5})
    with opened as session, pytest.raises(StopRun) as stop:
        session.submit(calls.pid).result(10)
    assert str(stop.value) == ("no job can be submitted to slurm: sbatch: error: invalid partition specified: nowhere")
    assert capfd.readouterr().err == ""


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


def test_where_the_jobs_are_lost_the_run_is_resumed_on_this_machine(gridloom, write, tmp_path, monkeypatch, quick):
    monkeypatch.setattr(submitit_jobs, "_Submitit", lambda _, __, place, ___: Threads(place))
    given = {**clusters.EXPERIMENT, "model": clusters.model(tmp_path, "delete_folder")}
    done = gridloom("run", write(**given, executor=LOCAL), "-p", clusters.PLUGIN)
    assert done.returncode == 2
    before, _, said = done.stderr.partition("/.gridloom-jobs/")
    assert before == f"gridloom: made: jobs cannot get calls by the folder {tmp_path}"
    assert said.partition(": ")[2] == (
        "it was deleted, by somebody or by workers that this process gave no sign of life; what is finished is kept; "
        "rerun the command to resume\n"
    )
    resumed = gridloom("run", write(**given), "-p", clusters.PLUGIN)
    assert "6 from the journal" in resumed.stdout
    assert clusters.made(tmp_path / "runs" / "made") == clusters.made_by_loky(gridloom, write)


def test_after_ctrl_c_nothing_is_left(write, tmp_path):
    given = {**clusters.EXPERIMENT, "model": clusters.model(tmp_path, "nap"), "executor": LOCAL}
    process = clusters.command_line(tmp_path, "run", write(**given), "-p", clusters.PLUGIN)
    clusters.read_when_there(tmp_path / "mark")
    clusters.ctrl_c(process)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "gridloom: stopped: 6 of 12 fits are kept in runs/made; run the same again to go on\n"
    assert not clusters.in_folder(tmp_path)
    assert not (tmp_path / ".gridloom-jobs").exists()


KILLED = """
import os, signal, sys, time
from executors import calls
from gridloom_plugins.executors import submitit_jobs

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
        ({"parameters": {"nodes": 2}}, "a job has one worker, so 'nodes' has no place here"),
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
        ({}, "the executor 'submitit' does not know how many jobs to submit"),
        ({"jobs": 2, "cluster": "slurm"}, "there is no SLURM on this machine: the command sbatch is not found"),
        (
            {"jobs": 2, "cluster": "local", "parameters": {"qos": "x"}},
            "'qos' means nothing to processes of this machine",
        ),
        (
            {"jobs": 2, "folder": Path("/proc")},
            "jobs cannot get calls by the folder /proc/.gridloom-jobs: No such file",
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


def test_a_signal_that_time_is_nearly_over_lets_the_worker_finish_its_call(tmp_path, monkeypatch):
    place = CallFolder.make(tmp_path)
    place.give_sign(0, "open")
    for number in range(2):
        place.put("calls", str(number), pickle.dumps((os.kill, os.getpid(), signal.SIGUSR2)))
    handlers = {number: signal.getsignal(number) for number in (signal.SIGUSR2, signal.SIGTERM, signal.SIGINT)}
    try:
        pilot.work(str(place.path), "1", 5.0, 60.0)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR2})
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert (place.names("answers"), place.names("calls")) == (["0"], ["1"])
