"""The log of what workers print has a bound, and is never something else than a file."""

from __future__ import annotations

import os

import pytest

from gridloom.training import worker_log
from gridloom.training.worker_log import CUT, output_to, trim
from reliability.conftest import searching


@pytest.mark.usefixtures("new_workers")
def test_what_fits_print_is_kept_within_bounds_and_the_log_says_so(run, tmp_path, monkeypatch):
    monkeypatch.setattr(worker_log, "MOST_BYTES", 100_000)
    result = run(**searching(act=["print", "look"]) | {"reporters": []})
    assert not result.failed
    log = (tmp_path / "runs" / "hostile" / "workers.log").read_bytes()
    assert CUT in log
    assert len(log) < 1_000_000


def test_a_log_is_cut_once_and_goes_on_behind_the_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(worker_log, "MOST_BYTES", 100)
    log = tmp_path / "workers.log"
    for _ in range(3):
        with log.open("ab") as file:
            file.write(b"x" * 1000)
        trim(log)
        assert log.read_bytes() == b"x" * 100 + CUT


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("victim"), os.mkdir])
def test_what_is_no_file_is_neither_waited_for_nor_written_to(make, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    log, victim = tmp_path / "workers.log", tmp_path / "victim"
    victim.write_text("precious")
    make(log)
    with output_to(log):
        os.write(1, b"lost")
    trim(log)
    assert victim.read_text() == "precious"
