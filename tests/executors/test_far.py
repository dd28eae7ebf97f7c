"""Workers that may be on other machines: what they do is the same, what they write comes back, what differs is refused."""

from __future__ import annotations

import os
import pickle
import socket
import tempfile
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from journal.journals import opened

from executors import calls
from executors.test_loky import is_alive, wait_until
from gridloom import FarSession, WorkerShare, load
from gridloom.core.worker_shares import sign, worker_name
from gridloom.errors import StopRun
from gridloom.experiment.bind import read_experiment
from gridloom.runs.directory import open_run
from gridloom.runs.reading import bare_result
from gridloom.training import elsewhere, far
from gridloom.training.belongings import owner, sweep
from gridloom.training.elsewhere import Sent, done_elsewhere, unpacked, versions_of
from gridloom.training.far import Order, Unwanted, done_there
from gridloom.training.job import Job, KeepModels
from gridloom.training.sending import Sender

PLUGIN = Path(__file__).with_name("far_threads.py")


@pytest.fixture
def session():
    with ThreadPoolExecutor(2) as pool:
        yield FarSession(pool.submit, {"GRIDLOOM_TEST": "set"})
        far._end_all()


def job(tmp_path, **changes):
    """All that a call on another machine needs of a job, and what a test changes."""
    given = {
        "recipe": b"",
        "plugins": (),
        "without": (),
        "states": {},
        "data": None,
        "splits": (),
        "log": tmp_path / "log",
    }
    return Job(**(given | changes))


def writes(job, folder, fails=False):
    """A call that prints, and writes into both folders that it knows."""
    with job.log.open("a") as log:
        log.write("hello\n")
    (folder / "model.bin").write_bytes(b"weights")
    (job.models.folder / "fit").mkdir()
    (job.models.folder / "fit" / "a.txt").write_text("a")
    return str(folder)


def test_a_call_is_done_by_a_child_with_the_environment_and_the_next_by_the_same(session):
    first, second = (session.submit(calls.pid).result() for _ in range(2))
    assert first == second != os.getpid()
    assert session.submit(os.getenv, "GRIDLOOM_TEST").result() == "set"


def test_a_call_that_nobody_waits_for_ends_with_its_process(tmp_path):
    mark = tmp_path / "begun"
    order = Order({}, is_wanted=lambda: not mark.exists())
    with pytest.raises(Unwanted):
        done_there(order, calls.nap, str(mark))
    wait_until(lambda: not is_alive(int(mark.read_text())))


def test_a_process_that_waits_for_long_ends(session, monkeypatch):
    monkeypatch.setattr(far, "IDLE_SECONDS", 0.0)
    pid = session.submit(calls.pid).result()
    wait_until(lambda: not is_alive(pid))


def test_what_a_call_writes_comes_back_and_nothing_stays_there(tmp_path):
    kept = tmp_path / "models"
    job_here = job(tmp_path, models=KeepModels(kept, {}))
    sent = done_elsewhere(job_here, 10, writes, tmp_path / "model")
    assert not (tmp_path / "model").exists()
    assert not kept.exists()
    there = Path(sent.value)
    assert there != tmp_path / "model"
    assert not there.exists()
    unpacked(sent, job_here, tmp_path / "model")
    assert (tmp_path / "model/model.bin").read_bytes() == b"weights"
    assert (kept / "fit/a.txt").read_text() == "a"
    assert (tmp_path / "log").read_text() == "hello\n"


def test_what_a_killed_process_leaves_there_is_deleted_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / f"{owner().rpartition('-')[0]}-1-abc-call"  # of a process that began in another tick
    for folder in (left, tmp_path / f"{owner()}-abc-call"):
        (folder / "models").mkdir(parents=True)
    sweep()
    assert [path.name for path in tmp_path.iterdir()] == [f"{owner()}-abc-call"]


def test_a_file_that_would_leave_its_folder_is_refused(tmp_path):
    sent = Sent(None, "somewhere", 0.0, b"", {}, {"../evil": b""})
    with pytest.raises(StopRun, match=r"'\.\./evil', which does not belong to the run"):
        unpacked(sent, job(tmp_path), tmp_path / "model")
    assert not (tmp_path / "evil").exists()


def test_a_worker_with_other_packages_says_which_before_it_does_anything(tmp_path):
    wanted = versions_of(["python", "numpy"]) | {"numpy": "1.0", "no-such-package": "2.0"}
    with pytest.raises(StopRun) as raised:
        done_elsewhere(job(tmp_path, packages=wanted), 10, lambda *_: pytest.fail("it was done"))
    text = str(raised.value)
    assert text.startswith(f"the worker {socket.gethostname()}/")
    assert f"numpy is {versions_of(['numpy'])['numpy']}, not 1.0; no-such-package is not installed, not 2.0" in text
    assert "python" not in text


