"""Programs that several workers need at once are compiled by one of them; the others read what it leaves in JAX's cache."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import jax

LONGEST = 60.0
"""The most seconds to wait for another process, which may have been stopped meanwhile; then a program is compiled all the same."""

LOCKS = 256
"""How many programs can be compiled at once by all processes that share a cache."""


def compiled_once(lowered: Any, name: str, options: Any) -> Any:
    """The lowered function, compiled or read from the cache, while no other process compiles what has this name."""
    with alone(name):
        return lowered.compile(compiler_options=options)


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Meanwhile no other process is here with this name; one may be where there is no cache, or it cannot be locked."""
    folder = jax.config.jax_compilation_cache_dir if jax.config.jax_enable_compilation_cache else None
    with ExitStack() as held:
        if folder and "://" not in folder:
            number = int(hashlib.sha256(name.encode()).hexdigest(), 16) % LOCKS
            with suppress(OSError, sqlite3.Error):
                held.enter_context(closing(_locked(Path(folder) / "locks" / f"{number:02x}")))
        yield


def _locked(file: Path) -> sqlite3.Connection:
    """An exclusive transaction, which is a lock on every system and ends with the process; closing it ends it, too."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(file, timeout=LONGEST, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error:
        lock.close()
        raise
    return lock
