"""The rules of the pool, whatever the executor: feeding, streaming, deaths, growth, interruption, refit."""

from __future__ import annotations

import threading
from concurrent.futures import BrokenExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest

from executors.fakes import Fake, Killed, batches_of, fits, scores_of, x_of
from gridloom import FitResult
from gridloom.errors import StopRun
from gridloom.training import pool, sizing, worker_log
from gridloom.training.memory import KilledForMemory
from gridloom.training.running import Running
from gridloom.training.worker import Outcome

JOB = SimpleNamespace(log=Path("nowhere"), time_limit=None)
"""All that the pool itself reads of a job."""


def dies_at(*numbers, times=10):
    """A way to score that kills its worker at these numbers, so many times each."""
    deaths = dict.fromkeys(numbers, times)

    def score(x):
        if deaths.get(x, 0):
            deaths[x] -= 1
            raise Killed
        return float(x)

    return score


@pytest.mark.parametrize("workers_count", [1, 2, 5])
def test_every_fit_comes_back_once_whatever_the_number_of_workers(workers, fake, workers_count):
    done = list(workers(count=workers_count).run(JOB, batches_of(3, 20)))
    assert scores_of(done) == {x: float(x) for x in range(20)}
    assert sum(len(batch) for batch, _ in done) == 20
    assert fake.opened == [workers_count]


def test_no_more_batches_are_in_flight_than_there_are_workers(workers, fake):
    list(workers(count=3).run(JOB, batches_of(1, 30)))
    assert fake.most_in_flight <= 3


def test_batches_are_handed_in_in_order(workers):
    seen = []
    list(workers(lambda x: seen.append(x) or 0.0, count=1).run(JOB, batches_of(2, 10)))
    assert seen == list(range(10))


def test_a_result_is_there_before_slower_batches_have_finished(workers):
    seen = threading.Event()

    def score(x):
        assert x or seen.wait(20), "nobody was given the other result"
        return float(x)

    done = workers(score).run(JOB, batches_of(1, 2))
    (first,), _ = next(done)
    assert x_of(first) == 1
    seen.set()
    assert [x_of(fit) for batch, _ in done for fit in batch] == [0]


def test_what_a_worker_leaves_for_later_of_a_batch_comes_again(workers):
    asked = count()
    done = list(workers(lambda x: float(x) if next(asked) % 3 == 0 else None).run(JOB, batches_of(4, 12)))
    assert scores_of(done) == {x: float(x) for x in range(12)}


@pytest.mark.parametrize("shares_fate", [True, False])
@pytest.mark.parametrize("workers_count", [1, 2])
def test_a_fit_whose_worker_dies_twice_fails_and_no_other(workers, shares_fate, workers_count):
    executor = Fake(shares_fate)
    done = list(workers(dies_at(4), count=workers_count, executor=executor).run(JOB, batches_of(3, 12)))
    assert scores_of(done) == {x: None if x == 4 else float(x) for x in range(12)}
    (failed,) = (result for _, results in done for result in results if result.score is None)
    assert failed.error.startswith("WorkerDied: the worker process died twice in this fit; ")


@pytest.mark.parametrize("shares_fate", [True, False])
def test_a_fit_whose_worker_dies_once_is_trained_again(workers, shares_fate):
    executor = Fake(shares_fate)
    done = list(workers(dies_at(4, times=1), executor=executor).run(JOB, batches_of(3, 12)))
    assert scores_of(done) == {x: float(x) for x in range(12)}


def test_a_batch_whose_worker_dies_once_is_tried_again_as_a_whole(workers, fake):
    done = list(workers(dies_at(1, times=1), count=1).run(JOB, batches_of(6, 6)))
    assert fake.opened == [1, 1]
    assert [[x_of(fit) for fit in batch] for batch, _ in done] == [list(range(6))]


def test_batches_that_were_in_flight_when_another_worker_died_are_tried_again_as_a_whole(workers, fake):
    done = list(workers(dies_at(1), count=2).run(JOB, batches_of(6, 12)))
    assert list(range(6, 12)) in [[x_of(fit) for fit in batch] for batch, _ in done]


def test_the_fit_that_kills_is_found_by_halves(workers, fake):
    trained = []
    kills = dies_at(5)
    done = list(workers(lambda x: trained.append(x) or kills(x), count=1).run(JOB, batches_of(64, 64)))
    assert scores_of(done) == {x: None if x == 5 else float(x) for x in range(64)}
    assert sum(x == 5 for x in trained) == 1 + 7 + 1  # among others, alone of ever fewer, and twice by itself
    assert len(trained) < 3 * 64


def test_where_memory_is_short_suspects_are_trained_one_after_the_other(workers):
    executor = Fake(shares_fate=False)

    def score(x):
        if x < 3 and len(executor.opened) == 1:
            raise KilledForMemory
        return float(x)

    done = list(workers(score, count=3, executor=executor).run(JOB, batches_of(1, 9)))
    assert scores_of(done) == {x: float(x) for x in range(9)}
    assert executor.opened == [3, 1]  # a single cell


def test_a_suspect_is_handed_on_before_the_next_is_tried(workers):
    done = workers(dies_at(0, 2), count=1).run(JOB, batches_of(4, 4))
    with closing(done):
        ((first,), _), ((second,), _) = next(done), next(done)
    assert (x_of(first), x_of(second)) == (0, 1)


def test_a_death_in_a_cluster_does_not_stop_the_others(workers):
    executor = Fake(shares_fate=False)
    list(workers(dies_at(0), executor=executor).run(JOB, batches_of(1, 20)))
    assert executor.opened == [2, 1, 1]


