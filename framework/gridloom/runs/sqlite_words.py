"""What SQLite says of files that it may not open or write, in words of those whose files they are."""

from __future__ import annotations

import sqlite3

_WORDS = {
    sqlite3.SQLITE_READONLY: "you may read it, but not write to it, or not in its folder",
    sqlite3.SQLITE_CANTOPEN: "it is not there, or you may not open it, or not write in its folder",
    sqlite3.SQLITE_PERM: "you may not open it",
}


def in_words(error: BaseException) -> str:
    """What an error says; in our words where it is about the right to open or write a file."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of an extended code says more than anyone needs
    return _WORDS.get(code) or str(error)
