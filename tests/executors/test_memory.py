"""What the system says of memory: what is free, how many workers that is room for, and that it has killed one for lack of it."""

from __future__ import annotations

import os
from contextlib import suppress

import pytest

from executors import calls
from gridloom import FitResult
from gridloom.experiment.bind import read_experiment
from gridloom.runs import runner
from gridloom.training import memory, sizing
from gridloom.training.belongings import held_by_workers
from gridloom.training.executing import LOCAL
from gridloom.training.memory import KilledForMemory, Kills, free_memory
from gridloom.training.quarantine import died_twice

MIB = 2**20


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with these files: `machine({"proc/meminfo": "MemAvailable: 4 kB"})`."""
    monkeypatch.setattr(memory, "PROC", tmp_path / "proc")
    monkeypatch.setattr(memory, "GROUPS", tmp_path / "groups")

    def machine(files):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    return machine


MEMINFO = {"proc/meminfo": "MemTotal: 900 kB\nMemAvailable: 600 kB\n", "proc/vmstat": "pgfault 9\noom_kill 3\n"}


def second(group, limit="max", used=0, cached=0, kills=0):
    """A group of the second version."""
    return {
        f"groups/{group}/memory.max": str(limit),
        f"groups/{group}/memory.current": str(used),
        f"groups/{group}/memory.stat": f"anon 1\ninactive_file {cached}\n",
        f"groups/{group}/memory.events": f"low 0\noom 7\noom_kill {kills}\n",
    }


def first(group, limit, used, kills=0):
    """A group of the first version."""
    return {
        f"groups/memory/{group}/memory.limit_in_bytes": str(limit),
        f"groups/memory/{group}/memory.usage_in_bytes": str(used),
        f"groups/memory/{group}/memory.oom_control": f"under_oom 0\noom_kill {kills}\n",
    }


def of(process, line):
    return {f"proc/{process}/cgroup": line}


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({}, None),
        (MEMINFO, 600 * 1024),
        (MEMINFO | of("self", "0::/a/b\n") | second("a/b") | second("a", limit=5000, used=3000, cached=500), 2500),
        (MEMINFO | of("self", "0::/a\n") | second("a", limit=5000, used=9000), 0),
        (MEMINFO | of("self", "9:name=systemd:/\n4:memory:/a\n0::/\n") | first("a", 7000, 1000), 6000),
        (MEMINFO | of("self", "4:cpu,memory:/docker/1\n") | first("", 7000, 1000), 6000),  # mounted as the root
        (MEMINFO | of("self", "4:memory:/a\n") | first("a", 2**63 - 4096, 1000), 600 * 1024),
    ],
)
def test_what_is_free_is_the_least_that_the_machine_and_all_groups_have_left(machine, files, free):
    machine(files)
    assert free_memory() == free


@pytest.mark.parametrize(
    ("files", "file", "grown"),
    [
        (MEMINFO, "proc/vmstat", "oom_kill 4\n"),
        (MEMINFO | of(7, "0::/a\n") | second("a", kills=2), "groups/a/memory.events", "oom 9\noom_kill 3\n"),
        (MEMINFO | of(7, "4:memory:/a\n") | first("a", 1, 1), "groups/memory/a/memory.oom_control", "oom_kill 1\n"),
    ],
)
def test_kills_are_counted_where_the_process_is(machine, files, file, grown):
    folder = machine(files)
    kills = Kills.around(7)
    assert not kills.has_grown
    (folder / file).write_text(grown)
    assert kills.has_grown


def test_nothing_is_known_of_kills_where_the_system_tells_nothing(machine):
    assert not Kills.around(7).has_grown


def test_a_worker_that_was_killed_says_so_where_the_system_has_counted_a_kill(monkeypatch):
    with LOCAL.open(1, {}) as session:
        errors = []
        for counted in (False, True):
            monkeypatch.setattr(Kills, "has_grown", counted)
            errors.append(session.submit(calls.die).exception(timeout=60))
    assert [isinstance(error, KilledForMemory) for error in errors] == [False, True]
    told = [died_twice(error) for error in errors]
    assert told[0].startswith("the worker process died twice in this fit; A worker process managed by")
    assert told[1].startswith(
        "the worker process died twice in this fit; the system killed the worker for lack of memory"
    )


@pytest.fixture
def group():
    """A control group that this process may make, in its own, with little memory; the name of its folder."""
    own = next((folder for folder, version in memory._groups("self") if version is memory._FIRST), None)
    own = own or next((folder for folder, _ in memory._groups("self")), None)
    if own is None:
        pytest.skip("there are no control groups for memory")
    made = own / f"gridloom-test-{os.getpid()}"
    try:
        made.mkdir()
        limit = next(made / name for name in ("memory.limit_in_bytes", "memory.max") if (made / name).exists())
        limit.write_text(str(32 * MIB))
        for swap in ("memory.memsw.limit_in_bytes", "memory.swap.max"):
            with suppress(OSError):
                (made / swap).write_text(str(32 * MIB if "memsw" in swap else 0))
    except (OSError, StopIteration):
        with suppress(OSError):
            made.rmdir()
        pytest.skip("no control group for memory can be made")
    yield made
    made.rmdir()


def test_a_worker_that_the_kernel_kills_for_its_memory_is_told(group):
    with LOCAL.open(1, {}) as session:
        before = held_by_workers()
        session.submit(calls.join_group, group).result(timeout=60)
        assert held_by_workers() - before > 5 * MIB
        error = session.submit(calls.take, 200 * MIB).exception(timeout=60)
    assert isinstance(error, KilledForMemory)


def test_a_fit_that_is_refused_memory_says_what_to_do():
    told = "use fewer workers (-j), a smaller batch_size, or less data (sample)"
    assert FitResult.failed(MemoryError()).error == f"MemoryError: memory ran out; {told}"
    assert FitResult.failed(MemoryError("no 7 GiB")).error == f"MemoryError: no 7 GiB; {told}"


GIB = 2**30


@pytest.mark.parametrize(
    ("n_jobs", "free", "count", "note"),
    [
        (-1, None, 8, ""),
        (-1, 5.6, 8, ""),
        (-1, 1.6, 2, "2 workers, not 8: each needs about 0.7 GiB, and 1.6 GiB are free; -j 8 starts 8 anyway"),
        (-7, 1.6, 2, ""),
        (-2, 0.1, 1, "1 worker, not 7: each needs about 0.7 GiB, and 0.1 GiB are free; -j 7 starts 7 anyway"),
        (-8, 0.1, 1, "memory is short: a worker needs about 0.7 GiB, and 0.1 GiB are free"),
        (1, 0.1, 1, "memory is short: a worker needs about 0.7 GiB, and 0.1 GiB are free"),
        (4, 1.6, 4, "memory is short for 4 workers: each needs about 0.7 GiB, and 1.6 GiB are free; -j 2 fits"),
    ],
)
def test_no_more_workers_start_by_themselves_than_there_is_room_for(monkeypatch, n_jobs, free, count, note):
    monkeypatch.setattr(sizing, "cpu_count", lambda: 8)
    monkeypatch.setattr(sizing, "held_by_workers", lambda: 0)
    monkeypatch.setattr(sizing, "free_memory", lambda: free and int(free * GIB))
    assert sizing.count_with_room(n_jobs, int(0.7 * GIB)) == (count, note)


def test_a_run_has_no_more_workers_than_its_engine_has_room_for_and_says_so(write, registry, monkeypatch):
    monkeypatch.setattr(sizing, "cpu_count", lambda: 4)
    monkeypatch.setattr(sizing, "held_by_workers", lambda: 0)
    monkeypatch.setattr(sizing, "free_memory", lambda: 400 * MIB)
    experiment = read_experiment(write(), registry)
    workers, note = runner._workers(experiment, -1)
    assert workers.count == 400 * MIB // experiment.engine.record.memory == 2
    assert note.startswith("2 workers, not 4: each needs about 0.2 GiB, and 0.4 GiB are free")