def test_workers_that_have_grown_are_replaced_after_what_they_still_do(workers, fake):
    done = list(workers(growth=101, count=1).run(JOB, batches_of(1, 3)))
    assert scores_of(done) == {0: 0.0, 1: 1.0, 2: 2.0}
    assert fake.opened == [1, 1, 1]
    assert fake.left == [None, None, None]


def test_workers_that_have_grown_a_little_stay(workers, fake):
    list(workers(growth=100).run(JOB, batches_of(1, 9)))
    assert fake.opened == [2]


def test_workers_that_all_die_while_they_are_idle_are_replaced(workers, fake):
    team = workers(count=1)
    for _, _ in team.run(JOB, batches_of(1, 4)):
        fake.session.die()
    assert len(fake.opened) > 1


def test_workers_that_cannot_be_started_are_an_error_not_a_loop(workers):
    with pytest.raises(BrokenExecutor, match="all workers are gone"):
        list(workers(executor=Fake(is_hopeless=True)).run(JOB, batches_of(1, 4)))


def test_the_log_is_within_its_bound_when_a_run_is_stopped(workers, tmp_path, monkeypatch):
    monkeypatch.setattr(worker_log, "MOST_BYTES", 100)
    done = workers().run(SimpleNamespace(log=tmp_path / "log", time_limit=None), batches_of(1, 9))
    next(done)
    (tmp_path / "log").write_bytes(b"x" * 1000)
    done.close()
    assert (tmp_path / "log").read_bytes() == b"x" * 100 + worker_log.CUT


def test_who_stops_to_listen_ends_the_workers_at_once(workers, fake):
    done = workers().run(JOB, batches_of(1, 9))
    next(done)
    done.close()
    assert fake.left == [GeneratorExit]


def test_ctrl_c_ends_the_workers_at_once(workers, fake, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Running, "first_done", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(workers().run(JOB, batches_of(1, 9)))
    assert fake.left == [KeyboardInterrupt]


def test_workers_that_were_started_and_never_used_end_at_once(workers, fake):
    team = workers()
    team.start(None, 9)
    assert fake.left == []
    del team
    assert fake.left == [GeneratorExit]


def test_an_engine_that_stops_the_run_ends_the_workers(workers, fake, monkeypatch):
    team = workers()
    monkeypatch.setattr(pool, "run_batch", lambda _, __: Outcome(stop=StopRun("no fit can be right")))
    with pytest.raises(StopRun, match="no fit can be right"):
        list(team.run(JOB, batches_of(1, 9)))
    assert fake.left == [StopRun]


def test_what_a_call_raises_is_raised(workers, fake):
    def score(x):
        raise OSError("a bug")

    with pytest.raises(OSError, match="a bug"):
        list(workers(score).run(JOB, batches_of(1, 9)))
    assert fake.left == [OSError]


def test_waves_and_the_refit_have_the_same_workers(workers, fake, monkeypatch):
    team = workers()
    team.start(None, 9)
    list(team.run(JOB, batches_of(1, 4)))
    list(team.run(JOB, batches_of(1, 4)))
    monkeypatch.setattr(pool, "run_refit", lambda job, fit, folder: folder / "model.keras")
    assert team.refit(None, fits(1)[0], Path("here")) == Path("here/model.keras")
    assert fake.opened == [2]


def test_a_refit_whose_worker_dies_is_tried_again_alone(workers, fake, monkeypatch):
    deaths = iter([Killed])

    def run_refit(job, fit, folder):
        for death in deaths:
            raise death
        return folder / "model.keras"

    monkeypatch.setattr(pool, "run_refit", run_refit)
    assert workers().refit(None, fits(1)[0], Path("here")) == Path("here/model.keras")
    assert fake.opened == [2, 1]


def test_a_refit_whose_worker_dies_twice_is_a_reason_to_stop(workers, monkeypatch):
    def run_refit(job, fit, folder):
        raise Killed

    monkeypatch.setattr(pool, "run_refit", run_refit)
    with pytest.raises(StopRun, match="the worker process died twice in this fit; killed"):
        workers().refit(None, fits(1)[0], Path())


def test_a_number_of_workers_is_told_from_the_cores(monkeypatch):
    monkeypatch.setattr(sizing, "cpu_count", lambda: 8)
    assert [sizing.worker_count(n_jobs) for n_jobs in (3, -1, -2, -20)] == [3, 8, 7, 1]
    with pytest.raises(ValueError, match="0 is not allowed"):
        sizing.worker_count(0)


def test_what_has_finished_by_then_is_handed_in_before_the_run_stops(workers, monkeypatch):
    everybody = threading.Barrier(2)

    def run_batch(job, batch):
        if batch:
            everybody.wait()
        return (
            Outcome(stop=StopRun("no")) if x_of(batch[0]) else Outcome(tuple(FitResult({"score": 0.0}) for _ in batch))
        )

    at_once = Running.first_done

    def both(self, meanwhile=lambda: None):
        done = at_once(self, meanwhile)
        return sorted([*done, *(at_once(self) if len(self) else [])], key=lambda item: -x_of(item[1][0]))

    made = workers()
    monkeypatch.setattr(pool, "run_batch", run_batch)
    monkeypatch.setattr(Running, "first_done", both)
    run = made.run(JOB, [[fit] for fit in fits(2)])
    batch, _ = next(run)
    assert [x_of(fit) for fit in batch] == [0]
    with pytest.raises(StopRun, match="no"):
        next(run)
