"""What fits predict is kept up to a size, decided before the run trains; beyond, the run says that it is not."""

from __future__ import annotations

import pytest

from gridloom.experiment.bind import read_experiment
from gridloom.runs import kept_predictions
from gridloom.runs.reading import read_manifest
from gridloom.runs.runner import run_experiment
from journal.journals import kept

SIZE = 3 * 150 * 3 * 4
"""Bytes of three candidates' probabilities of three classes, for each of 150 rows that are tested once."""


@pytest.fixture
def run(write, registry, tmp_path):
    def run(**changes):
        run_experiment(read_experiment(write(**changes), registry), n_jobs=1, out=tmp_path / "runs")
        folder = tmp_path / "runs" / "small"
        return read_manifest(folder)["predictions"], kept(folder / "journal.sqlite", read_only=True).values()

    return run


def test_a_run_keeps_what_its_fits_predict_for_each_test_row(run, monkeypatch, capsys):
    monkeypatch.setattr(kept_predictions, "MOST", SIZE)
    said, results = run()
    assert said == "kept"
    assert [(result.predicted.dtype.str, result.predicted.shape) for result in results] == [("<f4", (50, 3))] * 9
    assert "predictions" not in capsys.readouterr().out


def test_a_run_that_would_take_too_much_keeps_none_and_says_so_and_is_resumed(run, monkeypatch, capsys):
    monkeypatch.setattr(kept_predictions, "MOST", SIZE - 1)
    said, results = run()
    assert said.startswith("predictions are not kept, since they would take")
    assert [result.predicted for result in results] == [None] * 9
    assert f"  {said}\n" in capsys.readouterr().out
    monkeypatch.undo()
    assert len(run()[1]) == 9
