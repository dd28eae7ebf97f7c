"""The built-in executor beyond what its contract checks: processes that start, die, end and are killed, and large arrays."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from executors import calls
from gridloom.training import array_files, belongings, loky
from gridloom.training.executing import LOCAL


def is_alive(pid):
    """Whether there is such a process that has not ended."""
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def wait_until(condition, seconds=20):
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it does not come about"
        time.sleep(0.02)


@pytest.fixture
def session():
    with LOCAL.open(1, {}) as session:
        yield session


def test_threads_of_libraries_are_bounded_unless_somebody_says_otherwise(monkeypatch):
    monkeypatch.setenv("MKL_NUM_THREADS", "77")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with LOCAL.open(64, {"OPENBLAS_NUM_THREADS": "5"}) as session:
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        assert [session.submit(calls.environment, name).result() for name in names] == ["1", "5", "77"]


def test_workers_hear_neither_ctrl_c_nor_sigterm(session):
    assert session.submit(calls.blocked_signals).result() >= {signal.SIGINT, signal.SIGTERM}
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ()) & {signal.SIGINT, signal.SIGTERM}


def test_a_death_breaks_the_future_of_its_call_alone_and_another_worker_takes_its_place():
    with LOCAL.open(2, {}) as session:
        one, other = session.submit(calls.die), session.submit(calls.slow_pid)
        assert isinstance(one.exception(timeout=60), BrokenExecutor)
        new = session.submit(calls.pid)
        assert other.result(timeout=60) not in (os.getpid(), new.result(timeout=60))


def test_a_worker_that_dies_while_it_has_nothing_to_do_is_replaced(session):
    first = session.submit(calls.pid).result()
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not is_alive(first))
    assert session.submit(calls.pid).result() != first


@pytest.mark.parametrize("leave", [calls.leave_a_thread, calls.leave_an_exit_handler, calls.leave_a_child])
def test_what_a_call_leaves_running_does_not_outlive_its_worker(leave, monkeypatch, tmp_path):
    monkeypatch.setattr(loky, "EXIT_SECONDS", 0.5)
    with LOCAL.open(1, {}) as session:
        pids = session.submit(leave).result()
    wait_until(lambda: not any(map(is_alive, pids)))


def test_a_death_is_noticed_though_a_child_of_the_call_lives_on(session, tmp_path):
    future = session.submit(calls.leave_a_child_and_die, tmp_path / "child")
    assert isinstance(future.exception(timeout=60), BrokenExecutor)
    wait_until(lambda: not is_alive(int((tmp_path / "child").read_text())))


def test_left_by_an_exception_all_workers_are_killed_at_once(tmp_path):
    started = None

    def leave():
        nonlocal started
        with LOCAL.open(2, {}) as session:
            for number in range(2):
                session.submit(calls.nap, tmp_path / str(number))
            wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
            started = time.monotonic()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        leave()
    assert time.monotonic() - started < 10
    assert not any(is_alive(int(mark.read_text())) for mark in tmp_path.iterdir())


def test_small_arrays_travel_by_value_and_large_ones_by_a_file_that_is_written_once(session):
    small, large = np.arange(10.0), np.arange(200_000.0)
    assert session.submit(calls.described, small).result() == ("ndarray", None, True, 45.0)
    kind, file, is_writable, total = session.submit(calls.described, large).result()
    assert (kind, is_writable, total) == ("memmap", False, large.sum())
    assert session.submit(calls.described, large).result()[1] == file
    assert Path(file).stat().st_mode & 0o77 == 0


def test_another_session_reads_the_same_file_and_it_goes_with_the_array():
    large = np.asfortranarray(np.arange(400_000).reshape(2, -1))
    files = []
    for _ in range(2):
        with LOCAL.open(1, {}) as session:
            files.append(session.submit(calls.described, large).result()[1])
    assert files[0] == files[1]
    assert Path(files[0]).exists()
    del large
    gc.collect()
    assert not Path(files[0]).exists()


def test_results_are_arrays_of_ones_own(session):
    doubled = session.submit(calls.doubled, np.arange(200_000.0)).result()
    assert type(doubled) is np.ndarray
    assert doubled.flags.writeable


def test_an_array_that_is_itself_mapped_from_a_file_travels(session, tmp_path):
    np.save(tmp_path / "a.npy", np.arange(200_000.0))
    mapped = np.load(tmp_path / "a.npy", mmap_mode="r")
    for array in (mapped, mapped[:10]):
        assert session.submit(calls.described, array).result()[3] == array.sum()


def test_where_there_is_no_room_for_the_file_the_array_is_sent(session, monkeypatch, tmp_path):
    monkeypatch.setattr(array_files, "_folder", lambda _: str(tmp_path / "missing"))
    large = np.arange(200_000.0)
    assert session.submit(calls.described, large).result() == ("ndarray", None, True, large.sum())


KEPT = """
import numpy, os, signal, sys, time
from executors import calls
from gridloom.training import loky
from gridloom.training.lease import lend
from gridloom.training.executing import LOCAL

