"""Dask's own reports, kept from the terminal of whoever runs an experiment: what matters of them is told in words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

ROOTS = {"distributed", "tornado", "bokeh"}


@contextmanager
def quiet() -> Iterator[None]:
    """Drop what the loggers of Dask, and of what it is made of, would print; those that write to files write on."""
    import distributed  # noqa: F401  (which sets its loggers up)

    def nothing(_: logging.LogRecord) -> bool:
        return False

    handlers = [one for one in _handlers() if type(one) is logging.StreamHandler]
    for handler in handlers:
        handler.addFilter(nothing)
    yield  # left by an exception, it goes on: threads of Dask report a scheduler that was lost after everybody knows
    for handler in handlers:
        handler.removeFilter(nothing)


def _handlers() -> list[logging.Handler]:
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in ROOTS]
    return [handler for name in names for handler in logging.getLogger(name).handlers]
