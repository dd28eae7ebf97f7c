"""The limit of time of a fit: whatever hangs is ended, fails alone, and is trained again when the limit is raised."""

from __future__ import annotations

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from executors import calls
from executors.fakes import batches_of, fits, scores_of
from executors.test_loky import is_alive, wait_until
from gridloom import FarSession, FitResult
from gridloom.errors import StopRun
from gridloom.experiment.stopping import duration_text, seconds_of
from gridloom.training import far, loky, pool
from gridloom.training.executing import LOCAL
from gridloom.training.time_limit import TookTooLong, failed_by_limit, may_do_now

JOB = SimpleNamespace(log=Path("nowhere"), time_limit=600.0)
PLUGIN = Path(__file__).with_name("hanging.py")


@pytest.fixture(autouse=True)
def often(monkeypatch):
    """Look after workers so often that tests need not wait."""
    monkeypatch.setattr(loky, "WATCH_SECONDS", 0.05)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(600, "10 min"), (5400, "1 h 30 min"), (90, "1 min 30 s"), (0.5, "0.5 s"), (1e5, "27 h 46 min 40 s")],
)
def test_a_limit_is_told_as_it_is_written(seconds, text):
    assert duration_text(seconds) == text
    assert seconds_of(text) == seconds


def test_a_call_that_holds_the_interpreter_in_c_is_ended_with_what_it_has_started(tmp_path):
    with LOCAL.open(1, {}) as session:
        future = session.submit(calls.hang_within, 0.2, tmp_path / "child")
        assert isinstance(future.exception(timeout=60), TookTooLong)
        wait_until(lambda: not is_alive(int((tmp_path / "child").read_text())))
        assert session.submit(calls.go_on_within, 0.2).result() == "done"  # each step within the limit, and not all


def test_a_worker_elsewhere_is_ended_in_the_same_way():
    with ThreadPoolExecutor(1) as threads:
        there = FarSession(threads.submit, {})
        error = there.submit(calls.hang_within, 0.1, None).exception(timeout=60)
        far._end_all()
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, TookTooLong)
    assert (again.worker_share.deaths, again.worker_share.seconds > 0.1) == (1, True)


def test_a_worker_that_nobody_looks_after_ends_itself_and_says_where_it_was():
    script = "import re; from gridloom.training.time_limit import limited\nwith limited(0.1): re.match('(a+)+$', 'a' * 60 + 'b')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "line 2 in <module>" in done.stderr


def late_at(*numbers):
    """A way to score that takes too long at these numbers; and the numbers that were tried."""
    tried = []

    def score(x):
        tried.append(x)
        if x in numbers:
            raise TookTooLong
        return float(x)

    return score, tried


@pytest.mark.parametrize("size", [1, 6])
def test_a_fit_that_takes_too_long_fails_alone_and_is_not_tried_twice(workers, size):
    score, tried = late_at(4)
    done = list(workers(score, count=1).run(JOB, batches_of(size, 6)))
    assert scores_of(done) == {x: None if x == 4 else float(x) for x in range(6)}
    (failed,) = (result for _, results in done for result in results if result.score is None)
    assert failed.error == "TimeLimitExceeded: it took longer than 10 min (time_limit), trained alone"
    assert tried.count(4) == (1 if size == 1 else 4)  # of 6, of 3, of 2, and alone


def test_a_refit_that_takes_too_long_is_a_reason_to_stop_at_once(workers, fake, monkeypatch):
    def run_refit(*_):
        raise TookTooLong

    monkeypatch.setattr(pool, "run_refit", run_refit)
    with pytest.raises(StopRun) as raised:
        workers().refit(JOB, fits(1)[0], Path())
    assert str(raised.value).startswith(
        "training the best candidate took longer than 10 min (time_limit); raise the limit"
    )
    assert fake.opened == [2]


@pytest.mark.parametrize(("now", "again"), [(599.0, False), (600.0, False), (601.0, True), (None, True)])
def test_a_fit_is_trained_again_where_the_limit_was_raised(now, again):
    assert may_do_now(failed_by_limit(600.0), now) is again
    assert not may_do_now(FitResult.failed(ValueError("it took longer than 1 s (time_limit)")), now)


def test_one_fit_that_hangs_fails_and_the_others_are_as_without_a_limit(gridloom, write, tmp_path):
    def run(hangs, *options):
        file = write(
            model="hanging",
            validation={"method": "shuffle_split", "folds": 1},
            search={"space": {"model": {"hangs": hangs}}},
        )
        done = gridloom("run", file, "-p", PLUGIN, "--all", *options)
        assert done.returncode == 0, done.stderr
        return done.stdout, (tmp_path / "runs/small/results.csv").read_text().splitlines()

    _, without = run(["no"])
    told, table = run(["no", "sleeps"], "--fresh", "--set", "time_limit=2 s")
    assert (
        "failed with: {'hangs': 'sleeps'}: TimeLimitExceeded: it took longer than 2 s (time_limit), trained alone"
        in told
    )
    assert table[:2] == without
    assert (tmp_path / "runs/small/experiment.yaml").read_text().count('time_limit: "2 s"') == 1
    assert "in fit" in (tmp_path / "runs/small/workers.log").read_text()  # where it was
