"""What a run says whose Dask cluster cannot do what it has to: no traceback, and what would help."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from executors.dask_cluster import cluster, on
from gridloom.training.lease import end_kept


def test_a_scheduler_that_is_not_there_is_a_sentence(gridloom, write, monkeypatch):
    monkeypatch.setattr("gridloom_plugins.executors.on_dask.client.CONNECT_SECONDS", 0.2)
    done = gridloom("run", write(executor={"name": "dask", "address": "tcp://127.0.0.1:9"}))
    assert done.returncode == 4
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
            "executor 'dask': workers is for a cluster that is opened for the run; name its kind, as in `cluster: local`",
        ),
        (
            {"address": "tcp://127.0.0.1:9", "cluster": "local"},
            "executor 'dask': use either address or cluster, not both",
        ),
        (
            {"cluster": "slurm"},
            (
                "executor 'dask': the slurm cluster needs a number of workers; write `workers: 10`, `workers: "
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


def test_a_minimum_of_workers_above_the_maximum_is_refused(gridloom, write):
    dask = {"name": "dask", "cluster": "local", "workers": {"minimum": 3, "maximum": 1}}
    done = gridloom("check", write(executor=dask))
    assert done.returncode == 2
    assert "minimum must be at most maximum, not 3 and 1" in done.stderr


def test_check_shows_the_options_of_the_executor(gridloom, write):
    dask = {"name": "dask", "cluster": "local", "workers": {"minimum": 0, "maximum": 2}}
    done = gridloom("check", write(executor=dask))
    assert (
        "  executor    dask, cluster: local, workers: {minimum: 0, maximum: 2} (named by the experiment)" in done.stdout
    )


@pytest.fixture
def worker(lonely):
    """Have one worker: `worker(path=[...])` returns what stands under `executor:` for it."""

    def worker(**options):
        lonely.start(**options)
        return on(lonely)

    yield worker
    end_kept()
    lonely.kill(*(process.pid for process in lonely.processes[1:]))
    del lonely.processes[1:]


@pytest.fixture(scope="module")
def lonely(tmp_path_factory):
    """A scheduler without workers."""
    with cluster(tmp_path_factory.mktemp("dask"), workers=0) as own:
        yield own


def test_other_versions_of_packages_on_a_worker_are_refused(gridloom, waiting, worker, tmp_path):
    info = tmp_path / "other" / "numpy-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.0\n")
    done = gridloom("run", waiting(worker(path=[str(info.parent)])), "-p", "waiting.py")
    assert done.returncode == 2
    assert re.fullmatch(
        r"gridloom: small: the worker \S+: its packages differ from those of the run, so its scores could differ: numpy is 1\.0, not [\d.]+\. "
        r"Install the same versions there, then resume the run\n",
        done.stderr,
    )


def test_a_worker_without_gridloom_is_told(gridloom, waiting, worker):
    done = gridloom("run", waiting(worker(without=["gridloom"])), "-p", "waiting.py")
    assert done.returncode == 2
    assert re.fullmatch(
        r"gridloom: small: a worker cannot run its calls: ModuleNotFoundError: import of gridloom halted; .*; install Gridloom and its dependencies where the workers run\n",
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
        r"gridloom: small: the worker \S+: the plugin 'waits', which the run needs as waits 1\.0, is missing here: install it, then resume the run\n",
        done.stderr,
    )


@pytest.mark.slow
def test_a_full_disk_of_a_worker_is_told(gridloom, write, worker, small_disk):
    done = gridloom("run", write(executor=worker(environment={"TMPDIR": str(small_disk)})), "--keep-models")
    assert done.returncode == 4
    assert re.fullmatch(
        r"gridloom: small: the worker \S+ cannot write a file that it needs: OSError: \[Errno 28\] No space left on device\n",
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
