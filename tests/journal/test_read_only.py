"""Reading a journal only: while it is written, and where one cannot write."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from gridloom.errors import StorageError
from gridloom.runs.journal import Journal
from journal.journals import fits, kept, opened, python


def test_a_journal_is_read_while_it_is_written(path):
    with opened(path) as writer, opened(path, read_only=True) as reader:
        writer.record(fits(2))
        assert len(reader.results()) == 2
        writer.record(fits(3))
        assert len(reader.results()) == 3


def test_a_reader_cannot_write(path):
    with opened(path) as journal:
        journal.record(fits(1))
    with (
        opened(path, read_only=True) as journal,
        pytest.raises(StorageError, match="you are allowed to read it, but not to write to it, or to its folder"),
    ):
        journal.record(fits(2))
    assert len(kept(path)) == 1


def test_a_reader_does_not_make_a_journal_where_there_is_none(path):
    with pytest.raises(
        StorageError, match=f"{path} cannot be used: it does not exist, or you are not allowed to open it"
    ):
        Journal(path, read_only=True)
    assert not path.exists()


def test_a_reader_leaves_nothing_beside_the_journal(path):
    with opened(path) as journal:
        journal.record(fits(2))
    assert len(kept(path, read_only=True)) == 2
    assert list(path.parent.iterdir()) == [path]


def test_a_reader_finds_what_a_killed_writer_left_beside_the_journal_and_puts_it_in(path):
    code = """if True:
        import os, sys
        from pathlib import Path
        from journal.journals import fits
        from gridloom.runs.journal import Journal
        Journal(Path(sys.argv[1])).record(fits(3))
        os._exit(1)
    """
    script = f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n{code}"
    python(script, path).communicate(timeout=60)
    assert len(list(path.parent.iterdir())) > 1
    assert len(kept(path, read_only=True)) == 3
    assert list(path.parent.iterdir()) == [path]


READ_AS_ANOTHER = """if True:
    import os, sys
    from pathlib import Path
    from gridloom.runs.journal import Journal
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
