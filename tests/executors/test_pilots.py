"""Workers that take calls from a folder, and the session that writes them there; the jobs are threads here."""

from __future__ import annotations

import os
import pickle
import signal
import stat
import threading
import time
from concurrent.futures import BrokenExecutor
from contextlib import suppress

import pytest

from executors import clusters
from gridloom import StopRun
from gridloom_plugins.executors.on_slurm import jobs as submitit_jobs
from gridloom_plugins.executors.on_slurm import pilot
from gridloom_plugins.executors.on_slurm import session as pilot_session
from gridloom_plugins.executors.on_slurm.call_folder import CallFolder
from gridloom_plugins.executors.on_slurm.session import PilotSession


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
    with pytest.raises(ValueError, match="invalid literal"):
        session.submit(int, "x").result(10)


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
    with pytest.raises(PermissionError, match="accessible to others"):
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


def test_a_call_of_a_worker_that_was_taken_for_dead_too_early_is_not_waited_for(opened, monkeypatch):
    session, jobs = opened(patience=0.1)
    for name, answer in {"submit": "1", "ended": None, "cancel": True}.items():
        monkeypatch.setattr(jobs, name, lambda *_, answer=answer, **__: answer)
    future = session.submit(int, "7")
    assert session.place.claim("0.late") is not None
    with pytest.raises(BrokenExecutor, match=r"^the job 0 was given up$"):
        future.result(10)


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
        "finished fits are kept; rerun the command to resume"
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


def test_where_the_jobs_are_lost_the_run_is_resumed_on_this_machine(gridloom, write, tmp_path, monkeypatch, quick):
    monkeypatch.setattr(submitit_jobs, "_Submitit", lambda _, __, place, ___: Threads(place))
    given = {**clusters.EXPERIMENT, "model": clusters.model(tmp_path, "delete_folder")}
    done = gridloom(
        "run", write(**given, executor={"name": "submitit", "cluster": "local", "jobs": 1}), "-p", clusters.PLUGIN
    )
    assert done.returncode == 4
    before, _, said = done.stderr.partition("/.gridloom-jobs/")
    assert before == f"gridloom: made: jobs cannot receive calls through the folder {tmp_path}"
    assert said.partition(": ")[2] == (
        "it was deleted, by someone or by workers that received no sign of life from this process; finished fits are kept; rerun the command to resume\n"
    )
    resumed = gridloom("run", write(**given), "-p", clusters.PLUGIN)
    assert "6 from the journal" in resumed.stdout
    assert clusters.made(tmp_path / "runs" / "made") == clusters.made_by_loky(gridloom, write)


def test_a_signal_that_time_is_nearly_over_lets_the_worker_finish_its_call(tmp_path, monkeypatch):
    place = CallFolder.make(tmp_path)
    place.give_sign(0, "open")
    told = f"__import__('os').kill({os.getpid()}, {int(signal.SIGUSR2)}) or __import__('time').sleep(0.2)"
    for number in range(2):
        place.put("calls", str(number), pickle.dumps((eval, told)))
    handlers = {number: signal.getsignal(number) for number in (signal.SIGUSR2, signal.SIGTERM, signal.SIGINT)}
    try:
        pilot.work(str(place.path), "1", 5.0, 60.0)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR2})
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert (place.names("answers"), place.names("calls")) == (["0"], ["1"])
