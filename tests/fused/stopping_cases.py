"""Trains cases with callbacks, in fused programs and by Keras's own `fit` from the same weights on the same rows.

Run by `serving`, in a process with the environment of a worker.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import fused.quiet  # noqa: F401  (first)

# isort: split
import keras
import numpy as np

from fused.cases import model_of
from fused.stopping import CALLBACKS, CASES, EPOCHS, PARTS, RATE, RESUMED
from fused.works import make_work
from gridloom import Budget, cut_inputs
from gridloom.core.states import States
from gridloom_plugins.fused.members import member_of
from gridloom_plugins.fused.networks import compiled_model
from gridloom_plugins.fused.running import Running
from gridloom_plugins.fused.training import _prepared, sharing


def main(folder):
    found = {}
    for case, (kind, batch) in CASES.items():
        for way, callbacks in CALLBACKS.items():
            if way == "stops" or case in ("layer:no_hidden", "layer:gru", "optimizer:adam"):
                parts = PARTS if (case, way) in RESUMED else ()
                fits = 3 if way == "stops" else 1
                found[f"{case}/{way}"] = trained(folder, case, kind, batch, callbacks, fits, parts)
    (Path(folder) / "stopping.json").write_text(json.dumps(found))


def trained(folder, case, kind, batch, callbacks, fits=1, parts=()):
    """What both made of the first fits of a case: histories, and the weights in the end.

    Where there are parts, ours is also trained with budgets of so many epochs, each going on from where the one before has ended.
    """
    work = make_work(
        folder,
        {"model": {"case": [model_of(case)]}},
        dataset={"name": "kind", "kind": kind},
        training={
            "epochs": EPOCHS,
            "batch_size": batch,
            "learning_rate": RATE,
            "validation": 0.3,
            "callbacks": callbacks,
        },
    )
    members, ours = by_us(work, fits)
    resuming = replace(work, states=States(Path(folder) / f"states of {case}"))
    in_parts = [by_us(resuming, fits, epochs)[1] for epochs in parts][-1:]
    pairs = []
    for place, member in enumerate(members):
        history, weights = by_keras(work, member, batch, callbacks)
        found, *parted = (compared(member, own[place], weights) for own in (ours, *in_parts))
        pairs.append({**found, "keras": history, "parted": parted})
    return pairs


def by_us(work, fits, epochs=None):
    """The first fits of a work, and what a fused program made of them within so many epochs."""
    some = [replace(fit, budget=Budget(epochs=epochs)) for fit in work.fits[:fits]]
    program, features, members = _prepared(work, [member_of(work, fit) for fit in some])
    ours = {one.member.fit.key: one for one in Running(work, program, features, sharing(work, members))}
    return members, [ours[fit.key] for fit in some]


def compared(member, one, weights):
    """Our history, how far our weights are from these, relative to the largest, and which epoch's they are."""
    own = [np.asarray(values) for values in one.state[: member.network.variables]]
    scale = max(float(np.abs(values).max(initial=1e-6)) for values in weights)
    apart = max(float(np.abs(a.astype(float) - b).max(initial=0)) for a, b in zip(own, weights, strict=True))
    return {"ours": one.history, "apart": apart / scale, "kept": one.kept}


def made(item, start):
    """Keras's own callback of these options."""
    options = {name: value for name, value in item.items() if name != "name"}
    if item["name"] == "early_stopping":
        return keras.callbacks.EarlyStopping(**options)
    if item["name"] == "reduce_lr_on_plateau":
        return keras.callbacks.ReduceLROnPlateau(**options)
    decay = keras.optimizers.schedules.CosineDecay(start, EPOCHS)
    return keras.callbacks.LearningRateScheduler(lambda epoch, _: float(decay(epoch)))


def by_keras(work, member, batch, callbacks):
    """History and weights by Keras's `fit`."""
    model = compiled_model(work, member.fit)
    values = member.network.state(work.seed(member.fit))
    variables = [*model.trainable_variables, *model.non_trainable_variables, *model.optimizer.variables]
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    X, y, weights = work.data.X.astype("float32"), member.network.targets, work.data.weights

    def rows_of(rows):
        data = (cut_inputs(X[rows], work.data.inputs), y[rows])
        return data if weights is None else (*data, weights[rows].astype("float32"))

    def batches():
        rng = np.random.default_rng((work.seed(member.fit), 1))
        for _ in range(EPOCHS):
            order = rng.permuted(member.train)
            for first in range(0, len(order), batch):
                yield rows_of(order[first : first + batch])

    start = float(np.asarray(model.optimizer.learning_rate))
    done = model.fit(
        batches(),
        epochs=EPOCHS,
        steps_per_epoch=math.ceil(len(member.train) / batch),
        validation_data=rows_of(member.watching),
        validation_batch_size=batch,
        callbacks=[made(item, start) for item in callbacks],
        verbose=0,
    )
    found = [*model.trainable_variables, *model.non_trainable_variables]
    history = {name: [float(value) for value in values] for name, values in done.history.items()}
    return history, [np.asarray(variable) for variable in found]
