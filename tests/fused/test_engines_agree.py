"""Both engines for networks stop, schedule and restore alike: from equal weights they come to equal curves and scores."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

import gridloom
from fused import builders

pytestmark = pytest.mark.slow

CASES = {
    "two": ["layer:no_hidden", "layer:layer_norm", "layer:leaky", "optimizer:adam", "optimizer:momentum"],
    "weighted": ["metrics:", "layer:batch_norm"],
    "images": ["layer:conv2d"],
    "series": ["layer:gru"],
    "several": ["loss:mse"],
    "three": ["loss:sparse_categorical_crossentropy"],
}
"""Eleven models by the kind of their data."""

CALLBACKS = [
    {"name": "early_stopping", "monitor": "val_loss", "patience": 2, "restore_best_weights": True},
    {"name": "reduce_lr_on_plateau", "monitor": "loss", "factor": 0.5, "patience": 1, "min_delta": 0.05},
]
SEARCH = {
    "model": "pinned",
    "training": {"epochs": 14, "batch_size": 8, "learning_rate": 0.3, "validation": 0.3, "callbacks": CALLBACKS},
    "validation": {"method": "shuffle_split", "folds": 1},
    "seed": 2,
    "reporters": [],
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """The results of all fits by engine and case."""
    folder = tmp_path_factory.mktemp("agree")
    results = {}
    for kind, cases in CASES.items():
        file = folder / f"{kind}.yaml"
        space = {"model": {"case": cases}}
        file.write_text(
            yaml.safe_dump({**SEARCH, "dataset": {"name": "kind", "kind": kind}, "search": {"space": space}})
        )
        for engine in ("fused", "scikeras"):
            settings = [f"engine={engine}"]
            run = gridloom.run(file, settings=settings, n_jobs=1, out=folder / engine, plugins=[builders.__file__])
            results |= {(engine, trial.params["case"]): trial.results[0] for trial in run.trials}
    return results


@pytest.mark.parametrize("case", [case for cases in CASES.values() for case in cases])
def test_curves_stops_and_scores_are_alike(found, case):
    fused, scikeras = found["fused", case], found["scikeras", case]
    assert fused.error is scikeras.error is None
    assert fused.history.keys() == scikeras.history.keys()
    for name, expected in scikeras.history.items():
        assert len(fused.history[name]) == len(expected), name
        np.testing.assert_allclose(fused.history[name], expected, rtol=1e-4, atol=1e-4, err_msg=name)
    assert fused.parameters == scikeras.parameters > 0
    assert fused.scores == pytest.approx(scikeras.scores, rel=1e-4, abs=1e-4)


def test_some_are_stopped_and_learning_rates_change(found):
    histories = [result.history for result in found.values()]
    assert len({len(history["loss"]) for history in histories}) > 3
    assert any(len(set(history["learning_rate"])) > 1 for history in histories)
