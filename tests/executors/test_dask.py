"""The executor `dask` on real schedulers and workers: the same tables, whatever happens to them, and sentences."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from journaled import journaled

from executors.dask_cluster import cluster, wait_until
from gridloom.training.lease import end_kept

WAITING = Path(__file__).with_name("waiting.py")
SEARCH = {"strategy": "grid", "space": {"model": {"C": [1.0, 2.0, 3.0, 4.0]}}}


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


@pytest.fixture
def flags(tmp_path):
    """The folder where the fits of waiting.py say that they have begun."""
    (tmp_path / "flags").mkdir()
    shutil.copy(WAITING, tmp_path)
    return tmp_path / "flags"


@pytest.fixture
def waiting(write, flags):
    """Write an experiment whose fits wait while there is a file `hold` among the flags."""

    def waiting(executor, prints=0):
        engine = {"name": "waiting", "folder": str(flags), "prints": prints}
        return write(engine=engine, search=SEARCH, executor=executor)

    return waiting


def on(cluster):
    return {"name": "dask", "address": cluster.address}


def begun(flags):
    """The fits that have begun, each by its candidate and its fold, and the processes that train or trained them."""
    return [(path.name.split("-")[1:3], int(path.name.split("-")[3])) for path in flags.glob("began-*")]


def is_alive(pid):
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@contextmanager
def meanwhile(act):
    """Do something in another thread while the block is done; what fails there fails the test."""
    with ThreadPoolExecutor(1) as thread:
        acting = thread.submit(act)
        yield
        acting.result()


def test_tables_and_models_are_those_of_processes_of_this_machine(dask, gridloom, write, tmp_path):
    near = gridloom("run", write(refit=True), "--n-jobs", 2, "--keep-models", "--out", "near")
    far = gridloom("run", write(refit=True, executor=on(dask)), "--n-jobs", 2, "--keep-models", "--out", "far")
    assert (near.returncode, far.returncode) == (0, 0), far.stderr
    assert "2 worker(s) of dask" in far.stdout
    shown = [gridloom("show", f"{out}/small").stdout.replace(out, "") for out in ("near", "far")]
    tables = [(tmp_path / out / "small" / "results.csv").read_bytes() for out in ("near", "far")]
    kept = [sorted(p.relative_to(tmp_path / out) for p in (tmp_path / out).rglob("model*")) for out in ("near", "far")]
    for of_near, of_far in (shown, tables, kept):
        assert of_near == of_far
    assert len(kept[0]) > 9
    header = ",".join(f"{part} {size} (cm)" for part in ("sepal", "petal") for size in ("length", "width"))
    (tmp_path / "new.csv").write_text(f"{header}\n5.1,3.5,1.4,0.2\n")
    predicted = [gridloom("predict", f"{out}/small", "new.csv").stdout for out in ("near", "far")]
    assert predicted[0] == predicted[1] != ""


def test_what_workers_print_is_in_the_log_and_plugins_that_are_files_travel(dask, gridloom, waiting, tmp_path):
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
        own.start()
        wait_until(lambda: len({process for _, process in begun(flags)}) == 4)  # each worker has a process of its own
        (flags / "hold").unlink()

    with meanwhile(act):
        done = gridloom("run", waiting(on(own)), "-p", "waiting.py")
    assert done.returncode == 0, done.stderr
    fits = [fit for fit, _ in begun(flags)]
    assert len(fits) == 13
    assert len({tuple(fit) for fit in fits}) == 12
    assert journaled(tmp_path / "runs" / "small") == 12
    assert "failed" not in done.stdout


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
        2,
        (
            f"gridloom: small: executor 'dask': the scheduler at {own.address} does not answer any more. What is finished is kept; "
            "the same command resumes the run, with this executor or another\n"
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
    command = [sys.executable, "-m", "gridloom", "run", str(waiting(on(dask))), "-p", "waiting.py"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        wait_until(lambda: len(begun(flags)) == 2, 40)
        run.send_signal(number)
        _, told = run.communicate(timeout=20)
    assert run.returncode == (130 if number == signal.SIGINT else -9), told
    assert told == (
        ""
        if number == signal.SIGKILL
        else "gridloom: stopped: 0 of 12 fits are kept in runs/small; run the same again to go on\n"
    ), told
    wait_until(lambda: not any(is_alive(process) for _, process in begun(flags)), 10)
    with Client(dask.address, set_as_default=False) as client:
        wait_until(lambda: not client.run_on_scheduler(_tasks_of_gridloom))


@pytest.mark.slow
def test_a_cluster_that_was_opened_for_a_run_is_gone_after_ctrl_c_in_a_terminal(waiting, flags, tmp_path):
    (flags / "hold").touch()
    file = waiting({"name": "dask", "cluster": "local", "workers": {"minimum": 0, "maximum": 2}})
    command = [sys.executable, "-m", "gridloom", "run", str(file), "-p", "waiting.py"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True) as run:
        wait_until(lambda: len(begun(flags)) == 2)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does
        _, told = run.communicate(timeout=20)
    assert (run.returncode, told) == (
        130,
        "gridloom: stopped: 0 of 12 fits are kept in runs/small; run the same again to go on\n",
    )
    of_session = ["ps", "-o", "pid=", "-s", str(run.pid)]
    wait_until(lambda: not subprocess.run(of_session, capture_output=True, check=False).stdout.strip(), 10)


def _tasks_of_gridloom(dask_scheduler):
    return [key for key in dask_scheduler.tasks if str(key).startswith("gridloom")]


def test_a_scheduler_that_is_not_there_is_a_sentence(gridloom, write, monkeypatch):
    monkeypatch.setattr("gridloom_plugins.executors.dask_client.CONNECT_SECONDS", 0.2)
    done = gridloom("run", write(executor={"name": "dask", "address": "tcp://127.0.0.1:9"}))
    assert done.returncode == 2
    assert re.fullmatch(
        r"gridloom: small: executor 'dask': there is no scheduler at tcp://127.0.0.1:9: .*; start one, or correct the address\n",
        done.stderr,
    )


@pytest.mark.filterwarnings("ignore:unclosed cluster")  # of one that Dask does not open
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {},
            (
                "executor 'dask' needs workers: give the address of a scheduler, {name: dask, address: tcp://HOST:8786}, have a cluster "
                "opened, {name: dask, cluster: local}, or set DASK_SCHEDULER_ADDRESS"
            ),
        ),
        ({"address": "gone.json"}, "executor 'dask': there is no scheduler file gone.json"),
        (
            {"workers": 2},
            "executor 'dask': workers is for a cluster that is opened for the run; say which: `cluster: local`",
        ),
        (
            {"address": "tcp://127.0.0.1:9", "cluster": "local"},
            "executor 'dask': address and cluster are two places for the same workers; give one of both",
        ),
        (
            {"cluster": "slurm"},
            (
                "executor 'dask': how many workers may the slurm cluster have? Write `workers: 10`, `workers: "
                "{minimum: 0, maximum: 10}`, or --n-jobs 10"
            ),
        ),
        (
            {"cluster": "slurm", "workers": 2},
            "executor 'dask': SLURMCluster cannot be opened: You must specify how much cores and memory per job you want to use",
        ),
        (
            {"cluster": "slurm", "workers": 2, "cluster_options": {"job_script_prologue": ["rm -r /"]}},
            "executor 'dask': unknown option 'job_script_prologue' in cluster_options of SLURMCluster; known: ",
        ),
        (
            {"cluster": "kubernetes", "workers": 2},
            "executor 'dask': KubeCluster needs dask-kubernetes: pip install dask-kubernetes",
        ),
    ],
)
def test_what_the_options_lack_is_a_sentence(gridloom, write, options, sentence):
    done = gridloom("run", write(executor={"name": "dask"} | options))
    assert done.returncode == 2
    assert done.stderr.startswith(f"gridloom: small: {sentence}")
    assert done.stderr.count("\n") == 1


@pytest.fixture
def worker(dask):
    """Have one other worker instead of those of the cluster: `worker(path=[...])`."""
    for process in dask.processes[1:]:
        dask.kill(process.pid)
    del dask.processes[1:]
    end_kept()

    def worker(**options):
        dask.start(**options)
        return on(dask)

    yield worker
    end_kept()
    dask.kill(*(process.pid for process in dask.processes[1:]))
    del dask.processes[1:]


def test_other_versions_of_packages_on_a_worker_are_refused(gridloom, waiting, worker, tmp_path):
    info = tmp_path / "other" / "numpy-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.0\n")
    done = gridloom("run", waiting(worker(path=[str(info.parent)])), "-p", "waiting.py")
    assert done.returncode == 2
    assert re.fullmatch(
        r"gridloom: small: the worker \S+: its packages are not those of the run, so its scores could differ: numpy is 1\.0, not [\d.]+\. "
        r"Install the same there; the run can be resumed then\n",
        done.stderr,
    )


def test_a_worker_without_gridloom_is_told(gridloom, waiting, worker):
    done = gridloom("run", waiting(worker(without=["gridloom"])), "-p", "waiting.py")
    assert done.returncode == 2
    assert re.fullmatch(
        r"gridloom: small: a worker cannot do what it is sent: ModuleNotFoundError: import of gridloom halted; .*; install "
        r"Gridloom, and what it needs, where the workers run\n",
        done.stderr,
    )


def test_a_worker_without_a_plugin_of_the_run_is_told(gridloom, waiting, worker, tmp_path, monkeypatch):
    folder = tmp_path / "packages"
    info = folder / "waits-1.0.dist-info"
    info.mkdir(parents=True)
    shutil.move(tmp_path / "waiting.py", folder / "waits.py")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: waits\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[gridloom]\nwaits = waits\n")
    monkeypatch.syspath_prepend(folder)
    done = gridloom("run", waiting(worker(lacks=[str(folder)])))
    assert done.returncode == 2
    assert re.fullmatch(
        r"gridloom: small: the worker \S+: there is no plugin 'waits' here, which the run needs as waits 1\.0: install it; then resume the run\n",
        done.stderr,
    )


@pytest.mark.slow
def test_a_full_disk_of_a_worker_is_told(gridloom, write, worker, small_disk):
    done = gridloom("run", write(executor=worker(environment={"TMPDIR": str(small_disk)})), "--keep-models")
    assert done.returncode == 2
    assert re.fullmatch(
        r"gridloom: small: the worker \S+ cannot write what it has to: OSError: \[Errno 28\] No space left on device\n",
        done.stderr,
    )


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 8 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", disk], check=False).returncode:
        pytest.skip("nothing can be mounted here")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_no_clock_is_compared_with_another(gridloom, waiting, worker, tmp_path):
    (tmp_path / "early").mkdir()
    (tmp_path / "early/sitecustomize.py").write_text(
        "import time\nnow = time.time\ntime.time = lambda: now() - 86_400\n"
    )
    late = {"PYTHONPATH": os.pathsep.join([str(tmp_path / "early"), os.environ.get("PYTHONPATH", "")])}
    done = gridloom("run", waiting(worker(environment=late)), "-p", "waiting.py")
    assert done.returncode == 0, done.stderr
    assert "-" not in re.search("took .*,", done.stdout)[0]
