"""Trains the same fits among others, in another order and alone, and the same network in every lane of a program.

Run by `serving`, in a process with the environment of a worker.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import fused.quiet  # noqa: F401  (first)

# isort: split
import numpy as np

from fused import resuming_cases, varied
from fused.works import case_work, make_work, orders_of, train
from gridloom_plugins.fused import training
from gridloom_plugins.fused.features import features_of
from gridloom_plugins.fused.members import member_of, sharing
from gridloom_plugins.fused.networks import read_network
from gridloom_plugins.fused.programs import Program
from gridloom_plugins.fused.ways import BRIEF

LANES = 8
STOPPING = [
    {"name": "early_stopping", "patience": 1, "restore_best_weights": True},
    {"name": "reduce_lr_on_plateau", "patience": 1, "monitor": "loss"},
]
SAME = ("activations", "noise:dropout", "layer:leaky")


def main(folder):
    work = make_work(
        folder,
        {"model": {"change": ["rate=0.2", "rate=0.6, l2=0.5"]}, "training": {"learning_rate": [0.05, 1e38]}},
        plugin=varied.__file__,
        dataset={"name": "breast_cancer", "sample": 33},
        model="stepwise",
        training={"epochs": 2, "batch_size": 10},
        validation={"method": "kfold", "folds": 5, "shuffle": True},
    )
    found = {"sizes": sorted({len(work.rows(fit)[0]) for fit in work.fits}), "runs": among_others(work)}
    found["stopping"] = among_others(
        make_work(
            folder,
            {"training": {"epochs": [3, 40], "learning_rate": [0.05, 0.3]}},
            plugin=varied.__file__,
            **resuming_cases.SMALL,  # its program, too
            training={"batch_size": 8, "validation": 0.25, "callbacks": STOPPING},
        )
    )
    found["resuming"] = {
        name: resuming_cases.resuming(folder, callbacks)
        for name, callbacks in (("callbacks", resuming_cases.CALLBACKS), ("none", {}))
    }
    found["budgets"] = resuming_cases.networks_of(folder)
    found["shared"] = {of: shared(folder, of) for of in ("rate", "weights", "nothing")}
    found["rate of scaled"] = rate_of_scaled(folder)
    found["beside one that spoils"] = beside_one_that_spoils(folder)
    found["lanes"] = {case: in_all_lanes(folder, case) for case in SAME}
    (Path(folder) / "neighbours.json").write_text(json.dumps(found))


def among_others(work):
    """What becomes of the fits of a work in one batch, and in others."""
    alone = [[fit] for fit in (work.fits[0], work.fits[4], work.fits[-6])]
    batches = {
        "all": [work.fits],
        "reversed": [work.fits[::-1]],
        "mixed": [[work.fits[place] for place in np.random.default_rng(3).permutation(len(work.fits))]],
        "halves": [work.fits[::2], work.fits[1::2]],
        "finite": [[fit for fit in work.fits if fit.candidate.values["training"]["learning_rate"] < 1]],
        "alone": alone,
    }
    runs = {}
    for name, parts in batches.items():
        results = [pair for part in parts for pair in training.train_fits(replace(work, fits=part))]
        runs[name] = {described(fit): told(result) for fit, result in results}
    return runs


def shared(folder, of):
    """How many fits share each training where a builder has an option called `epochs`."""
    work = make_work(
        folder,
        {"model": {"epochs": [2, 4], "of": [of]}},
        plugin=varied.__file__,
        dataset={"name": "breast_cancer", "sample": 50},
        model="hurried",
        validation={"method": "kfold", "folds": 2},
    )
    return [len(members) for members in sharing(work, [member_of(work, fit) for fit in work.fits])]


def rate_of_scaled(folder):
    """The learning rate that callbacks begin with, of an optimizer inside of one that scales the loss."""
    work = make_work(
        folder, {"model": {"of": ["scaled"]}}, plugin=varied.__file__, dataset="breast_cancer", model="hurried"
    )
    network = member_of(work, work.fits[0]).network
    return float(network.state(0)[network.rate])


def beside_one_that_spoils(folder):
    """The errors of fits, in the batch of one that changes its process while it is traced."""
    work = make_work(
        folder,
        {"model": {"spoils": [1.0, 0.0]}},
        plugin=varied.__file__,
        dataset={"name": "breast_cancer", "sample": 33},
        model="spoiling",
        training={"epochs": 1, "batch_size": 33},
        validation={"method": "kfold", "folds": 2},
    )
    return [result.error for _, result in training.train_fits(work)]


def described(fit):
    return f"{sorted(fit.candidate.flat.items())} {fit.fold}"


def told(result):
    history = {name: [float(value).hex() for value in values] for name, values in result.history.items()}
    return {"score": result.score and result.score.hex(), "history": history, "error": result.error}


def in_all_lanes(folder, case):
    """Whether one and the same fit comes to the same bits in every lane of a program."""
    work = case_work(folder, case, "two", batch=7)
    fit = work.fits[0]
    network = read_network(work, fit, weighted=False)
    program = Program(network, LANES, BRIEF, features_of(work, [fit]))
    lane = (network, fit, network.state(3), orders_of(work, fit, 0))
    bits = [
        b"".join(values.tobytes() for values in (*logs.values(), *variables, outputs))
        for logs, variables, outputs in train(program, [lane] * LANES, work)
    ]
    return [own == bits[0] for own in bits]
