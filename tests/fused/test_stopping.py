"""Callbacks stop, schedule and restore fused trainings as Keras's own do, epoch by epoch."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fused.stopping import CASES, EPOCHS, PARTS, RESUMED

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def stopped(in_worker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stopping")
    in_worker("fused.stopping_cases", folder)
    return json.loads((folder / "stopping.json").read_text())


@pytest.mark.parametrize("case", CASES)
def test_histories_and_weights_are_those_of_keras(stopped, case):
    for name, pairs in stopped.items():
        if not name.startswith(f"{case}/"):
            continue
        for pair in pairs:
            assert pair["ours"].keys() == pair["keras"].keys(), name
            for metric, expected in pair["keras"].items():
                assert len(pair["ours"][metric]) == len(expected), (name, metric)
                np.testing.assert_allclose(pair["ours"][metric], expected, rtol=1e-5, atol=1e-6, err_msg=name + metric)
            assert pair["apart"] < 1e-5, name


@pytest.mark.parametrize(("case", "way"), RESUMED)
def test_a_training_in_parts_is_the_one_that_keras_does_in_one_go(stopped, case, way):
    """To the bit it is that of ours without a break, which is compared with Keras's above."""
    for pair in stopped[f"{case}/{way}"]:
        (parted,) = pair["parted"]
        assert parted == {name: pair[name] for name in ("ours", "apart", "kept")}
    assert max(len(pair["ours"]["loss"]) for pair in stopped[f"{case}/{way}"]) > PARTS[1]


def test_metrics_that_a_builder_compiles_are_in_the_history(stopped):
    for pair in stopped["metrics:/stops"]:
        names = ["loss", "accuracy", "auc", "own", "weighed"]
        assert pair["ours"].keys() == {*names, *(f"val_{name}" for name in names)}


def test_trainings_end_early_late_and_not_at_all(stopped):
    """Else equal histories would prove little."""
    lengths = {len(pair["ours"]["loss"]) for name, pairs in stopped.items() if "/stops" in name for pair in pairs}
    assert len(lengths) > 2
    assert min(lengths) < EPOCHS / 2
    restored = [
        len(pair["ours"]["loss"]) - pair["kept"]
        for name, pairs in stopped.items()
        if "/stops" in name
        for pair in pairs
    ]
    assert max(restored) == 2  # the patience
    changed = [
        set(pair["ours"]["learning_rate"]) for name, pairs in stopped.items() if "/plateau" in name for pair in pairs
    ]
    assert any(len(rates) > 1 for rates in changed)
