"""Traces small functions, and writes down what the traces are and compute.

Run by `serving`, in a process with the environment of a worker.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from gridloom_plugins.fused.tracing import trace

X = np.linspace(1, 2, 5, dtype="float32")


def with_a_part_for_nothing(x):
    _ = x / 7.0
    return x * 0.5


FUNCTIONS = {
    "twice": lambda x: 0.9**x + 3.0 * 0.9**x,
    "two powers": lambda x: 0.9**x + 0.8**x,
    "a part for nothing": with_a_part_for_nothing,
    "half": lambda x: 0.5 * x + 0.5,
    "quarter": lambda x: 0.25 * x + 0.75,
}


def main(folder):
    traces = {name: trace(function, X)[0] for name, function in FUNCTIONS.items()}
    found = {
        name: {
            "primitives": [equation.primitive.name for equation in traced.jaxpr.eqns],
            "numbers": traced.numbers.tolist(),
            "key": traced.key,
            "values": np.asarray(traced(traced.numbers, [X])[0]).tolist(),
        }
        for name, traced in traces.items()
    }
    found["half with a quarter's numbers"] = np.asarray(traces["half"](traces["quarter"].numbers, [X])[0]).tolist()
    (Path(folder) / "traces.json").write_text(json.dumps(found))
