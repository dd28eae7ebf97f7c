"""The executor `dask` on real schedulers and workers: the same tables, whatever happens to these."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from journaled import journaled

from executors import clusters
from executors.clusters import command_line, is_alive
from executors.dask_cluster import cluster, on, wait_until
from gridloom.training.lease import end_kept


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """A cluster with two workers, which all tests have that break nothing."""
    with cluster(tmp_path_factory.mktemp("dask")) as own:
        yield own
        end_kept()


@pytest.fixture
def own(tmp_path):
    """A cluster of two workers to be broken: it serves one test."""
    (tmp_path / "dask").mkdir()
    with cluster(tmp_path / "dask") as own:
        yield own
        end_kept()


def begun(flags):
    """The fits that have begun, each by its candidate and its fold, and the processes that train or trained them."""
    return [(path.name.split("-")[1:3], int(path.name.split("-")[3])) for path in flags.glob("began-*")]


@contextmanager
def meanwhile(act):
    """Do something in another thread while the block is done; what fails there fails the test."""
    with ThreadPoolExecutor(1) as thread:
        acting = thread.submit(act)
        yield
        acting.result()


def test_the_table_and_the_model_are_those_of_processes_of_this_machine(dask, gridloom, write, tmp_path):
    """What else comes back from other machines is seen in test_far.py, and a table by scikit-learn in the contract."""
    file = write(**clusters.EXPERIMENT, model="made_up", executor=on(dask))
    done = gridloom("run", file, "-p", clusters.PLUGIN, "--n-jobs", 2)
    assert done.returncode == 0, done.stderr
    assert "2 worker(s) of dask" in done.stdout
    assert clusters.made(tmp_path / "runs" / "made") == clusters.made_by_loky(gridloom, write)


def test_what_workers_print_is_in_the_log_and_plugins_that_are_files_travel(dask, gridloom, waiting, flags, tmp_path):
    file = waiting(on(dask))
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shutil.move(tmp_path / "waiting.py", folder)
    done = gridloom("run", file, "-p", folder / "waiting.py")
    assert done.returncode == 0, done.stderr
    log = (tmp_path / "runs" / "small" / "workers.log").read_text()
    assert sorted(re.findall(r"fit (\d)\.0 of fold (\d)", log)) == [
        (str(C), str(f)) for C in (1, 2, 3, 4) for f in (0, 1, 2)
    ]
    assert "distributed" not in done.stderr + done.stdout + log
    assert max(held_by_workers(dask)) == 1  # what all calls have in common, and no result
    end_kept()
    wait_until(lambda: max(held_by_workers(dask)) == 0)
    wait_until(lambda: not any(is_alive(process) for _, process in begun(flags)), 15)


def held_by_workers(cluster):
    """How many values each worker holds."""
    from distributed import Client

    with Client(cluster.address, set_as_default=False) as client:
        return list(client.run(lambda dask_worker: len(dask_worker.data)).values())


@pytest.mark.slow
def test_only_the_batch_of_a_lost_worker_is_trained_again_and_new_workers_are_used(
    own, gridloom, waiting, flags, tmp_path
):
    (flags / "hold").touch()

    def act():
        wait_until(lambda: len(begun(flags)) == 2)
        own.kill(own.processes[1].pid)
        own.start()
        wait_until(lambda: len({process for _, process in begun(flags)}) == 3)  # each worker has a process of its own
        (flags / "hold").unlink()

    with meanwhile(act):
        done = gridloom("run", waiting(on(own)), "-p", "waiting.py")
    assert done.returncode == 0, done.stderr
    fits = [fit for fit, _ in begun(flags)]
    assert len(fits) == 13
    assert len({tuple(fit) for fit in fits}) == 12
    assert journaled(tmp_path / "runs" / "small") == 12
    assert "failed" not in (tmp_path / "runs/small/results.csv").read_text()


@pytest.mark.slow
def test_when_all_workers_are_lost_the_run_goes_on_as_soon_as_one_comes(own, gridloom, waiting, flags, tmp_path):
    (flags / "hold").touch()

    def act():
        wait_until(lambda: len(begun(flags)) == 2)
        own.kill(*(process.pid for process in own.processes[1:]))
        (flags / "hold").unlink()
        time.sleep(1)
        own.start()

    with meanwhile(act):
        done = gridloom("run", waiting(on(own)), "-p", "waiting.py")
    assert done.returncode == 0, done.stderr
    assert journaled(tmp_path / "runs" / "small") == 12


@pytest.mark.slow
def test_a_lost_scheduler_ends_the_run_in_words_and_it_is_resumed_by_another_executor(
    own, gridloom, waiting, flags, tmp_path
):
    (flags / "hold-2.0").touch()

    def act():
        wait_until(lambda: sum(fit[0] == "2.0" for fit, _ in begun(flags)) == 2)
        own.kill_scheduler()

    with meanwhile(act):
        done = gridloom("run", waiting(on(own)), "-p", "waiting.py")
    assert (done.returncode, done.stderr) == (
        4,
        (
            f"gridloom: small: executor 'dask': the scheduler at {own.address} no longer answers. Finished fits are kept; rerun the command to resume, with this executor or another\n"
        ),
    )
    wait_until(lambda: not any(is_alive(process) for _, process in begun(flags)))
    kept = journaled(tmp_path / "runs" / "small")
    (flags / "hold-2.0").unlink()
    again = gridloom("run", waiting("loky"), "-p", "waiting.py")
    assert f"{kept} from the journal" in again.stdout
    whole = gridloom("run", waiting("loky"), "-p", "waiting.py", "--out", "whole")
    assert whole.returncode == 0, whole.stderr
    assert (tmp_path / "runs/small/results.csv").read_bytes() == (tmp_path / "whole/small/results.csv").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_when_the_command_is_stopped_or_killed_nothing_is_left_on_the_workers(dask, waiting, flags, tmp_path, number):
    from distributed import Client

    (flags / "hold").touch()
    with _killed_after(command_line(tmp_path, "run", waiting(on(dask)), "-p", "waiting.py")) as run:
        wait_until(lambda: len(begun(flags)) == 2, 40)
        run.send_signal(number)
        _, told = run.communicate(timeout=20)
    assert run.returncode == (130 if number == signal.SIGINT else -9), told
    assert told == (
        ""
        if number == signal.SIGKILL
        else "gridloom: stopped: 0 of 12 fits are kept in runs/small; rerun the command to resume\n"
    ), told
    wait_until(lambda: not any(is_alive(process) for _, process in begun(flags)), 10)
    with Client(dask.address, set_as_default=False) as client:
        wait_until(lambda: not client.run_on_scheduler(_tasks_of_gridloom))


@pytest.mark.slow
def test_a_cluster_that_was_opened_for_a_run_is_gone_after_ctrl_c_in_a_terminal(waiting, flags, tmp_path):
    (flags / "hold").touch()
    file = waiting({"name": "dask", "cluster": "local", "workers": {"minimum": 0, "maximum": 1}})
    with _killed_after(command_line(tmp_path, "run", file, "-p", "waiting.py")) as run:
        wait_until(lambda: begun(flags))
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does
        _, told = run.communicate(timeout=20)
    assert (run.returncode, told) == (
        130,
        "gridloom: stopped: 0 of 12 fits are kept in runs/small; rerun the command to resume\n",
    )
    of_session = ["ps", "-o", "pid=", "-s", str(run.pid)]
    wait_until(lambda: not subprocess.run(of_session, capture_output=True, check=False).stdout.strip(), 10)


@contextmanager
def _killed_after(process):
    """A process that does not outlive the test, whatever happens to that."""
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _tasks_of_gridloom(dask_scheduler):
    return [key for key in dask_scheduler.tasks if str(key).startswith("gridloom")]
