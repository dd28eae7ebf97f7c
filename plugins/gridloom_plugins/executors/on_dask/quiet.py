"""Keep Dask's own log messages from the terminal: Gridloom reports what matters of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

ROOTS = {"distributed", "tornado", "bokeh"}


@contextmanager
def quiet() -> Iterator[None]:
    """Drop what the loggers of Dask, and of the packages it uses, would print; handlers that write to files still do.

    Dask gives its loggers handlers only if the root logger has none when it is imported; otherwise its messages reach those of
    the root logger, or the handler of last resort.
    """
    import distributed  # noqa: F401  (which sets its loggers up)

    handlers = [one for one in _handlers() if not isinstance(one, (logging.FileHandler, logging.NullHandler))]
    mine = partial(_is_of_others)  # sessions end in any order
    for handler in handlers:
        handler.addFilter(mine)
    yield  # left by an exception, the filters stay: threads of Dask report a lost scheduler long after everybody knows
    for handler in handlers:
        handler.removeFilter(mine)


def _is_of_others(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] not in ROOTS


def _handlers() -> list[logging.Handler]:
    """Where messages of these loggers end up."""
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in ROOTS]
    own = [handler for name in names for handler in logging.getLogger(name).handlers]
    last = [logging.lastResort] if logging.lastResort else []
    return [*own, *logging.root.handlers, *last]
