"""The contract of executors: calls come back, workers die alone, and none is left when a session is."""

from __future__ import annotations

import gc
import operator
import os
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Future, wait
from contextlib import AbstractContextManager, suppress
from functools import lru_cache
from pathlib import Path
from socket import gethostname
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest

from gridloom.core.session import Session, shared
from gridloom.registry.records import Executor
from gridloom.runs.runner import run_experiment
from gridloom.testing.contract import HEAVY, Contract
from gridloom.testing.experiments import read_tiny
from gridloom.training.executing import open_processes

WORKERS = 2
VARIABLE = "GRIDLOOM_CONTRACT"
NAP = 1.0
"""How long calls take that are to be found running, in seconds."""

FOR_EVER = 600
SOON = 15.0
"""How long it may take until a session is left by an exception, and until its workers are gone then, in seconds."""

DEATHS = ("__import__('os')._exit(1)", "__import__('os').kill(__import__('os').getpid(), 9)")
"""What kills the process that evaluates it: as an error in C does, and as the system where memory runs out."""

PLACE = "(__import__('socket').gethostname(), __import__('os').getpid())"
IMPORTED = "{name.partition('.')[0] for name in __import__('sys').modules}"


class ExecutorContract(Contract):
    """Inherit to test an executor: its calls, deaths of its workers, exits of its sessions, and a real run.

    - `seconds`: how long it may take until a worker has started and finished a call.

    Calls are functions of the standard library, so workers need no imports for them; one check needs NumPy, and the run
    needs scikit-learn.
    """

    kind = Executor
    seconds: ClassVar[float] = 60.0

    def open(self, count: int | None, environment: Mapping[str, str]) -> AbstractContextManager[Session]:
        """A session with the options of the contract."""
        opened: AbstractContextManager[Session] = self.record.open(count, environment, **self.bound.options)
        return opened

    @pytest.fixture(scope="class")
    @classmethod
    def session(cls) -> Iterator[Session]:
        """A session that several checks share, none of which kills a worker."""
        with cls().open(WORKERS, {VARIABLE: "set"}) as session:
            yield session

    def test_a_call_is_handed_in_at_once_and_comes_back(self, session: Session) -> None:
        """`submit` does not block; the future is from `concurrent.futures` and gets the result of the call."""
        future = session.submit(time.sleep, NAP)
        assert isinstance(future, Future), f"submit returns {type(future).__name__}, not a concurrent.futures.Future"
        assert not future.done(), "submit blocks until the call is done"
        assert future.result(self.seconds) is None
        assert session.submit(divmod, 7, 2).result(self.seconds) == (3, 1)

    def test_what_a_call_raises_ends_its_future_and_no_other(self, session: Session) -> None:
        """The future raises the same error; a parallel call returns."""
        failing, fine = session.submit(int, "a call's mistake"), session.submit(divmod, 7, 2)
        error = failing.exception(self.seconds)
        assert type(error) is ValueError, f"a call that raises ValueError ends with {error!r}"
        assert "a call's mistake" in str(error), f"the message of an error that a call raises is lost: {error}"
        assert fine.result(self.seconds) == (3, 1)

    def test_calls_are_done_side_by_side(self, session: Session) -> None:
        """As many as the session was opened for, unless it reports fewer workers."""
        count = min(WORKERS, _capacity(session) or WORKERS)
        ends = time.monotonic() + self.seconds
        while count > 1 and (took := self._nap(session, count)) >= 0.9 * count * NAP:  # workers may yet have to start
            assert time.monotonic() < ends, f"{count} calls take {took / NAP:.1f} times as long as one"

    def test_its_capacity_is_a_number_of_calls(self, session: Session) -> None:
        """If there is a method `capacity`, it returns a whole number, at least 1 once a call has returned."""
        session.submit(divmod, 7, 2).result(self.seconds)
        found = _capacity(session)
        is_number = isinstance(found, int) and not isinstance(found, bool) and found > 0
        assert found is None or is_number, f"capacity() is {found!r} while there is a worker"

    def test_workers_are_other_processes_with_the_environment(self, session: Session) -> None:
        """No call runs in this process, and variables are set before a worker imports anything that reads them."""
        place, imported = self._asked(session, PLACE), self._asked(session, IMPORTED)
        assert place != (gethostname(), os.getpid()), "a call runs in this process"
        assert session.submit(os.getenv, VARIABLE).result(self.seconds) == "set", "a worker lacks the environment"
        assert VARIABLE not in os.environ, "the environment of workers is set in this process"
        heavy = ", ".join(sorted(HEAVY & imported))
        assert not heavy, f"a worker has imported {heavy} before it was asked to: was that with the environment?"

    def test_a_shared_value_arrives_as_it_is(self, session: Session) -> None:
        """Arrays of 2 MB are equal in every call, and read-only or copies: no other call sees what a call writes."""
        import numpy as np

        array: Any = np.arange(250_000.0)
        handle, right = shared(session, array), zlib.crc32(array)
        assert self._sums(session, handle) == {right}, "a shared array arrives with different numbers"
        with suppress(ValueError):  # it is read-only
            session.submit(operator.setitem, handle, 0, 1.0).result(self.seconds)
        assert self._sums(session, handle) == {right}, "other calls see what one call writes into a shared array"
        assert zlib.crc32(array) == right, "this process sees what a call writes into a shared array"

    def test_the_death_of_a_worker_ends_its_call_alone(self) -> None:
        """Its future gets BrokenExecutor. The next call succeeds, if need be in another session."""
        with self.open(1, {}) as session:
            for death in DEATHS:
                error = self._submitted(session, death).exception(self.seconds)
                assert isinstance(error, BrokenExecutor), f"the call whose worker died ends with {error!r}"
                try:
                    assert session.submit(divmod, 7, 2).result(self.seconds) == (3, 1)
                except BrokenExecutor:
                    break
            else:
                return
        with self.open(1, {}) as another:
            assert another.submit(divmod, 7, 2).result(self.seconds) == (3, 1)

    def test_left_normally_it_waits_for_what_runs(self) -> None:
        """Submitted calls are finished first.

        Workers end, unless they are on other machines, where they may wait for another session. The number of workers may
        be open, with a count of None.
        """
        with self.open(None, {}) as session:
            _, pid = self._asked(session, PLACE)
            future = session.submit(time.sleep, NAP / 2)
        assert future.done(), "a session that exits normally does not wait for its calls"
        assert future.result(0) is None
        assert self.record.far or _ends(pid), f"a session exited, but its process {pid} is still alive"

    def test_left_by_an_exception_it_ends_its_workers(self, tmp_path: Path) -> None:
        """Including Ctrl-C: it is raised within seconds, and the processes are gone soon after."""
        came, began = False, 0.0
        try:
            with self.open(1, {}) as session:
                pid = self._busy(session, tmp_path / "mark")
                began = time.monotonic()
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            came = True
        assert came, "a session swallows the exception with which it exits"
        took = time.monotonic() - began
        assert took < SOON, f"a session that exits with Ctrl-C takes {took:.0f} seconds: it waits for its calls"
        assert _ends(pid), f"a session exited with Ctrl-C, but its process {pid} is still alive"

    def test_dropped_it_ends_its_workers(self, tmp_path: Path) -> None:
        """A session that is garbage-collected counts as exited with an exception."""
        opened = self.open(1, {})
        pid = self._busy(opened.__enter__(), tmp_path / "mark")
        del opened
        gc.collect()
        assert _ends(pid), f"a session was dropped, but its process {pid} is still alive"

    def test_a_real_run_has_the_table_of_any_other(self, tmp_path: Path) -> None:
        """An experiment with scikit-learn writes the same `results.csv`, byte for byte, as with `loky`."""
        if self.record.open is open_processes:
            return
        found = table_of(tmp_path, self.selection, *self.plugins)
        assert found == loky_table(), "its table differs from that of loky"

    def _nap(self, session: Session, count: int) -> float:
        """How many seconds it takes until so many calls that sleep have come back."""
        began = time.monotonic()
        done, late = wait([session.submit(time.sleep, NAP) for _ in range(count)], self.seconds)
        assert not late, f"{len(done)} of {count} calls that sleep for {NAP} seconds are done after {self.seconds}"
        return time.monotonic() - began

    def _submitted(self, session: Session, text: str) -> Future[Any]:
        """The future of an expression that a worker evaluates."""
        submit: Callable[..., Future[Any]] = session.submit
        return submit(eval, text)

    def _asked(self, session: Session, text: str) -> Any:
        """What a worker finds an expression to be."""
        return self._submitted(session, text).result(self.seconds)

    def _sums(self, session: Session, handle: Any) -> set[int]:
        """The checksums that a shared array has in several calls."""
        futures = [session.submit(zlib.crc32, handle) for _ in range(2 * WORKERS)]
        return {future.result(self.seconds) for future in futures}

    def _busy(self, session: Session, mark: Path) -> int | None:
        """The process that has begun to do a call which takes for ever; None where it is on another machine."""
        host, _ = self._asked(session, PLACE)
        note = f"__import__('pathlib').Path({str(mark)!r}).write_text(str(__import__('os').getpid()))"
        if host != gethostname():
            session.submit(time.sleep, FOR_EVER)
            return None
        self._submitted(session, f"{note} and __import__('time').sleep({FOR_EVER})")
        ends = time.monotonic() + self.seconds
        while not (mark.is_file() and mark.read_text()):
            assert time.monotonic() < ends, "a call does not start"
            time.sleep(0.05)
        return int(mark.read_text())


