"""What SQLite says of files that it may not open or write, in words of those whose files they are."""

from __future__ import annotations

import sqlite3

_WORDS = {
    sqlite3.SQLITE_READONLY: "you are allowed to read it, but not to write to it, or to its folder",
    sqlite3.SQLITE_CANTOPEN: "it does not exist, or you are not allowed to open it or to write in its folder",
    sqlite3.SQLITE_PERM: "you are not allowed to open it",
}


def in_words(error: BaseException) -> str:
    """What an error says; in our words where it is about the right to open or write a file."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of an extended code says more than anyone needs
    return _WORDS.get(code) or str(error)
