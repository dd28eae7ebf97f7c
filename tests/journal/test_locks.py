"""Locks: one process at a time, and none that outlives its process."""

from __future__ import annotations

import os
import signal

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


@pytest.mark.parametrize("content", [b"not a database, " * 500, None])
def test_a_lock_that_cannot_be_taken_is_told_by_path(tmp_path, content):
    path = tmp_path / "lock"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(StorageError, match=f"^{path} cannot be locked: "):
        RunLock(path)