large = numpy.arange(200_000.0)
if __name__ == "__main__":
    with lend(LOCAL, 2, {}) as lease:
        print(lease.submit(calls.described, large).result()[1], lease._session.submit(calls.pid).result(), flush=True)
        if "busy" in sys.argv:
            loky.EXIT_SECONDS = 0.5
            lease._session.submit(calls.leave_a_thread).result()
        if "in C" in sys.argv:
            lease._session.submit(calls.hold_the_interpreter)
            time.sleep(1)
            os.kill(os.getpid(), signal.SIGKILL)
    if "stay" in sys.argv:
        time.sleep(60)
"""


def started(tmp_path, *arguments):
    """A process that keeps two idle workers and a large array, with the file of the array and a worker's pid."""
    (tmp_path / "keeps.py").write_text(KEPT)
    path = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])
    process = subprocess.Popen(
        [sys.executable, "-W", "error", tmp_path / "keeps.py", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,
    )
    file, pid = process.stdout.readline().split()
    return process, Path(file), int(pid)


def test_at_exit_nothing_is_left_and_nothing_is_said(tmp_path):
    process, file, pid = started(tmp_path)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 0
    assert not file.exists()
    assert not is_alive(pid)


def test_at_exit_nobody_waits_for_what_a_call_has_left_running(tmp_path):
    process, file, pid = started(tmp_path, "busy")
    assert process.communicate(timeout=60) == ("", "")  # a thread of the worker goes on for a minute
    assert process.returncode == 0
    assert not file.exists()
    assert not is_alive(pid)


def test_workers_and_files_go_when_the_process_is_killed(tmp_path):
    process, file, pid = started(tmp_path, "stay")
    assert file.exists()
    process.kill()
    process.communicate()
    wait_until(lambda: not is_alive(pid) and not file.exists())


def test_a_worker_that_never_comes_back_to_python_goes_with_a_process_that_is_killed(tmp_path):
    process, _, pid = started(tmp_path, "in C")
    process.communicate(timeout=60)
    wait_until(lambda: not is_alive(pid))


@pytest.mark.skipif(sys.platform != "linux", reason="names tell their owner on Linux alone")
def test_a_run_with_nothing_left_to_train_deletes_what_dead_ones_have_left(gridloom, finished):
    finished()
    namespace = belongings.owner().split("-")[1]
    left = Path(belongings.SHARED_MEMORY) / f"sem.gridloom-{namespace}-{os.getpid()}-1-left"  # began in another tick
    left.touch()
    assert gridloom("run", "small.yaml").returncode == 0
    assert not left.exists()


def test_what_a_process_leaves_that_is_killed_with_all_its_helpers_is_deleted_by_the_next(tmp_path):
    process, file, pid = started(tmp_path, "stay")
    left = [path for path in Path(belongings.SHARED_MEMORY).iterdir() if f"-{process.pid}-" in path.name]
    assert file in left
    assert len(left) > 1
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    wait_until(lambda: not is_alive(pid))  # from now on, any run that begins elsewhere may delete them
    mine = [path for path in Path(belongings.SHARED_MEMORY).iterdir() if belongings.owner() in path.name]
    belongings.sweep()
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in mine)
