"""Trains every case in fused programs, and writes down what came of it.

Run by `serving`, in a process with the environment of a worker.
"""

from __future__ import annotations

import traceback
from pathlib import Path

import fused.quiet  # noqa: F401  (first)

# isort: split
import jax
import numpy as np

from fused.cases import CASES, EPOCHS, LANES, MANY_LANES, ONE_LANE, model_of, start_of
from fused.works import case_work, orders_of, train
from gridloom_plugins.fused.features import features_of
from gridloom_plugins.fused.kernels import threefry
from gridloom_plugins.fused.networks import read_network
from gridloom_plugins.fused.programs import Program
from gridloom_plugins.fused.ways import BRIEF, HASTY, THOROUGH

COUNTS = (1, 7, 96, 1000)


def main(folder):
    found, programs = {}, []
    for case in CASES:
        try:
            programs += begun(folder, case)
        except Exception:
            found[f"{case}/error"] = np.array(traceback.format_exc())
    for case, work, lanes, program in programs:
        size = program.lanes
        try:
            parts = list(trained(program, lanes, work))
        except Exception:
            found[f"{case}/error"] = np.array(traceback.format_exc())
            continue
        for lane, (logs, variables, outputs) in enumerate(parts):
            place = f"{case}/{lane}/lanes{size}"
            found |= {f"{place}/loss": logs["loss"], f"{place}/outputs": outputs}
            found |= {f"{place}/variables/{number}": value for number, value in enumerate(variables)}
    found["bits"] = np.concatenate([threefry(np.array([3, 99], "uint32"), count) for count in COUNTS])
    key = jax.random.wrap_key_data(np.array([3, 99], "uint32"), impl="threefry2x32")
    found["bits of jax"] = np.concatenate([jax.random.bits(key, (count,)) for count in COUNTS])
    np.savez(Path(folder) / "fused.npz", **found)


def trained(program, lanes, work):
    """What became of both lanes, in a program that has fewer lanes, or more: the first network fills those between."""
    first, last = lanes
    if program.lanes == 1:
        return [*train(program, [first], work), *train(program, [last], work)]
    parts = train(program, [*[first] * (program.lanes - 1), last], work)
    return [parts[0], parts[-1]]


def begun(folder, case):
    """A case's programs, which compile in the background, with the lanes that they will train."""
    work = case_work(folder, model_of(case), *CASES[case])
    fit = work.fits[0]
    network = read_network(work, fit, work.data.weights is not None)
    first = work.build(fit)
    trainable = len(first.trainable_variables)
    lanes = []
    for lane in range(2):
        values = network.state(0)
        state = [start_of(case, lane, n, v, n < trainable) for n, v in enumerate(values[: network.variables])]
        lanes.append((network, fit, [*state, *values[network.variables :]], orders_of(work, fit, lane, EPOCHS)))
    usual = BRIEF if case in (*ONE_LANE, *MANY_LANES) else HASTY
    made = [(2, usual), *[(1, BRIEF)] * (case in ONE_LANE), *[(LANES, THOROUGH)] * (case in MANY_LANES)]
    return [(case, work, lanes, Program(network, size, way, features_of(work, [fit]))) for size, way in made]
