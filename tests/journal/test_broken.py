"""Broken journals and disks: what is damaged is refused by name, and a full disk loses one batch only."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloom import FitResult
from gridloom.errors import StorageError
from gridloom.runs.journal import Journal
from journal.journals import FIT, fits, kept, opened, python

WAY_OUT = "restore it from a copy, or start over with --fresh"


@pytest.mark.parametrize("read_only", [False, True])
def test_pages_that_have_changed_places_are_noticed_though_every_row_is_whole(path, read_only):
    with opened(path) as journal:
        journal.record(fits(200))
    whole = path.read_bytes()
    pages = [whole[start : start + 4096] for start in range(0, len(whole), 4096)]
    for one in range(1, len(pages) - 1):
        swapped = [*pages]
        swapped[one], swapped[one + 1] = pages[one + 1], pages[one]
        path.write_bytes(b"".join(swapped))
        with pytest.raises(StorageError, match=f"^the journal {path} .*; {WAY_OUT}$"):
            kept(path, read_only=read_only)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_no_database_is_refused_by_name(path, read_only):
    path.write_bytes(b"not a database, " * 500)
    with pytest.raises(StorageError) as caught:
        kept(path, read_only=read_only)
    assert str(caught.value) == f"the journal {path} cannot be used: file is not a database; {WAY_OUT}"


def test_a_damaged_journal_is_refused_by_name(path):
    with opened(path) as journal:
        journal.record(fits(200))
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x7f" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(StorageError, match=f"^the journal {path} cannot be used: .*malformed"):
        kept(path)


DAMAGED = "is damaged: {} does not match its checksum; restore it from a copy, or start over with --fresh"


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("size", [0, 5, 1000, 4096, 5000, 8192, 12_288])
def test_a_journal_that_was_cut_off_is_refused_and_left_as_it_is(path, size, read_only):
    with opened(path) as journal:
        journal.manifest = {"data": "x" * 5000}
        journal.record(fits(100))
    cut = path.read_bytes()[:size]
    assert len(cut) == size
    path.write_bytes(cut)
    with pytest.raises(StorageError, match=f"^the journal {path} ") as caught:
        everything(path, read_only=read_only)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == cut


def everything(path, **options):
    with opened(path, **options) as journal:
        return journal.manifest, journal.results()


@pytest.mark.parametrize("read_only", [False, True])
def test_an_empty_journal_is_refused_in_words(path, read_only):
    path.touch()
    with pytest.raises(StorageError) as caught:
        Journal(path, read_only=read_only)
    assert str(caught.value) == (
        f"the journal {path} is empty, so its fits are lost; restore it from a copy, or start over with --fresh"
    )


def test_a_run_with_an_empty_journal_is_neither_read_nor_replaced(gridloom, write, tmp_path):
    assert gridloom("run", write(), "-j1").returncode == 0
    path = tmp_path / "runs" / "small" / "journal.sqlite"
    path.write_bytes(b"")
    for arguments in (["run", write(), "-j1"], ["show", "small"], ["report", "small"]):
        done = gridloom(*arguments)
        assert done.returncode == 4, done.stdout
        assert done.stderr.count("\n") == 1
        assert "journal.sqlite is empty, so its fits are lost; restore it" in done.stderr
    assert path.read_bytes() == b""
    assert gridloom("run", write(), "-j1", "--fresh").returncode == 0


@given(st.integers(0, 63))
def test_a_single_bit_of_a_score_that_flips_is_noticed(tmp_path_factory, bit):
    path = Path(tempfile.mkdtemp(dir=tmp_path_factory.getbasetemp())) / "journal.sqlite"
    score = 0.714285714285
    with opened(path) as journal:
        journal.record([(FIT, FitResult({"accuracy": score}))])
    content = bytearray(path.read_bytes())
    content[content.index(str(score).encode()) + bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    with pytest.raises(StorageError, match=f"^the journal {path} ") as caught:
        kept(path)
    assert DAMAGED.format("a fit") in str(caught.value) or "Could not decode to UTF-8" in str(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fits SET scores = '{'",
        "UPDATE fits SET history = '[1]'",
        "UPDATE fits SET history = x'00'",
        "UPDATE fits SET fold = 1",
        "UPDATE fits SET key = x'00'",
        "UPDATE fits SET error = ''",
        "UPDATE fits SET fit_seconds = 1e-300",
        "UPDATE fits SET checksum = 0",
    ],
)
def test_a_fit_that_is_not_what_was_recorded_is_refused_by_name(path, statement):
    with opened(path) as journal:
        journal.record(fits(1))
    change(path, statement)
    with pytest.raises(StorageError) as caught:
        kept(path)
    assert str(caught.value) == f"the journal {path} {DAMAGED.format('a fit')}"


@pytest.mark.parametrize("statement", ["UPDATE manifest SET content = '{}'", "UPDATE manifest SET format = 3"])
def test_a_manifest_that_is_not_what_was_put_there_is_refused_by_name(path, statement):
    with opened(path) as journal:
        journal.manifest = {"seed": 7}
        change(path, statement)
        with pytest.raises(StorageError) as caught:
            _ = journal.manifest
    assert str(caught.value) == f"the journal {path} {DAMAGED.format('its manifest')}"


@pytest.mark.parametrize("read_only", [False, True])
def test_a_journal_of_a_later_format_is_refused_with_the_known_ones(path, read_only):
    with opened(path) as journal:
        journal.manifest = {}
    change(path, "PRAGMA user_version = 3")
    with pytest.raises(StorageError) as caught:
        kept(path, read_only=read_only)
    assert str(caught.value) == f"{path} has the format 3; this version of Gridloom reads 1 and 2"


def test_a_database_of_something_else_is_refused_and_left_as_it_is(path):
    change(path, "CREATE TABLE songs (title TEXT)")
    before = path.read_bytes()
    with pytest.raises(StorageError, match=f"^the journal {path} cannot be used: no such table"):
        Journal(path)
    assert path.read_bytes() == before


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
            pairs = [(Fit(Candidate({}), batch, fold), FitResult({"accuracy": 0.5}, error="x" * 9000)) for fold in range(3)]
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
