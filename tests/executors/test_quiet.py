"""Dask's own log messages do not reach the terminal, whichever handler would print them."""

from __future__ import annotations

import logging
from contextlib import closing

import distributed
import pytest

from gridloom_plugins.executors.on_dask.quiet import quiet

DASK = logging.getLogger(distributed.__name__)


@pytest.fixture(params=["its own handler", "the root logger", "last resort"])
def where(request):
    return request.param


@pytest.fixture
def handled(where, monkeypatch):
    """Have Dask's messages printed so; called in the test, since pytest gives the root logger handlers for each."""

    def handled():
        handlers = {where: [logging.StreamHandler()]}
        monkeypatch.setattr(DASK, "handlers", handlers.get("its own handler", []))
        monkeypatch.setattr(DASK, "propagate", where != "its own handler")
        monkeypatch.setattr(logging.root, "handlers", handlers.get("the root logger", []))
        monkeypatch.setattr(logging, "lastResort", logging._StderrHandler(logging.WARNING))

    return handled


def printed(capsys):
    logging.getLogger("distributed.client").error("of Dask")
    logging.getLogger("another").error("of another")
    return [line for line in capsys.readouterr().err.splitlines() if line != "of another"]


def test_messages_are_dropped_within_a_session_and_printed_after_it(handled, capsys):
    handled()
    with quiet():
        assert printed(capsys) == []
    assert printed(capsys) == ["of Dask"]


def test_what_threads_of_a_lost_session_report_stays_dropped(handled, capsys):
    handled()
    with pytest.raises(ConnectionError), quiet():
        raise ConnectionError
    with quiet():
        pass
    assert printed(capsys) == []


def test_messages_of_others_are_printed(handled, capsys):
    handled()
    with quiet():
        logging.getLogger("another").error("of another")
    assert capsys.readouterr().err == "of another\n"


def test_handlers_that_write_to_files_still_do(monkeypatch, tmp_path):
    with closing(logging.FileHandler(tmp_path / "dask.log")) as handler:
        monkeypatch.setattr(DASK, "handlers", [handler])
        with quiet():
            logging.getLogger("distributed.client").error("of Dask")
    assert (tmp_path / "dask.log").read_text() == "of Dask\n"
