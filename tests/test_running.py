"""Runs from the outside: equal for any number of workers, stopped and gone on with, refused when something changed."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from journaled import journaled

import gridloom
from gridloom.runs.lock import RunLock

pytestmark = pytest.mark.slow
SPACE = {"strategy": "grid", "space": {"model": {"trees": [2, 4, 6, 8], "max_depth": [1, 2, 3]}}}
FOREST = {"name": "forest", "dataset": "wine", "model": "random_forest", "search": SPACE}
PLUGIN = """
import os, signal, time
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
import gridloom

def build_slowly(task, mark: str, trees: int = 2, max_depth: int = 1):
    if os.path.exists(mark):
        time.sleep(0.15)
    return RandomForestClassifier(trees, max_depth=max_depth)

def build(task, act: str = "", C: float = 1.0, mark: str = ""):
    if act == "raise":
        raise RuntimeError("a builder's own mistake")
    if act == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if act == "die once" and not os.path.exists(mark):
        open(mark, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    if act == "print":
        print("hello from a worker")
    if act == "stop":
        raise gridloom.StopRun("no fit of this can be right")
    return LogisticRegression(C=C, max_iter=1000)

def report(result, what: str = "boom"):
    raise ValueError(what)

def watch(plan):
    from contextlib import nullcontext
    def fail(progress):
        raise ValueError("cannot watch")
    return nullcontext(fail)

def halving(space, keep: int = 2):
    trials = yield [gridloom.Proposal(c, gridloom.Budget(share=0.3)) for c in space.enumerate()]
    best = sorted(trials, key=lambda trial: -trial.mean)[:keep]
    yield [gridloom.Proposal(trial.candidate) for trial in best]

@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("acting", "Does what it is told.", build, makes="estimator")
    yield gridloom.ModelBuilder("slow_forest", "Takes time while there is a file.", build_slowly, makes="estimator")

@gridloom.hookimpl
def gridloom_reporters():
    yield gridloom.Reporter("raising", "Raises.", report, watch=watch)

@gridloom.hookimpl
def gridloom_strategies():
    yield gridloom.Strategy("two_waves", "Two waves.", halving)
"""


@pytest.fixture
def plugin(tmp_path):
    path = tmp_path / "acting.py"
    path.write_text(PLUGIN)
    return path


@pytest.fixture
def slow(write, plugin, tmp_path):
    """What `gridloom run` is told for an experiment whose fits take time, and the file without which they take none."""
    mark = tmp_path / "mark"
    mark.touch()
    return (write(**FOREST | {"model": {"name": "slow_forest", "mark": str(mark)}}), "-p", plugin), mark


def acting(**space):
    return {"name": "acting", "model": "acting", "search": {"strategy": "grid", "space": {"model": space}}}


def table(folder: Path) -> bytes:
    return (folder / "results.csv").read_bytes()


def start(tmp_path: Path, *arguments: object) -> subprocess.Popen[str]:
    """Start the command line as a terminal does: able to hear Ctrl-C, even where the tests themselves run in the background."""
    command = [sys.executable, "-m", "gridloom", *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    return subprocess.Popen(command, cwd=tmp_path, preexec_fn=_hear_ctrl_c, **pipes)  # noqa: PLW1509


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def wait_for_fits(process: subprocess.Popen[str], folder: Path, number: int) -> None:
    for _ in range(1200):
        if (folder / "journal.sqlite").exists() and journaled(folder) >= number:
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    pytest.fail(f"{number} fits were not journaled within a minute")


def test_tables_are_equal_byte_for_byte_for_one_and_two_workers(gridloom, finished, tmp_path):
    file, by_one = finished(**FOREST)
    by_two = gridloom("run", file, "--n-jobs", 2, "--out", "two")
    assert by_two.returncode == 0, by_two.stderr
    for workers, done in enumerate([by_one, by_two], start=1):
        assert f" {workers} worker(s)\n" in done.stdout
    assert table(tmp_path / "runs" / "forest") == table(tmp_path / "two" / "forest")
    assert table(tmp_path / "two" / "forest").count(b"complete") == 12


def test_the_order_of_experiments_does_not_change_their_tables(gridloom, write, tmp_path):
    a, b = write(file="a.yaml", name="a"), write(file="b.yaml", name="b", dataset="wine")
    assert gridloom("run", a, b, "--out", "one").returncode == 0
    assert gridloom("run", b, a, "--out", "two").returncode == 0
    for name in ("a", "b"):
        assert table(tmp_path / "one" / name) == table(tmp_path / "two" / name)


def test_a_score_depends_on_what_a_fit_is_not_on_the_grid_around_it(finished, write, tmp_path):
    one = gridloom.run(finished(**FOREST)[0], out=tmp_path / "runs")
    smaller = {"strategy": "grid", "space": {"model": {"max_depth": [3], "trees": [8]}}}
    other = gridloom.run(write(**FOREST | {"search": smaller}), out=tmp_path / "other", n_jobs=1)
    assert other.trials[0].scores == one.trials[-1].scores


def test_a_run_killed_half_way_is_gone_on_with_to_the_same_table(gridloom, slow, tmp_path):
    given, mark = slow
    given = (*given, "--set", "preprocess=[standardize, {name: pca, components: 5}]")
    process = start(tmp_path, "run", *given, "--out", "killed")
    wait_for_fits(process, tmp_path / "killed" / "forest", 6)
    process.kill()
    process.communicate()
    mark.unlink()
    kept = journaled(tmp_path / "killed" / "forest")
    assert 6 <= kept < 36
    done = gridloom("run", *given, "--out", "killed")
    assert done.returncode == 0, done.stderr
    assert " from the journal" in done.stdout
    assert gridloom("run", *given).returncode == 0
    assert table(tmp_path / "runs" / "forest") == table(tmp_path / "killed" / "forest")


def test_workers_leave_when_their_parent_is_killed(slow, tmp_path):
    process = start(tmp_path, "run", *slow[0])
    wait_for_fits(process, tmp_path / "runs" / "forest", 3)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("this system does not list the children of a process in /proc")
    workers = [int(pid) for pid in children.read_text().split()]
    assert workers
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in workers):
        time.sleep(0.1)
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


def workers_of(process: subprocess.Popen[str]) -> list[Path]:
    """What /proc tells of the workers of a run; none where a system has no /proc."""
    lists = Path(f"/proc/{process.pid}/task").glob("*/children")
    children = [Path("/proc") / pid for children in lists for pid in children.read_text().split()]
    return [child for child in children if b"LokyProcess" in (child / "cmdline").read_bytes()]


def is_deaf(worker: Path, number: int) -> bool:
    """Whether a process does not hear a signal."""
    fields = dict(line.split(":", 1) for line in (worker / "status").read_text().splitlines())
    return bool(int(fields["SigBlk"], 16) >> (number - 1) & 1)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_and_kill_keep_what_is_done_and_say_how_to_go_on(gridloom, slow, tmp_path, number, code):
    given, mark = slow
    process = start(tmp_path, "run", *given)
    wait_for_fits(process, tmp_path / "runs" / "forest", 3)
    assert all(is_deaf(worker, number) for worker in workers_of(process))
    interrupted = time.monotonic()
    os.killpg(process.pid, number)  # as a terminal and `timeout` do, which reach the workers as well
    _, errors = process.communicate(timeout=60)
    assert time.monotonic() - interrupted < 30
    assert process.returncode == code
    kept = journaled(tmp_path / "runs" / "forest")
    assert errors == f"gridloom: stopped: {kept} of 36 fits are kept in runs/forest; rerun the command to resume\n"
    assert "KeyboardInterrupt" not in (tmp_path / "runs" / "forest" / "workers.log").read_text()
    shown = gridloom("show", "forest", *given[1:])
    assert shown.returncode == 0
    *_, last = shown.stdout.splitlines()
    told, command = last.split(" To resume: gridloom ")
    assert told == f"This run is not finished: {kept} of 36 fits are kept."
    assert len(shown.stdout.partition(":\n")[2].splitlines()) <= kept // 3 + 1  # candidates, then how to resume
    mark.unlink()
    assert " from the journal" in gridloom(*shlex.split(command)).stdout
    assert not list((tmp_path / "runs" / "forest").glob("journal.sqlite-*"))


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("seed=8", "experiment.seed: was 7, is 8"),
        ("model.max_iter=500", "experiment.model.max_iter: was 1000, is 500"),
        ("validation.folds=4", "experiment.validation.folds: was 3, is 4"),
        ("search.space.model.C=[0.1, 1.0]", "experiment.search.space.model.C: was [0.1, 1.0, 10.0], is [0.1, 1.0]"),
    ],
)
def test_a_changed_experiment_is_refused_with_what_changed(gridloom, finished, setting, said):
    file, _ = finished()
    done = gridloom("run", file, "--set", setting)
    assert done.returncode == 3
    assert f"  {said}\n" in done.stderr
    assert "--fresh" in done.stderr


def test_other_words_and_reporters_do_not_make_another_experiment(gridloom, finished, write):
    finished()
    done = gridloom("run", write(description="Told otherwise.", reporters=["console", "json"]))
    assert done.returncode == 0, done.stderr
    assert "9 from the journal" in done.stdout


def test_published_scores_stand_beside_a_run_and_change_nothing_of_it(gridloom, write, tmp_path):
    seeds = {"method": "stratified_kfold", "folds": 3, "seeds": 2}
    assert gridloom("run", write(validation=seeds)).returncode == 0
    before = table(tmp_path / "runs" / "small")
    rows = ["parameters,score", '"{""C"": 0.1}",0.5', '"{""C"": 7}",0.9']
    (tmp_path / "scores.csv").write_text("\n".join(rows))
    done = gridloom("run", write(validation=seeds, published="scores.csv"))
    assert done.returncode == 0, done.stderr
    assert "18 from the journal" in done.stdout
    lines = table(tmp_path / "runs" / "small").decode().splitlines()
    assert [line.rsplit(",", 4)[0] for line in lines] == before.decode().splitlines()
    assert [line.rsplit(",", 4)[1] for line in lines] == ["published_score", "0.5", "", ""]
    *_, said, written = done.stdout.splitlines()
    assert written == "csv: runs/small/results.csv"
    assert said.startswith(
        "0 of 1 published score lies inside the 99 % prediction interval of a new run; outside: {'C': 0.1} "
    )
    assert said.endswith("; of candidates that were not tried: 1; candidates without a published score: 2.")
    assert gridloom("show", "small").stdout.splitlines()[-1] == said


def test_changed_data_are_refused_but_a_moved_file_is_not(gridloom, write, tmp_path):
    data = tmp_path / "data.csv"
    rows = [f"{i % 7},{i % 3},{'yes' if i % 7 > 3 else 'no'}" for i in range(60)]
    data.write_text("\n".join(["a,b,ill", *rows]))
    file = write(dataset={"name": "csv", "path": "data.csv", "target": "ill"})
    assert gridloom("run", file).returncode == 0
    data.rename(tmp_path / "moved.csv")
    file = write(dataset={"name": "csv", "path": "moved.csv", "target": "ill"})
    assert gridloom("run", file).returncode == 0
    (tmp_path / "moved.csv").write_text("\n".join(["a,b,ill", "9,9,no", *rows[1:]]))
    done = gridloom("run", file)
    assert done.returncode == 3
    assert "  data.sha256: was " in done.stderr


def test_a_changed_plugin_is_refused(gridloom, write, plugin):
    file = write(**acting(C=[1.0, 2.0]))
    assert gridloom("run", file, "-p", plugin).returncode == 0
    plugin.write_text(PLUGIN + "\n# another version\n")
    done = gridloom("run", file, "-p", plugin)
    assert done.returncode == 3
    assert "  plugins.acting: was file " in done.stderr


def test_fresh_starts_anew_and_keeps_the_earlier_run(gridloom, finished, tmp_path):
    file, _ = finished()
    before = table(tmp_path / "runs" / "small")
    done = gridloom("run", file, "--fresh", "--set", "seed=8")
    assert done.returncode == 0, done.stderr
    assert "from the journal" not in done.stdout
    assert table(tmp_path / "runs" / "small.1") == before
    assert gridloom("show", "small.1").stdout.count(")  C=") == 3


def test_a_second_process_on_a_run_is_refused(gridloom, finished, tmp_path):
    file, _ = finished()
    lock = RunLock(tmp_path / "runs" / "small" / "lock")
    done = gridloom("run", file)
    lock.release()
    assert done.returncode == 3
    assert done.stderr.startswith("gridloom: small: another process is running in runs/small")
    assert gridloom("run", file).returncode == 0


def test_a_second_process_on_a_run_is_refused_before_it_loads_any_data(write, tmp_path):
    (tmp_path / "data.csv").write_text("a,ill\n1,no\n2,no\n")
    file = write(dataset={"name": "csv", "path": "data.csv", "target": "ill"})
    (tmp_path / "runs" / "small").mkdir(parents=True)
    lock = RunLock(tmp_path / "runs" / "small" / "lock")
    with pytest.raises(gridloom.GridloomError, match="another process is running in"):
        gridloom.run(file, out=tmp_path / "runs")
    lock.release()
    with pytest.raises(gridloom.InvalidInput, match="every row has the same class"):
        gridloom.run(file, out=tmp_path / "runs")


def test_a_failing_candidate_fails_alone_and_show_prints_why(gridloom, write, plugin):
    done = gridloom("run", write(**acting(act=["", "raise"])), "-p", plugin)
    assert done.returncode == 0
    assert "1 of 2 candidates failed; 'gridloom show runs/acting' prints why\n" in done.stdout
    every = gridloom("show", "acting", "-p", plugin, "--all").stdout
    assert "failed with: {'act': 'raise'}: RuntimeError: a builder's own mistake" in every
    shown = gridloom("show", "acting", "-p", plugin)
    assert shown.stdout.endswith(
        "\nFailed fits ('gridloom show runs/acting --tracebacks' prints the tracebacks):\n"
        "  3 fits of {'act': 'raise'}: RuntimeError: a builder's own mistake\n"
    )
    assert "Traceback" not in shown.stdout + shown.stderr
    assert gridloom("show", "acting", "--tracebacks").stdout.count("Traceback (most recent call last)") == 1


def test_a_run_whose_candidates_all_fail_exits_1(gridloom, write, plugin):
    done = gridloom("run", write(**acting(act=["raise"])), "-p", plugin)
    assert done.returncode == 1
    assert done.stderr.endswith("every candidate failed; 'gridloom show runs/acting' prints why\n")
    assert "gridloom show" not in done.stdout
    shown = gridloom("show", "acting", "--tracebacks")
    assert shown.stdout.count("Traceback (most recent call last)") == 1
    assert "{'act': 'raise'} failed in repeat 0, fold 0, seed 0, and 2 more fits in the same way:" in shown.stdout


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_fit_that_kills_its_worker_fails_alone(gridloom, write, plugin, n_jobs):
    once = {"method": "shuffle_split", "folds": 1}  # every death costs the seconds that another worker takes to start
    file = write(**acting(act=["", "die", "print"]), validation=once)
    done = gridloom("run", file, "-p", plugin, "--n-jobs", n_jobs, "--all")
    assert done.returncode == 0, done.stderr
    assert "failed with: {'act': 'die'}: WorkerDied: " in done.stdout
    assert done.stdout.count(") with: ") == 2


def test_a_fit_whose_worker_dies_once_is_trained_again(gridloom, write, plugin, tmp_path):
    space = acting(act=["die once"], mark=[str(tmp_path / "mark")], C=[1.0, 2.0])
    done = gridloom("run", write(**space), "-p", plugin, "--n-jobs", 2, "--all")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mark").exists()
    assert done.stdout.count(") with: ") == 2


def test_what_workers_print_goes_to_a_log(gridloom, write, plugin, tmp_path):
    done = gridloom("run", write(**acting(act=["print"])), "-p", plugin)
    assert "hello" not in done.stdout + done.stderr
    assert "hello from a worker" in (tmp_path / "runs" / "acting" / "workers.log").read_text()


def test_an_engine_or_builder_may_stop_the_run(gridloom, write, plugin):
    done = gridloom("run", write(**acting(act=["stop"])), "-p", plugin)
    assert done.returncode == 2
    assert done.stderr == "gridloom: acting: no fit of this can be right\n"


def test_a_reporter_that_raises_loses_neither_the_run_nor_other_reports(gridloom, write, plugin, tmp_path):
    done = gridloom("run", write(reporters=["raising", "csv"]), "-p", plugin)
    assert done.returncode == 5
    assert done.stderr.endswith("ValueError: boom\ngridloom: small: these reports failed, see above: raising\n")
    assert "the reporter 'raising' failed; the run and other reports are not affected" in done.stderr
    assert b"complete" in table(tmp_path / "runs" / "small")
    assert "the reporter 'raising' failed while watching; it no longer watches" in done.stderr


def test_a_strategy_of_several_waves_sees_trials_and_is_replayed(gridloom, write, plugin, tmp_path):
    file = write(search={"strategy": "two_waves", "space": {"model": {"C": [1e-4, 1e-2, 1.0, 100.0]}}})
    assert gridloom("run", file, "-p", plugin, "--out", "whole").returncode == 0
    before = table(tmp_path / "whole" / "small")
    assert before.count(b"complete") == 6
    again = gridloom("run", file, "-p", plugin, "--out", "whole")
    assert "18 from the journal" in again.stdout
    assert table(tmp_path / "whole" / "small") == before


def test_reports_survive_a_closed_pipe(write, tmp_path):
    command = f"{sys.executable} -m gridloom run {write()} --n-jobs 1 | head -1"
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert b"complete" in table(tmp_path / "runs" / "small")


def test_python_gets_the_same_result_and_the_same_errors(write, tmp_path):
    file = write()
    result = gridloom.run(file, out=tmp_path / "runs", settings=["validation.folds=4"], n_jobs=1)
    assert result.best.mean == max(trial.mean for trial in result.trials)
    assert [len(trial.scores) for trial in result.trials] == [4, 4, 4]
    assert list(result.to_frame()["param_C"]) == [0.1, 1.0, 10.0]
    assert 0 < result.seconds < 600
    with pytest.raises(gridloom.InvalidInput, match="unknown option 'sed'; did you mean 'seed'"):
        gridloom.run(write(sed=3), out=tmp_path / "runs")


def test_the_resolved_experiment_runs_to_the_same_table(gridloom, finished, tmp_path):
    finished()
    resolved = tmp_path / "runs" / "small" / "experiment.yaml"
    assert gridloom("run", resolved, "--out", "again").returncode == 0
    assert table(tmp_path / "runs" / "small") == table(tmp_path / "again" / "small")


def test_json_tells_the_reason_for_the_engine_and_the_versions(gridloom, finished, write, tmp_path):
    finished()
    assert gridloom("run", write(reporters=["json"])).returncode == 0
    content = json.loads((tmp_path / "runs" / "small" / "results.json").read_text())
    assert content["engine"] == {"name": "sklearn", "reason": "auto: it trains models of the kind 'estimator'"}
    assert content["manifest"]["packages"]["scikit-learn"]
    assert content["best"] in {trial["number"] for trial in content["trials"]}
