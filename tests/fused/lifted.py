"""Which candidates are trained side by side, and what must not be."""

from __future__ import annotations

BATCH = 11
NUMBERS = {
    "stepwise": {
        "rate": [0.3, 0.5],
        "norm": [0.5, 1.0],
        "momentum": [0.5],
        "decay": [0.2],
        "l1": [0.1],
        "l2": [0.3],
        "smoothing": [0.4],
        "slope": [0.5],
        "clip": [0.05],
    },
    "adaptive": {
        "beta_1": [0.9, 0.5],
        "beta_2": [0.8],
        "delta": [0.05],
        "moving": [0.5],
        "noise": [0.9],
        "weight_decay": [0.5],
    },
}
OTHERS = ("activation=relu", "units=6", "loss=BinaryFocalCrossentropy", "momentum=0.0", "rate=0.0", "l1=0.0")
ZEROS = ("momentum=0.0", "rate=0.0", "l1=0.0")
HIDDEN = ("scan", "array", "normalization", "whole", "branch")
KINDS = {"stepwise": "two", "adaptive": "numbers", "hiding": "two"}
