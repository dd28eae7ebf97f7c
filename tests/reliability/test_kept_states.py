"""States of trainings: numbers come back as they were or not at all, and a run leaves none when it is complete."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

from gridloom import Budget, Candidate, Fit
from gridloom.core import states
from gridloom.core.states import States, state_name
from reliability import going_on

NAME, TRAINING = "training.npz", b"a training"
ARRAYS = {"weights": np.arange(6, dtype="float32").reshape(2, 3), "bits": np.array([np.nan, -0.0, 1e-310])}


@pytest.fixture
def kept(tmp_path):
    """A folder with a state of nine epochs."""
    found = States(tmp_path / "states")
    found.keep(NAME, TRAINING, 9, ARRAYS)
    return found


def load(kept, epochs=None, training=TRAINING):
    return States(kept.folder).load(NAME, training, epochs)


def test_numbers_come_back_bit_by_bit(kept):
    found = load(kept)
    assert {name: (array.dtype, array.shape, array.tobytes()) for name, array in found.items()} == {
        name: (array.dtype, array.shape, array.tobytes()) for name, array in ARRAYS.items()
    }
    assert [path.name for path in kept.folder.iterdir()] == [NAME]


def test_a_state_of_another_run_is_not_used(kept):
    assert States(kept.folder, "another run").load(NAME, TRAINING, 27) is None


def test_a_state_is_for_larger_budgets_of_the_same_training(kept):
    assert load(kept, 9) is not None
    assert load(kept, 27) is not None
    assert load(kept, 8) is None
    assert load(kept, training=b"another one") is None


def test_budgets_in_epochs_have_one_name_and_other_trainings_have_others():
    full = Fit(Candidate({"model": {"units": 3}}), 0, 1)
    names = [state_name(fit) for fit in (full, Fit(full.candidate, 0, 1, budget=Budget(epochs=9)))]
    assert names[0] == names[1]
    assert state_name(Fit(full.candidate, 0, 1, budget=Budget(epochs=9, share=0.5))) not in names
    assert state_name(Fit(full.candidate, 0, 2, budget=Budget(epochs=9))) not in names


def test_a_longer_training_takes_the_place_of_a_shorter_one_and_no_shorter_one_that_of_a_longer(kept):
    kept.keep(NAME, TRAINING, 27, {"weights": np.ones(3)})
    assert load(kept)["weights"].tolist() == [1, 1, 1]
    asked = States(kept.folder)
    assert asked.load(NAME, TRAINING, 9) is None
    asked.keep(NAME, TRAINING, 9, ARRAYS)
    assert load(kept)["weights"].tolist() == [1, 1, 1]


def changed(data):
    return data[:40] + bytes([data[40] ^ 1]) + data[41:]


@pytest.mark.parametrize(
    "damage", [changed, lambda data: data[:-1], lambda data: data[:20], lambda _: b"", lambda _: pickle.dumps(ARRAYS)]
)
def test_a_damaged_state_is_as_if_it_were_not_there(kept, damage):
    path = kept.folder / NAME
    path.write_bytes(damage(path.read_bytes()))
    assert load(kept) is None


def test_a_folder_in_its_place_is_no_state_and_nothing_is_kept(kept, caplog):
    (kept.folder / NAME).unlink()
    (kept.folder / NAME).mkdir()
    assert load(kept) is None
    kept.keep(NAME, TRAINING, 9, ARRAYS)
    assert "is a folder" in caplog.text


def test_objects_are_not_kept(kept):
    with pytest.raises(ValueError, match="allow_pickle=False"):
        kept.keep(NAME, TRAINING, 27, {"weights": np.array([object()])})
    assert load(kept) is not None


def test_beyond_a_size_no_more_are_kept_and_it_is_said_once(tmp_path, caplog):
    kept = States(tmp_path / "states", most=20_000)
    for number in range(5):
        kept.keep(f"{number}.npz", TRAINING, 9, {"weights": np.zeros(1000)})
    assert sorted(path.name for path in kept.folder.iterdir()) == ["0.npz"]
    assert caplog.text.count("training states are not kept") == 1
    assert "larger budgets train from the start" in caplog.text


def test_states_do_not_fill_the_disk(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(states.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 2**20}))
    States(tmp_path / "states").keep(NAME, TRAINING, 9, ARRAYS)
    assert list((tmp_path / "states").iterdir()) == []
    assert "the disk has less than 1,024 MiB to spare" in caplog.text


@pytest.fixture
def halved(gridloom, write):
    """Run a search whose candidates go on twice."""
    write(
        model="growing",
        training={"epochs": 10},
        search={"strategy": "halve", "space": {"model": {"step": [0.1, 0.3, 0.2]}}},
        validation={"method": "kfold", "folds": 2},
        reporters=["json"],
    )
    return lambda *options: gridloom("run", "small.yaml", "-p", going_on.__file__, *options)


def trained(tmp_path):
    """Of each trial: its step and budget, how many epochs its fits were trained, and its mean."""
    trials = json.loads((tmp_path / "runs" / "small" / "results.json").read_text())["trials"]
    return [
        (
            trial["candidate"]["model"]["step"],
            trial["budget"].get("epochs"),
            [fit["fit_seconds"] for fit in trial["fits"]],
            round(trial["mean"], 9),
        )
        for trial in trials
    ]


SHORT = [(step, 2, [2, 2], round(2 * step, 9)) for step in (0.1, 0.3, 0.2)]
LONGER = [(0.3, 5, [3, 3], 1.5), (0.2, 5, [3, 3], 1)]
IN_FULL = [(0.3, None, [5, 5], 3), (0.2, None, [5, 5], 2)]


BEFORE_THE_LAST = ("--set", "search.stop.trials=5")


def test_fits_go_on_where_a_limit_is_raised_but_for_those_whose_state_is_damaged(halved, tmp_path):
    kept = tmp_path / "runs" / "small" / "states"
    assert halved(*BEFORE_THE_LAST).returncode == 0
    assert trained(tmp_path) == [*SHORT, *LONGER]
    assert len(list(kept.iterdir())) == 6  # three candidates in two folds
    (kept / ".training.npz.torn.new").touch()
    damaged = Fit(Candidate({"model": {"step": 0.2}}), 0, 1)
    (kept / state_name(damaged)).write_bytes(b"no state")
    assert halved().returncode == 0
    assert trained(tmp_path) == [*SHORT, *LONGER, IN_FULL[0], (0.2, None, [5, 10], 2)]
    assert not kept.exists()


def test_a_fresh_run_does_not_go_on_from_the_states_of_the_one_before(halved, tmp_path):
    halved(*BEFORE_THE_LAST)
    assert halved("--fresh").returncode == 0
    assert trained(tmp_path) == [*SHORT, *LONGER, *IN_FULL]
    assert (tmp_path / "runs" / "small.1" / "journal.sqlite").exists()
    assert [path.name for path in tmp_path.glob("runs/*/states")] == []
