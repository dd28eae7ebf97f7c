"""The journal of a run and its directory: what is kept, what is refused, and what a broken disk looks like."""

from __future__ import annotations

import math
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from gridloom import Budget, Candidate, Fit, FitResult
from gridloom.binding import read_experiment
from gridloom.errors import RunRefused, StorageError
from gridloom.journal import Journal, RunLock
from gridloom.runs import EXPERIMENT, JOURNAL, make_manifest, open_run

FIT = Fit(Candidate({"m": {"x": [1, "é"]}}), repeat=1, fold=2, replica=3, budget=Budget(epochs=4))
FINITE = st.floats(allow_nan=False, allow_infinity=False)
SECONDS = st.floats(0, 1e9)
HISTORIES = st.dictionaries(st.text(), st.lists(FINITE | st.just(math.nan), max_size=5), max_size=3)
RESULTS = st.builds(FitResult, FINITE, HISTORIES, SECONDS, SECONDS) | st.builds(
    lambda error, traceback, history: FitResult(None, history, error=error, traceback=traceback),
    st.text(),
    st.none() | st.text(),
    HISTORIES,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.sqlite"


@contextmanager
def opened(path, **options):
    journal = Journal(path, **options)
    try:
        yield journal
    finally:
        journal.close()


def kept(path, **options):
    with opened(path, **options) as journal:
        return journal.results()


def fits(number):
    """So many different fits with a result each."""
    return [(Fit(FIT.candidate, 0, fold), FitResult(fold / 4)) for fold in range(number)]


def python(script, *arguments):
    """A Python process that runs a script, with its output in pipes."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


# What is recorded


@given(st.lists(RESULTS, min_size=1, max_size=4))
@example([FitResult(-0.0, {"loss": [-0.0, math.nan]})])
def test_what_is_recorded_is_read_back_to_the_last_bit(tmp_path_factory, results):
    path = Path(tempfile.mkdtemp(dir=tmp_path_factory.getbasetemp())) / "journal.sqlite"
    recorded = {Fit(FIT.candidate, 0, fold): result for fold, result in enumerate(results)}
    with opened(path) as journal:
        journal.record(recorded.items())
        before_closing = journal.results()
    after_reopening = kept(path)
    expected = {fit.key: repr(result) for fit, result in recorded.items()}
    assert {key: repr(result) for key, result in before_closing.items()} == expected
    assert {key: repr(result) for key, result in after_reopening.items()} == expected


def test_the_history_of_a_fit_that_diverged_is_kept_with_its_nan(path):
    diverged = FitResult(None, {"loss": [0.5, math.nan, math.inf]}, error="ValueError: score")
    with opened(path) as journal:
        journal.record([(FIT, diverged)])
    first, *rest = kept(path)[FIT.key].history["loss"]
    assert first == 0.5
    assert not any(map(math.isfinite, rest))


@pytest.mark.parametrize("number", [np.float64(0.5), np.float32(0.5), np.int64(1), 1, True])
def test_numbers_of_any_type_are_kept_as_floats(path, number):
    with opened(path) as journal:
        journal.record([(FIT, FitResult(number, {"loss": [number]}, number, number))])
    read = kept(path)[FIT.key]
    found = (read.score, read.history["loss"][0], read.fit_seconds, read.score_seconds)
    assert [repr(value) for value in found] == [repr(float(number))] * 4


def test_an_error_that_quotes_bytes_which_are_no_text_is_kept(path):
    quoted = b"caf\xe9".decode("utf-8", "surrogateescape")
    with opened(path) as journal:
        journal.record([(FIT, FitResult.failed(ValueError(f"no such layer: {quoted}")))])
    assert "no such layer: caf" in kept(path)[FIT.key].error


def test_a_fit_recorded_again_is_replaced(path):
    with opened(path) as journal:
        journal.record([(FIT, FitResult(0.25))])
        journal.record([(FIT, FitResult(0.75))])
        assert journal.results() == {FIT.key: FitResult(0.75)}


def test_the_manifest_is_none_at_first_and_then_what_was_put_there(path):
    with opened(path) as journal:
        assert journal.manifest is None
        journal.manifest = {"b": [1, None], "a": {"é": 0.1}}
        journal.manifest = {"a": {"é": 0.2}}
    with opened(path, read_only=True) as journal:
        assert journal.manifest == {"a": {"é": 0.2}}


@pytest.mark.parametrize("error", [RuntimeError, ValueError, AttributeError])
def test_a_batch_is_kept_as_a_whole_or_not_at_all(path, error):
    def breaking():
        yield from fits(3)
        raise error("not the fault of the journal")

    with opened(path) as journal:
        journal.record(fits(1))
        with pytest.raises(error, match="not the fault of the journal"):
            journal.record(breaking())
        assert len(journal.results()) == 1
        journal.record(fits(2))
    assert len(kept(path)) == 2


def test_what_is_recorded_is_there_though_the_process_is_killed_at_once(path):
    script = """if True:
        import os, signal, sys
        from pathlib import Path
        from gridloom import Candidate, Fit, FitResult
        from gridloom.journal import Journal
        journal = Journal(Path(sys.argv[1]))
        for fold in range(5):
            journal.record([(Fit(Candidate({}), 0, fold), FitResult(0.5))])
        os.kill(os.getpid(), signal.SIGKILL)
    """
    process = python(script, path)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert kept(path) == {Fit(Candidate({}), 0, fold).key: FitResult(0.5) for fold in range(5)}


def test_every_transaction_is_synced_to_the_disk(path):
    with opened(path) as journal:
        settings = [
            journal._database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
        ]
    assert settings == ["wal", 2]


# Reading only


def test_a_journal_is_read_while_it_is_written(path):
    with opened(path) as writer, opened(path, read_only=True) as reader:
        writer.record(fits(2))
        assert len(reader.results()) == 2
        writer.record(fits(3))
        assert len(reader.results()) == 3


def test_a_reader_cannot_write(path):
    with opened(path) as journal:
        journal.record(fits(1))
    with opened(path, read_only=True) as journal, pytest.raises(StorageError, match="readonly"):
        journal.record(fits(2))
    assert len(kept(path)) == 1


def test_a_reader_does_not_make_a_journal_where_there_is_none(path):
    with pytest.raises(StorageError, match="unable to open database file"):
        Journal(path, read_only=True)
    assert not path.exists()


READ_AS_ANOTHER = """if True:
    import os, sys
    from pathlib import Path
    from gridloom.journal import Journal
    if os.getuid() == 0:
        os.setuid(65534)
    print(len(Journal(Path(sys.argv[1]), read_only=True).results()))
"""


@contextmanager
def folder_where_one_cannot_write():
    """A folder that everyone may read, and that is closed for writing by calling what is yielded beside it."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name), lambda: Path(name).chmod(0o555)
        Path(name).chmod(0o755)


def test_a_journal_is_read_from_a_folder_where_one_cannot_write():
    with folder_where_one_cannot_write() as (folder, close):
        with opened(folder / "journal.sqlite") as journal:
            journal.record(fits(2))
        close()
        output, errors = python(READ_AS_ANOTHER, folder / "journal.sqlite").communicate(timeout=60)
    assert output == "2\n", errors


def test_a_journal_is_read_while_another_user_writes_it_where_one_cannot_write():
    with folder_where_one_cannot_write() as (folder, close), opened(folder / "journal.sqlite") as journal:
        journal.record(fits(2))
        close()
        output, errors = python(READ_AS_ANOTHER, folder / "journal.sqlite").communicate(timeout=60)
    assert output == "2\n", errors


# Broken files and disks


@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_no_database_is_refused_by_name(path, read_only):
    path.write_bytes(b"not a database, " * 500)
    with pytest.raises(StorageError) as caught:
        kept(path, read_only=read_only)
    assert str(caught.value) == f"the journal {path} cannot be used: file is not a database"


def test_a_damaged_journal_is_refused_by_name(path):
    with opened(path) as journal:
        journal.record(fits(200))
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x7f" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(StorageError, match=f"^the journal {path} cannot be used: .*malformed"):
        kept(path)


@pytest.mark.parametrize("statement", ["UPDATE fits SET history = '{'", "UPDATE fits SET history = '[1]'"])
def test_a_result_that_is_no_json_is_refused_by_name(path, statement):
    with opened(path) as journal:
        journal.record(fits(1))
    change(path, statement)
    with pytest.raises(StorageError, match=f"^the journal {path} cannot be used: "):
        kept(path)


def test_a_manifest_that_is_no_json_is_refused_by_name(path):
    with opened(path) as journal:
        journal.manifest = {}
        change(path, "UPDATE manifest SET content = '{'")
        with pytest.raises(StorageError, match=f"^the journal {path} cannot be used: "):
            _ = journal.manifest


def test_a_journal_of_another_format_is_refused_with_both(path):
    with opened(path) as journal:
        journal.manifest = {}
        change(path, "UPDATE manifest SET format = 2")
        with pytest.raises(StorageError) as caught:
            _ = journal.manifest
    assert str(caught.value) == f"{path} has the format 2; this version of Gridloom reads 1"


def change(path, statement):
    database = sqlite3.connect(path)
    with database:
        database.execute(statement)
    database.close()


def test_a_closed_journal_cannot_be_used(path):
    journal = Journal(path)
    journal.close()
    with pytest.raises(StorageError, match="closed"):
        journal.record(fits(1))


def test_a_full_disk_loses_the_batch_that_did_not_fit_and_nothing_else(path):
    script = """if True:
        import resource, signal, sys
        from pathlib import Path
        from gridloom import Candidate, Fit, FitResult
        from gridloom.errors import StorageError
        from gridloom.journal import Journal
        journal = Journal(Path(sys.argv[1]))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        for batch in range(1000):
            pairs = [(Fit(Candidate({}), batch, fold), FitResult(0.5, {"loss": [0.1] * 900})) for fold in range(3)]
            try:
                journal.record(pairs)
            except StorageError as error:
                print(batch, error)
                break
        print(len(journal.results()))
    """
    process = python(script, path)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    told, seen = output.splitlines()
    batches, _, message = told.partition(" ")
    assert message.startswith(f"the journal {path} cannot be used: ")
    assert int(batches) > 2
    assert int(seen) == 3 * int(batches)
    assert len(kept(path)) == 3 * int(batches)


def test_a_disk_that_is_full_from_the_start_is_told_by_path(path):
    script = """if True:
        import resource, signal, sys
        from pathlib import Path
        from gridloom.errors import StorageError
        from gridloom.journal import Journal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        try:
            Journal(Path(sys.argv[1]))
        except StorageError as error:
            print(error)
    """
    output, errors = python(script, path).communicate(timeout=60)
    assert output.startswith(f"the journal {path} cannot be used: "), errors
    assert output.count("\n") == 1


# Locks


def test_a_second_lock_is_refused_until_the_first_is_released(tmp_path):
    first = RunLock(tmp_path / "lock")
    with pytest.raises(RunRefused) as caught:
        RunLock(tmp_path / "lock")
    assert str(caught.value) == f"another process is running in {tmp_path}; wait for it, or use --out"
    first.release()
    RunLock(tmp_path / "lock").release()


def test_a_lock_of_another_process_is_refused_until_that_process_is_killed(tmp_path):
    script = """if True:
        import sys, time
        from pathlib import Path
        from gridloom.journal import RunLock
        lock = RunLock(Path(sys.argv[1]))
        print("locked", flush=True)
        time.sleep(60)
    """
    process = python(script, tmp_path / "lock")
    try:
        assert process.stdout.readline() == "locked\n"
        with pytest.raises(RunRefused, match="another process is running"):
            RunLock(tmp_path / "lock")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
    RunLock(tmp_path / "lock").release()


@pytest.mark.parametrize("content", [b"not a database, " * 500, None])
def test_a_lock_that_cannot_be_taken_is_told_by_path(tmp_path, content):
    path = tmp_path / "lock"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(StorageError, match=f"^{path} cannot be locked: "):
        RunLock(path)


# The directory of a run


@pytest.fixture
def run(write, registry, tmp_path):
    """Open the run of SMALL with these changes, record so many fits, and tell how many are kept."""

    def run(number, *, fresh=False, **changes):
        experiment = read_experiment(write(**changes), registry)
        with open_run(experiment, experiment.load_data(), tmp_path / "runs" / "small", fresh=fresh) as journal:
            journal.record(fits(number))
            return len(journal.results())

    return run


def test_a_run_is_gone_on_with(run):
    assert run(2) == 2
    assert run(0) == 2


def test_a_run_keeps_its_experiment_with_every_default_and_its_manifest(run, write, registry, tmp_path):
    run(0)
    experiment = read_experiment(write(), registry)
    folder = tmp_path / "runs" / "small"
    assert yaml.safe_load((folder / EXPERIMENT).read_text("utf-8")) == experiment.resolved
    with opened(folder / JOURNAL, read_only=True) as journal:
        assert journal.manifest == make_manifest(experiment, experiment.load_data())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"seed": 8}, "  experiment.seed: was 7, is 8\n"),
        ({"scoring": "f1_macro"}, "  experiment.scoring: was None, is f1_macro\n"),
        ({"validation": {"method": "stratified_kfold", "folds": 4}}, "  experiment.validation.folds: was 3, is 4\n"),
        ({"dataset": "wine"}, "  data.rows: was 150, is 178\n"),
    ],
)
def test_a_run_is_not_gone_on_with_when_what_scores_depend_on_has_changed(run, changes, told):
    run(2)
    with pytest.raises(RunRefused) as caught:
        run(0, **changes)
    assert told in str(caught.value)
    assert "--fresh" in str(caught.value)
    assert run(0) == 2


