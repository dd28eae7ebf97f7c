"""Every check of the contract of executors fails for an executor that breaks it."""

from __future__ import annotations

import inspect

import pytest

from contracts.breaking import Bad, checks_of, held_against
from gridloom.testing import ExecutorContract, executors

THREADS = """
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextlib import contextmanager

class Session:
    '''Threads of this process that do calls.'''

    def __init__(self, count=2):
        self.pool = ThreadPoolExecutor(count)

    def submit(self, call, *args):
        return self.pool.submit(call, *args)

@gridloom.hookimpl
def gridloom_executors():
    yield gridloom.Executor("bad", "Bad.", opened)

@contextmanager
def opened(count, environment):
    session = made(count)
    try:
        yield session
    finally:
        session.pool.shutdown(wait=False)

def made(count):
    return Session(count or 2)
"""
SYNCHRONOUS = """
class Synchronous(Session):
    def submit(self, call, *args):
        future = Future()
        future.set_result(call(*args))
        return future

def made(count):
    return Synchronous()
"""
WRAPS = """
class Wraps(Session):
    def submit(self, call, *args):
        return self.pool.submit(self._do, call, args)

    def _do(self, call, args):
        try:
            return call(*args)
        except Exception as error:
            raise RuntimeError(str(error)) from error

def made(count):
    return Wraps()
"""
ONE_THREAD = "made = lambda count: Session(1)"
NO_CAPACITY = "Session.capacity = lambda self: 0"
NO_ENVIRONMENT = """
class Elsewhere(Session):
    def submit(self, call, *args):
        if "gethostname" in str(args):
            call = lambda text: ("elsewhere", 1)
        return self.pool.submit(call, *args)

def made(count):
    return Elsewhere()
"""
LOST = """
class Lost(Session):
    def submit(self, call, *args):
        future = Future()
        future.set_exception(ConnectionError("a worker is lost"))
        return future

def made(count):
    return Lost()
"""
SWALLOWS = """
@contextmanager
def opened(count, environment):
    try:
        yield made(count)
    except KeyboardInterrupt:
        pass
"""
STOPS = """
@contextmanager
def opened(count, environment):
    raise gridloom.StopRun("there is no cluster")
    yield
"""

BAD = {
    "test_a_call_is_handed_in_at_once_and_comes_back": [Bad(SYNCHRONOUS, "submit blocks until the call is done")],
    "test_what_a_call_raises_ends_its_future_and_no_other": [Bad(WRAPS, "ends with RuntimeError")],
    "test_calls_are_done_side_by_side": [
        Bad(ONE_THREAD, "2 calls take 2.. times as long as one", attributes={"seconds": 0.7})
    ],
    "test_its_capacity_is_a_number_of_calls": [Bad(NO_CAPACITY, r"capacity\(\) is 0")],
    "test_workers_are_other_processes_with_the_environment": [
        Bad("", "a call runs in this process"),
        Bad(NO_ENVIRONMENT, "a worker lacks the environment"),
    ],
    "test_a_shared_value_arrives_as_it_is": [Bad("", "what one call writes into a shared array")],
    "test_the_death_of_a_worker_ends_its_call_alone": [Bad(LOST, "ends with ConnectionError")],
    "test_left_normally_it_waits_for_what_runs": [Bad("", "does not wait for its calls")],
    "test_left_by_an_exception_it_ends_its_workers": [
        Bad(SWALLOWS, "swallows the exception"),
        Bad("", "exited with Ctrl-C, but its process"),
    ],
    "test_dropped_it_ends_its_workers": [Bad("", "was dropped, but its process")],
    "test_a_real_run_has_the_table_of_any_other": [Bad(STOPS, "there is no cluster", error=Exception)],
}


@pytest.mark.parametrize(("check", "bad"), [(check, bad) for check, found in BAD.items() for bad in found])
def test_the_check_fails(check, bad, tmp_path, monkeypatch):
    monkeypatch.setattr(executors, "NAP", 0.2)
    monkeypatch.setattr(executors, "SOON", 0.5)
    monkeypatch.setattr(executors, "FOR_EVER", 0.2)
    contract = held_against(
        ExecutorContract, inspect.cleandoc(THREADS) + "\n" + inspect.cleandoc(bad.text), tmp_path, **bad.attributes
    )
    method = getattr(contract, check)
    if "tmp_path" in (wanted := inspect.signature(method).parameters):
        with pytest.raises(bad.error, match=bad.message):
            method(tmp_path)
    elif "session" in wanted:
        with contract.open(2, {executors.VARIABLE: "set"}) as session, pytest.raises(bad.error, match=bad.message):
            method(session)
    else:
        with pytest.raises(bad.error, match=bad.message):
            method()


def test_there_is_a_bad_executor_for_every_check():
    assert set(BAD) == checks_of(ExecutorContract)
