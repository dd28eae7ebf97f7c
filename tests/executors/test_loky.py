"""The built-in executor against the protocol: processes that start, die, end and are killed, and large arrays."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, wait
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from executors import calls
from gridloom.training import array_files
from gridloom.training.loky import LOKY


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
    with LOKY.open(1, {"GRIDLOOM_TEST": "set"}) as session:
        yield session


def test_even_one_worker_is_another_process_with_its_environment(session):
    assert session.submit(calls.pid).result() != os.getpid()
    assert session.submit(calls.environment, "GRIDLOOM_TEST").result() == "set"
    assert "GRIDLOOM_TEST" not in os.environ


def test_threads_of_libraries_are_bounded_unless_somebody_says_otherwise(monkeypatch):
    monkeypatch.setenv("MKL_NUM_THREADS", "77")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with LOKY.open(64, {"OPENBLAS_NUM_THREADS": "5"}) as session:
        session.pool._max_workers = 1  # the bounds are those of 64 workers, and one is enough to ask
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        assert [session.submit(calls.environment, name).result() for name in names] == ["1", "5", "77"]


def test_what_a_call_raises_ends_its_future_and_no_other(session):
    failing, fine = session.submit(calls.fail), session.submit(calls.pid)
    assert fine.result()
    with pytest.raises(LookupError, match="a call's own mistake"):
        failing.result()


def test_workers_hear_neither_ctrl_c_nor_sigterm(session):
    assert session.submit(calls.blocked_signals).result() >= {signal.SIGINT, signal.SIGTERM}
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ()) & {signal.SIGINT, signal.SIGTERM}


def test_a_death_breaks_the_futures_in_flight_and_the_session():
    with LOKY.open(2, {}) as session:
        futures = [session.submit(calls.die), session.submit(time.sleep, 60)]
        assert not wait(futures, timeout=60).not_done
        assert all(isinstance(future.exception(), BrokenExecutor) for future in futures)
        with pytest.raises(BrokenExecutor):
            session.submit(calls.pid)


def test_left_normally_workers_end_after_what_they_do():
    with LOKY.open(1, {}) as session:
        pid = session.submit(calls.pid).result()
        last = session.submit(time.sleep, 0.5)
    assert last.result() is None
    assert not is_alive(pid)


@pytest.mark.parametrize("count", [1, 2])
def test_left_by_an_exception_workers_are_killed_at_once(tmp_path, count):
    started = None

    def leave():
        nonlocal started
        with LOKY.open(count, {}) as session:
            for number in range(count):
                session.submit(calls.nap, tmp_path / str(number))
            wait_until(lambda: len(list(tmp_path.iterdir())) == count)
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
        with LOKY.open(1, {}) as session:
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
import numpy, sys, time
from executors import calls
from gridloom.training.lease import lend
from gridloom.training.loky import LOKY

large = numpy.arange(200_000.0)
if __name__ == "__main__":
    with lend(LOKY, 2, {}) as lease:
        print(lease.submit(calls.described, large).result()[1], lease.submit(calls.pid).result(), flush=True)
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
    )
    file, pid = process.stdout.readline().split()
    return process, Path(file), int(pid)


def test_at_exit_nothing_is_left_and_nothing_is_said(tmp_path):
    process, file, pid = started(tmp_path)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 0
    assert not file.exists()
    assert not is_alive(pid)


def test_workers_and_files_go_when_the_process_is_killed(tmp_path):
    process, file, pid = started(tmp_path, "stay")
    assert file.exists()
    process.kill()
    process.communicate()
    wait_until(lambda: not is_alive(pid) and not file.exists())
