"""How many fits a run has journaled so far, read from outside while it runs."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def journaled(folder: Path) -> int:
    """The number of fits in the journal of a run's folder; 0 while there is no journal."""
    try:
        database = sqlite3.connect(f"file:{folder / 'journal.sqlite'}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return 0
    try:
        (count,) = database.execute("SELECT COUNT(*) FROM fits").fetchone()
    except sqlite3.OperationalError:
        return 0
    finally:
        database.close()
    return int(count)
