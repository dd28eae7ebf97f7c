"""Batches of fits for the engine `fused`, made from plain data and trained through its programs, in one process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import yaml

from gridloom.experiment.bind import read_experiment
from gridloom.registry.registry import load_registry
from gridloom.testing.training import work_of

PLUGIN = str(Path(__file__).with_name("builders.py"))
BASE = {
    "dataset": {"name": "kind"},
    "model": "case",
    "training": {"epochs": 3, "batch_size": 8},
    "validation": {"method": "kfold", "folds": 3, "shuffle": True, "seeds": 2},
    "seed": 11,
    "engine": "fused",
}


def make_experiment(folder, space, plugin=PLUGIN, **changes):
    content = BASE | {"name": "work", "search": {"strategy": "grid", "space": space}} | changes
    file = Path(folder) / "work.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    return read_experiment(file, load_registry((plugin,)), plugins=(plugin,))


def make_work(folder, space, plugin=PLUGIN, **changes):
    """All fits of an experiment, those of one candidate behind each other."""
    return work_of(make_experiment(folder, space, plugin, **changes))


def case_work(folder, case, kind, batch=8):
    return make_work(
        folder,
        {"model": {"case": [case]}},
        dataset={"name": "kind", "kind": kind},
        training={"epochs": 3, "batch_size": batch},
    )


def orders_of(work, fit, seed, epochs=3):
    """The rows of a fit's epochs in a drawn order, of shape (epochs, rows)."""
    rows, _ = work.rows(fit)
    rng = np.random.default_rng([17, seed])
    return np.stack([rng.permutation(rows) for _ in range(epochs)]).astype("int32")


def weights_everywhere(work, fit):
    """The weight of every row of the data in training, in a list that is empty when all count alike."""
    from gridloom_plugins.networks.weights import row_weights

    rows, _ = work.rows(fit)
    weights = row_weights(work, fit, rows)
    if weights is None:
        return []
    everywhere = np.zeros(len(work.data.y), "float32")
    everywhere[rows] = weights
    return [everywhere]


def train(program, lanes, work):
    """Train (network, fit, state, orders) a lane; returns logs by name, variables and outputs, each by lane."""
    X = work.data.X.astype("float32")
    network = lanes[0][0]
    stacked = [[np.stack(arrays) for arrays in zip(*lists, strict=True)] for lists in _columns(lanes, work)]
    state, numbers, weights = stacked
    logs = []
    for epoch in range(len(lanes[0][3])):
        order = np.stack([orders[epoch] for *_, orders in lanes])
        state, log = program.epoch(state, numbers, order, weights, X, network.targets)
        logs.append([np.asarray(values) for values in log])
    rows = np.stack([_predicted_rows(work, fit, network.shape.predicted) for _, fit, *_ in lanes])
    asked = np.stack([lane[0].predict.numbers for lane in lanes])
    outputs = np.asarray(program.predict(state, asked, rows, X))
    history = {name: np.stack([log[place] for log in logs], axis=1) for place, name in enumerate(network.logs)}
    variables = [np.asarray(values) for values in state[: network.variables]]
    return [
        (
            {name: values[lane] for name, values in history.items()},
            [values[lane] for values in variables],
            outputs[lane][: len(work.rows(fit)[1])],
        )
        for lane, (_, fit, *_) in enumerate(lanes)
    ]


def _columns(lanes, work):
    yield [list(state) for _, _, state, _ in lanes]
    yield [[step.numbers for step in network.steps] for network, *_ in lanes]
    yield [weights_everywhere(work, fit) for _, fit, *_ in lanes]


def _predicted_rows(work, fit, size):
    rows = np.zeros(size, "int32")
    _, test = work.rows(fit)
    rows[: len(test)] = test
    return rows
