"""Results of searches for pages: grids with several folds and seeds, histories, and texts that attack a page."""

from __future__ import annotations

import itertools
import math

import numpy as np

from gridloom import Candidate, Fit, FitResult, Proposal, Result, Trial

ATTACKS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!-- <script>",
    "<b>bold</b>",
    '<a href="https://example.org">link</a>',
    "&lt;b&gt; &amp;",
    "{{ 7 * 7 }} {% raw %}",
    "%{x} $x^2$",
    "@accent",
    "\u2028\u2029",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "__proto__",
]
"""Names and values that would do harm in a page that took them for more than text."""

MANIFEST = {
    "experiment": {
        "dataset": {"name": "pima"},
        "model": {"name": "mlp", "hidden": [12]},
        "validation": {"name": "kfold", "folds": 3, "seeds": 4},
        "seed": 7,
    },
    "data": {"rows": 768, "sha256": "0123456789abcdef" * 4},
    "plugins": {"builtin-models": "gridloom 0.1.0"},
    "packages": {"python": "3.11.2", "numpy": "2.4.0"},
}


def grid(**domains):
    """Candidates of the group `m`, one for each combination of values."""
    return [
        Candidate({"m": dict(zip(domains, values, strict=True))}) for values in itertools.product(*domains.values())
    ]


def searched(candidates, folder, folds=3, seeds=4, epochs=0, score=None, more_seconds=0.0, **fields):
    """A result whose scores rise and fall with the place of the candidate; `epochs` of history where asked for."""
    rng = np.random.default_rng(0)
    trials = []
    for number, candidate in enumerate(candidates):
        fits = tuple(Fit(candidate, 0, fold, seed) for fold in range(folds) for seed in range(seeds))
        middle = 0.7 + 0.02 * math.sin(number) if score is None else score(number)
        results = tuple(_fit(middle + 0.01 * fit.fold, epochs, rng, 1.5 + number * more_seconds) for fit in fits)
        trials.append(Trial(number, Proposal(candidate), fits, results))
    known = {"name": "made", "description": "", "scoring": "accuracy", "folder": folder, "manifest": MANIFEST}
    return Result(trials=trials, **(known | fields))


def _fit(middle, epochs, rng, seconds):
    losses = [0.4 + 0.5 * math.exp(-epoch / 20) + 0.02 * rng.standard_normal() for epoch in range(epochs)]
    return FitResult(
        {"accuracy": middle + 0.008 * rng.standard_normal()}, {"loss": losses} if epochs else {}, seconds, 0.1
    )