def test_a_plugin_that_is_a_file_is_made_where_there_is_none_or_another(tmp_path, monkeypatch):
    own, here = tmp_path / "own.py", tmp_path / "here"
    here.mkdir()
    monkeypatch.setattr(elsewhere, "_plugins_folder", lambda: str(here))
    content = b"x = 1\n"

    def plugins(job):
        return job.plugins

    def sent():
        (path, module) = done_elsewhere(
            job(tmp_path, plugins=(str(own), "module"), plugin_files={str(own): content}), 10, plugins
        ).value
        assert module == "module"
        assert Path(path).read_bytes() == content
        return Path(path)

    made = sent()
    assert made.name == "own.py"
    assert made.is_relative_to(here)
    own.write_bytes(content)
    assert sent() == own
    own.write_bytes(b"x = 2\n")
    assert sent() == made


def test_a_worker_without_gridloom_is_told_what_it_lacks(tmp_path):
    future = Future()
    future.set_exception(ModuleNotFoundError("No module named 'gridloom'"))
    with pytest.raises(
        StopRun, match=r"No module named 'gridloom'; install Gridloom and its dependencies where the work"
    ):
        Sender(far=True, max_growth=1).received(future, job(tmp_path))


def test_a_disk_without_room_is_told_with_the_worker(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(elsewhere.tempfile, "TemporaryDirectory", full)
    with pytest.raises(StopRun, match=r"the worker \S+ cannot write a file that it needs: .*No space left on device"):
        done_elsewhere(job(tmp_path), 10, calls.pid)


def test_a_process_that_has_grown_is_replaced_after_its_call(monkeypatch):
    with ThreadPoolExecutor(1) as pool:
        there = FarSession(pool.submit, {})
        first = there.submit(calls.pid_and_last).result()
        assert there.submit(calls.pid).result() != first.pid
        far._end_all()
    wait_until(lambda: not is_alive(first.pid))


def test_the_table_of_a_run_is_the_same_and_so_is_its_model_and_no_run_depends_on_its_executor(
    gridloom, write, tmp_path
):
    file = write(model="printing", refit=True)
    command = ("run", file, "-p", PLUGIN, "--keep-models", "--out")
    here, there = gridloom(*command, "here"), gridloom(*command, "there", "--set", "executor=far")
    assert there.returncode == 0, there.stderr
    assert "the workers of far" in there.stdout
    lines = there.stdout.splitlines()
    name, *numbers = lines[lines.index(next(line for line in lines if line.startswith("worker "))) + 1].split()
    assert (name, numbers[:3]) == (worker_name(), ["9", "0", "0"])
    assert name not in here.stdout
    shown = [gridloom("show", Path(where) / "small", "-p", PLUGIN).stdout for where in ("here", "there")]
    assert shown[0].replace("here/", "there/") == shown[1]
    tables = [(tmp_path / where / "small/results.csv").read_bytes() for where in ("here", "there")]
    assert tables[0] == tables[1]
    log = (tmp_path / "there/small/workers.log").read_text()
    assert all(f"built with C={C:g}" in log for C in (0.1, 1.0, 10.0))
    assert len([path for path in (tmp_path / "there/small/models").iterdir() if path.is_dir()]) == 9
    row = [[5.1, 3.5, 1.4, 0.2]]
    predicted = [load(tmp_path / where / "small", plugins=[str(PLUGIN)]).predict(row) for where in ("here", "there")]
    assert list(predicted[0]) == list(predicted[1])
    assert here.returncode == 0
    assert "executor" not in (tmp_path / "there/small/experiment.yaml").read_text()
    shares = shares_of(tmp_path / "there/small")
    assert sum(share.fits for share in shares) == 9
    again = gridloom(*command, "there")
    assert shares_of(tmp_path / "there/small") == shares
    assert again.returncode == 0
    assert "9 from the journal" in again.stdout or "9/9" in again.stdout


def shares_of(folder):
    with opened(folder / "journal.sqlite", read_only=True) as journal:
        return journal.workers


def test_what_workers_have_done_adds_up_over_the_sessions_of_a_run(write, registry, tmp_path):
    experiment = read_experiment(write(), registry)
    folder = tmp_path / "runs/small"
    for shares in ([WorkerShare("b", 3, 1, 0, 0.5), WorkerShare("a", 1)], [], [WorkerShare("b", 2, 0, 1, 0.25)]):
        with open_run(experiment, experiment.load_data(), folder, fresh=False) as journal:
            journal.add_workers(shares)
    assert shares_of(folder) == [WorkerShare("a", 1), WorkerShare("b", 5, 1, 1, 0.75)]
    with opened(folder / "journal.sqlite") as journal:
        journal.clear()
        assert journal.workers == []
    assert bare_result(folder).workers == ()


def test_deaths_and_refusals_of_workers_are_counted(tmp_path):
    sender, futures = Sender(far=True, max_growth=1), [Future() for _ in range(3)]
    died, refused = BrokenExecutor("killed"), StopRun("the worker a: no")
    for error, share in ((died, WorkerShare("a", deaths=1, seconds=2.0)), (refused, WorkerShare("a", seconds=1.0))):
        sign(error, share)
    for future, error in zip(futures, (died, refused, BrokenExecutor("nobody knows where")), strict=True):
        future.set_exception(pickle.loads(pickle.dumps(error)))
        with pytest.raises(type(error)):
            sender.received(future, job(tmp_path))
    assert sender.taken() == [WorkerShare("a", deaths=1, seconds=3.0)]
    assert sender.taken() == []
