"""Locks: one process at a time, and none that outlives its process."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from gridloom.errors import RunRefused, StorageError
from gridloom.runs.lock import RunLock
from journal.journals import python


def test_a_second_lock_is_refused_until_the_first_is_released(tmp_path):
    first = RunLock(tmp_path / "lock")
    with pytest.raises(RunRefused) as caught:
        RunLock(tmp_path / "lock")
    assert str(caught.value) == f"another process is running in {tmp_path}; wait for it, or use --out"
    first.release()
    RunLock(tmp_path / "lock").release()


def test_a_lock_of_another_process_is_refused_until_that_process_is_killed(tmp_path):
    script = """if True:
        import sys, time
        from pathlib import Path
        from gridloom.runs.lock import RunLock
        lock = RunLock(Path(sys.argv[1]))
        print("locked", flush=True)
        time.sleep(60)
    """
    process = python(script, tmp_path / "lock")
    try:
        assert process.stdout.readline() == "locked\n"
        with pytest.raises(RunRefused, match="another process is running"):
            RunLock(tmp_path / "lock")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
    RunLock(tmp_path / "lock").release()


@pytest.mark.parametrize(("make", "kind"), [(Path.mkdir, "a folder"), (os.mkfifo, "a pipe")])
def test_a_lock_that_is_no_file_is_told_by_path(tmp_path, make, kind):
    make(path := tmp_path / "lock")
    with pytest.raises(StorageError, match=f"^{path} is {kind}, not the lock of a run; delete it$"):
        RunLock(path)


def test_a_lock_that_cannot_be_taken_is_told_by_path(tmp_path):
    path = tmp_path / "lock"
    path.write_bytes(b"not a database, " * 500)
    with pytest.raises(StorageError, match=f"^{path} cannot be locked: "):
        RunLock(path)
