"""A fit comes to the same bits whatever is trained beside it, in whatever order, by however many workers."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
import yaml
from command_line import run_here
from journaled import journaled

from fused import varied

pytestmark = pytest.mark.slow
FOLDS, CANDIDATES = 5, 4
SEARCH = {
    "name": "search",
    "dataset": {"name": "breast_cancer", "sample": 33},
    "model": "stepwise",
    "search": {
        "space": {
            "dropout": {"dropout_rate": [0.1, 0.4]},
            "training": {"epochs": [2, 3], "batch_size": [5, 9], "learning_rate": [0.05, 1e38]},
        }
    },
    "validation": {"method": "kfold", "folds": 2, "shuffle": True},
    "seed": 3,
    "engine": "fused",
    "reporters": ["json", "histories"],
}
FITS = 32


@pytest.fixture(scope="session")
def neighbours(in_worker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("neighbours")
    in_worker("fused.neighbour_cases", folder)
    return json.loads((folder / "neighbours.json").read_text())


def test_folds_of_unequal_size_are_all_trained(neighbours):
    assert len(neighbours["sizes"]) == 2
    assert len(neighbours["runs"]["all"]) == FOLDS * CANDIDATES


@pytest.mark.parametrize(
    ("run", "fits"), [("reversed", 20), ("mixed", 20), ("halves", 20), ("finite", 10), ("alone", 3)]
)
def test_neighbours_and_order_do_not_change_a_bit(neighbours, run, fits):
    check_equal(neighbours["runs"], run, fits)


@pytest.mark.parametrize(
    ("run", "fits"), [("reversed", 20), ("mixed", 20), ("halves", 20), ("finite", 20), ("alone", 3)]
)
def test_neighbours_that_stop_early_do_not_change_a_bit(neighbours, run, fits):
    """Nor does it matter whether a training is shared with a fit that lasts longer."""
    check_equal(neighbours["stopping"], run, fits)


def check_equal(runs, run, fits):
    """So many fits came to the same bits in this run as in that of all together."""
    together, other = runs["all"], runs[run]
    assert len(other) == fits
    assert other == {fit: together[fit] for fit in other}


def test_of_neighbours_some_stop_early_and_some_do_not(neighbours):
    lengths = [len(result["history"]["loss"]) for result in neighbours["stopping"]["all"].values()]
    assert max(lengths) > min(lengths) > 1
    assert len(set(lengths)) > 3


def test_fits_that_differ_in_epochs_alone_begin_alike(neighbours):
    long = {fit: result for fit, result in neighbours["stopping"]["all"].items() if "40" in fit}
    assert len(long) == 10
    for fit, result in long.items():
        short = neighbours["stopping"]["all"][fit.replace("40", "3")]
        assert short["error"] is result["error"] is None
        for name, values in short["history"].items():
            assert values == result["history"][name][: len(values)]


WAVES = ("short", "longer", "again", "shorter", "in full", "alone")


@pytest.mark.parametrize("wave", WAVES)
@pytest.mark.parametrize("callbacks", ["callbacks", "none"])
def test_a_training_that_goes_on_comes_to_the_same_bits_as_anew(neighbours, callbacks, wave):
    """Scores, histories, predictions and all variables; some neighbours go on, and some are new."""
    found = neighbours["resuming"][callbacks][wave]
    assert found["states"]["fits"] == found["anew"]["fits"]


def test_what_is_trained_already_is_not_trained_again(neighbours):
    """Of ten fits, a wave of three epochs; five on to seven; nine in full, of which one has lost its state of seven; one alone."""
    found = neighbours["resuming"]["none"]
    epochs = {way: [found[wave][way]["epochs"] for wave in WAVES] for way in ("states", "anew")}
    assert epochs["anew"] == [30, 35, 35, 8, 108, 12]
    assert epochs["states"] == [30, 20, 0, 8, 4 * 5 + 4 * 9 + 12, 9]


def test_budgets_of_epochs_share_a_network(neighbours):
    """Which takes as long to read as some epochs to train."""
    assert neighbours["budgets"] == {"networks": 1, "epochs": [2, 3, 3]}


def test_trainings_that_go_on_are_stopped_and_slowed_by_what_they_did_before(neighbours):
    """Else equal results would prove little: some stop that did not before, at rates which were lowered before."""
    found = neighbours["resuming"]["callbacks"]
    longer = [history for _, _, history, *_ in found["longer"]["states"]["fits"].values()]
    assert any(3 < len(history["loss"]) < 7 for history in longer)
    assert any(len(set(history["learning_rate"][:3])) > 1 for history in longer)
    for wave in ("longer", "in full", "alone"):
        assert found[wave]["states"]["epochs"] < found[wave]["anew"]["epochs"]


def test_networks_that_begin_otherwise_share_no_training_though_they_differ_in_epochs_alone(neighbours):
    assert neighbours["shared"] == {"rate": [1] * 4, "weights": [1] * 4, "nothing": [2, 2]}


def test_callbacks_set_the_rate_of_an_optimizer_whose_loss_is_scaled(neighbours):
    """As it is under the policy mixed_float16; the one that scales has a rate of its own, which nobody uses."""
    assert neighbours["rate of scaled"] == 0.125


def test_an_exploding_network_fails_alone(neighbours):
    for fit, result in neighbours["runs"]["all"].items():
        if "1e+38" in fit:
            assert "NotFinite" in result["error"]
        else:
            assert result["error"] is None
            assert len(result["history"]["loss"]) == 2


def test_what_a_network_changes_of_the_process_as_it_is_traced_no_other_sees(neighbours):
    assert neighbours["beside one that spoils"] == [None] * 4


def test_replicas_of_a_candidate_differ(neighbours):
    histories = [str(result["history"]) for result in neighbours["runs"]["finite"].values()]
    assert len(set(histories)) == len(histories)


@pytest.mark.parametrize("case", ["activations", "noise:dropout", "layer:leaky"])
def test_every_lane_computes_the_same_bits(neighbours, case):
    assert neighbours["lanes"][case] == [True] * 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("runs")
    (path / "search.yaml").write_text(yaml.safe_dump(SEARCH))
    return path


def arguments(out, n_jobs):
    return ["run", "search.yaml", "-p", varied.__file__, "-j", str(n_jobs), "--out", out]


def run(folder, out, n_jobs):
    done = run_here(folder, *arguments(out, n_jobs))
    assert done.returncode == 0, done.stderr


def table(folder, out):
    """Everything a run found out, but for times."""
    trials = json.loads((folder / out / "search" / "results.json").read_text())["trials"]
    curves = json.loads((folder / out / "search" / "histories.json").read_text())["fits"]
    for number, trial in enumerate(trials):
        trial["histories"] = [curve["history"] for curve in curves if curve["trial"] == number]
        for fit in trial["fits"]:
            del fit["fit_seconds"], fit["score_seconds"], fit["traceback"]
    return trials


@pytest.fixture(scope="module")
def by_one(folder):
    """What a run with one worker found out."""
    run(folder, "one", 1)
    return table(folder, "one")


def test_epochs_and_batch_sizes_are_searched_together(by_one):
    assert len(by_one) == FITS // 2
    for trial in by_one:
        settings = trial["candidate"]["training"]
        explodes = settings["learning_rate"] > 1
        assert trial["status"] == ("failed" if explodes else "complete")
        lengths = {len(history["loss"]) for history in trial["histories"]}
        assert lengths == (set() if explodes else {settings["epochs"]})


def test_two_workers_find_what_one_does(folder, by_one):
    run(folder, "two", 2)
    assert table(folder, "two") == by_one


def test_a_run_that_was_killed_goes_on_to_the_same_end(folder, by_one):
    process = subprocess.Popen(
        [sys.executable, "-m", "gridloom", *arguments("killed", 1)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 100
    while journaled(folder / "killed" / "search") == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.communicate()
    assert 0 < journaled(folder / "killed" / "search") < FITS
    run(folder, "killed", 1)
    assert table(folder, "killed") == by_one
