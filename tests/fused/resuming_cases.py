"""Trains fits with larger and larger budgets, going on from states and anew; a part of the script `neighbour_cases`."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from fused import varied
from fused.works import make_work
from gridloom import Budget
from gridloom.core.states import States, state_name
from gridloom_plugins.fused import training
from gridloom_plugins.fused.members import lasting, member_of
from gridloom_plugins.fused.running import Running

CALLBACKS = {
    "callbacks": [
        {"name": "early_stopping", "patience": 3, "restore_best_weights": True},
        {"name": "reduce_lr_on_plateau", "patience": 1, "factor": 0.7},
    ]
}
EPOCHS = 12
SMALL = {
    "dataset": {"name": "breast_cancer", "sample": 50},
    "model": "normalized",
    "validation": {"method": "kfold", "folds": 5, "shuffle": True},
}


def resuming(folder, callbacks):
    """What becomes of the waves of a search, by name: from states and anew, and how many epochs each took in all lanes."""
    settings = {"epochs": EPOCHS, "batch_size": 8, "validation": 0.25, **callbacks}
    space = {"training": {"learning_rate": [0.002, 0.1]}}
    work = make_work(folder, space, plugin=varied.__file__, **SMALL, training=settings)
    place = Path(folder) / f"states {len(callbacks)}"
    found = {}
    for name, fits in waves(work.fits).items():
        if name == "in full":  # one of them has lost what it had
            (place / state_name(fits[3])).unlink()
        ways = {"states": work_with(work, fits, States(place)), "anew": work_with(work, fits, None)}
        found[name] = {way: trained(own) for way, own in ways.items()}
    return found


def networks_of(folder):
    """How many networks are read for a fit with three budgets of epochs, and how long each lasts."""
    work = make_work(folder, {"training": {"learning_rate": [0.1]}}, plugin=varied.__file__, **SMALL)
    fits = [replace(work.fits[0], budget=Budget(epochs=epochs)) for epochs in (2, 5, None)]
    members = [member_of(work, fit) for fit in fits]
    return {"networks": len({id(member.network) for member in members}), "epochs": [lasting(one) for one in members]}


def waves(fits):
    """All fits shortly, half of them longer, all in full, one alone and again; and shortly once more what lasted longer."""

    def budgeted(some, epochs):
        return [replace(fit, budget=Budget(epochs=epochs)) for fit in some]

    return {
        "short": budgeted(fits, 3),
        "longer": budgeted(fits[::2], 7),
        "again": budgeted(fits[::2], 7),
        "shorter": budgeted(fits[:4], 2),
        "in full": [fits[place] for place in (9, 1, 4, 6, 2, 0, 3, 8, 7)],
        "alone": [fits[5]],
    }


def work_with(work, fits, states):
    return replace(work, fits=tuple(fits), states=states)


def trained(work):
    """All that came of the fits, and the epochs that were trained in all lanes."""
    states, epochs = {}, []
    scored, one_epoch = training._scored, Running._epoch

    def noting(work, program, features, ready):
        states.update({one.member.fit.key: digest(one) for one in ready})
        return scored(work, program, features, ready)

    def counting(running, lanes):
        epochs.append(len(lanes))
        return one_epoch(running, lanes)

    with patch.object(training, "_scored", noting), patch.object(Running, "_epoch", counting):
        results = {fit.key: told(result) for fit, result in training.train_fits(work)}
    return {"fits": {key: [*result, states[key]] for key, result in results.items()}, "epochs": sum(epochs)}


def digest(trained):
    """The bits of all variables, those of the optimizer among them."""
    return hashlib.sha256(b"".join(values.tobytes() for values in trained.state)).hexdigest()


def told(result):
    history = {name: [float(value).hex() for value in values] for name, values in result.history.items()}
    return [result.error, result.scores, history, result.predicted.tobytes().hex()]
