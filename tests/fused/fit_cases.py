"""Trains the cases of a backend by Keras's own `fit`, from the same initial weights and in the same order of rows.

Run in a process of its own: `KERAS_BACKEND=... python -m fused.fit_cases FOLDER`.
"""

from __future__ import annotations

import math
import sys
import traceback
from contextlib import nullcontext
from pathlib import Path

import fused.quiet  # noqa: F401  (first)

# isort: split
import keras
import numpy as np

from fused.cases import CASES, EPOCHS, FITTED, model_of, start_of
from fused.works import case_work, orders_of, weights_everywhere
from gridloom import cut_inputs

if keras.config.backend() == "tensorflow":
    from stepwise import numpy_batches

ONE_HOT = ("loss:categorical", "loss:kl_divergence", "saturated:one_hot")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


SAID = {"loss:logits": sigmoid, "loss:hinge": sigmoid}
"""What outputs say of classes, where they are no probabilities."""


STEPWISE = keras.config.backend() == "tensorflow"
"""TensorFlow takes longer to trace a model, and to open a queue, than to train it step by step."""


def main(folder):
    found = {}
    with numpy_batches() if STEPWISE else nullcontext():
        for case in FITTED[keras.config.backend()]:
            try:
                found |= fitted(folder, case)
            except Exception:
                found[f"{case}/error"] = np.array(traceback.format_exc())
    np.savez(Path(folder) / f"{keras.config.backend()}.npz", **found)


def fitted(folder, case):
    work = case_work(folder, model_of(case), *CASES[case])
    data, fit = work.data, work.fits[0]
    model = work.build(fit)
    model.compile(model.optimizer, model.loss, run_eagerly=STEPWISE)
    model.optimizer.build(model.trainable_variables)
    first = [np.asarray(variable) for variable in model.optimizer.variables]
    X = data.X.astype("float32")
    y = np.eye(len(data.classes))[data.y] if case.startswith(ONE_HOT) else data.y
    weights = weights_everywhere(work, fit)
    variables = [*model.trainable_variables, *model.non_trainable_variables]
    _, test = work.rows(fit)
    found = {f"{case}/names": np.array([variable.path for variable in variables])}
    for lane in range(2):
        for place, variable in enumerate(variables):
            trainable = place < len(model.trainable_variables)
            variable.assign(start_of(case, lane, place, np.asarray(variable), trainable))
        for variable, value in zip(model.optimizer.variables, first, strict=True):
            variable.assign(value)
        orders = orders_of(work, fit, lane, EPOCHS)
        steps = math.ceil(len(orders[0]) / CASES[case][1])

        def batches(orders=orders):
            for order in orders:
                for first in range(0, len(order), CASES[case][1]):
                    rows = order[first : first + CASES[case][1]]
                    yield cut_inputs(X[rows], data.inputs), y[rows], *(all_weights[rows] for all_weights in weights)

        done = model.fit(batches(), epochs=EPOCHS, steps_per_epoch=steps, shuffle=False, verbose=0)
        found[f"{case}/{lane}/loss"] = np.array(done.history["loss"])
        found |= {f"{case}/{lane}/variables/{place}": np.asarray(value) for place, value in enumerate(variables)}
        said = SAID.get(case, np.asarray)
        found[f"{case}/{lane}/outputs"] = said(
            np.asarray(model(cut_inputs(X[test], data.inputs), training=False), "float64")
        )
    return found


if __name__ == "__main__":
    main(sys.argv[1])
