"""Broken journals and disks: what is damaged is refused by name, and a full disk loses one batch only."""

from __future__ import annotations

import sqlite3

import pytest

from gridloom.errors import StorageError
from gridloom.runs.journal import Journal
from journal.journals import fits, kept, opened, python


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
        from gridloom.runs.journal import Journal
        journal = Journal(Path(sys.argv[1]))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        for batch in range(1000):
            pairs = [(Fit(Candidate({}), batch, fold), FitResult({"accuracy": 0.5}, {"loss": [0.1] * 900})) for fold in range(3)]
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
        from gridloom.runs.journal import Journal
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