@pytest.mark.parametrize("changes", [{"description": "another"}, {"reporters": ["json"]}, {"engine": "sklearn"}])
def test_a_run_is_gone_on_with_when_no_score_depends_on_what_has_changed(run, changes):
    run(2)
    assert run(0, **changes) == 2


def test_a_run_is_gone_on_with_when_the_same_rows_come_from_another_file(run, tmp_path):
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text("a,y\n" + "1,0\n2,1\n" * 6)
    run(2, dataset={"name": "csv", "path": "one.csv", "target": "y"})
    assert run(0, dataset={"name": "csv", "path": "two.csv", "target": "y"}) == 2
    (tmp_path / "two.csv").write_text("a,y\n" + "1,0\n3,1\n" * 6)
    with pytest.raises(RunRefused, match=r"data\.sha256: was"):
        run(0, dataset={"name": "csv", "path": "two.csv", "target": "y"})


def test_a_fresh_run_keeps_the_earlier_ones_beside_it(run, tmp_path):
    run(1)
    assert run(2, fresh=True, seed=8) == 2
    assert run(0, fresh=True) == 0
    assert [len(kept(tmp_path / "runs" / name / JOURNAL)) for name in ("small.1", "small.2", "small")] == [1, 2, 0]


def test_a_run_that_is_running_is_refused_even_when_it_is_to_be_fresh(run, write, registry, tmp_path):
    experiment = read_experiment(write(), registry)
    with open_run(experiment, experiment.load_data(), tmp_path / "runs" / "small", fresh=False) as journal:
        journal.record(fits(3))
        for fresh in (False, True):
            with pytest.raises(RunRefused, match="another process is running"):
                run(0, fresh=fresh)
        assert len(journal.results()) == 3
    assert run(0) == 3


def test_a_run_whose_experiment_cannot_be_written_is_refused_and_unlocked(run, tmp_path):
    folder = tmp_path / "runs" / "small"
    folder.mkdir(parents=True)
    (folder / EXPERIMENT).symlink_to("/dev/full")
    with pytest.raises(StorageError, match="cannot be written: No space left on device"):
        run(1)
    (folder / EXPERIMENT).unlink()
    assert run(1) == 1


def test_a_run_cannot_live_where_a_file_is(run, tmp_path):
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(StorageError, match=r"runs.* cannot be written: Not a directory"):
        run(1)