def table_of(folder: Path, executor: Mapping[str, Any], *plugins: str) -> bytes:
    """The table of a tiny experiment that this executor trains; its run is in the folder, under `by/NAME`."""
    experiment = read_tiny(folder, *plugins, executor=dict(executor), reporters=["csv"])
    out = folder / "by" / experiment.executor.name if experiment.executor else folder
    return (run_experiment(experiment, n_jobs=1, out=out).folder / "results.csv").read_bytes()


@lru_cache(maxsize=1)
def loky_table() -> bytes:
    """The same, by processes of this machine; it is trained once."""
    with TemporaryDirectory() as folder:
        return table_of(Path(folder), {"name": "loky"})


def _capacity(session: Session) -> Any:
    """What the session says of its capacity; None where it says nothing."""
    found: Callable[[], Any] | None = getattr(session, "capacity", None)
    return None if found is None else found()


def _ends(pid: int | None) -> bool:
    """Whether a process of this machine, if it is one, ends soon."""
    ends = time.monotonic() + SOON
    while pid is not None and _lives(pid):
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


def _lives(pid: int) -> bool:
    """Whether there is such a process; one that has ended, and that its parent has not looked at since, is gone."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # it has ended meanwhile, or the system has no such files
        return not Path("/proc/self").exists()
