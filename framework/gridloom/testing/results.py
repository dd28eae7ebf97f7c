"""Results of searches that were never run, for tests of reporters: all that went well or wrong, and hostile texts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gridloom.core.budgets import Budget, Proposal
from gridloom.core.candidate import Candidate
from gridloom.core.trials import Fit, FitResult, Trial
from gridloom.core.worker_shares import WorkerShare
from gridloom.results.baseline import Baseline
from gridloom.results.held_out import HeldOut
from gridloom.results.result import Result

SCORE = "accuracy"
"""What the score of results is called that are made up."""

SCRIPT = "<script>alert(1)</script>"
"""A text that a page must not take for more."""

HOSTILE = (
    SCRIPT,
    '"><img src=x onerror=alert(1)>',
    "</script><!--",
    "quotes ' \" ` and \\ backslash",
    "two\nlines\tand a tab",
    "comma, semicolon; pipe | star * [link](x)",
    "é ü 漢字 🦄 \u202e\u2028",
    "{{ 7 * 7 }} {% raw %} %s %(x)s ${HOME}",
    "../../etc/passwd",
    "[red]not red[/red] \x1b[31m",
    "long " * 200,
    "",
)
"""Texts that break whoever takes them for more than text."""

HOSTILE_SCORES = (SCRIPT, "../../etc/passwd", "", " ".join(HOSTILE))
"""Names of scores that are such texts; a reporter may do much for each score."""

MANIFEST = {
    "experiment": {
        "dataset": {"name": "tiny"},
        "model": {"name": "tiny-network"},
        "validation": {"name": "kfold", "folds": 3, "seeds": 2},
        "seed": 7,
    },
    "data": {"rows": 48, "sha256": "0123456789abcdef" * 4},
    "plugins": {"builtin-models": "gridloom 0.1.0"},
    "packages": {"python": "3.11.2"},
}


def make_result(
    folder: Path, trials: Sequence[tuple[Mapping[str, Any], Sequence[FitResult | None]]] = (), **fields: Any
) -> Result:
    """A result of these trials: the parameters of each, and the results of its fits (None: missing), fold by fold.

    `fields` are those of `gridloom.Result`; reporters write their files into `folder`.
    """
    made = []
    for number, (params, results) in enumerate(trials):
        candidate = Candidate({"model": params})
        fits = tuple(Fit(candidate, 0, fold) for fold in range(len(results)))
        made.append(Trial(number, Proposal(candidate), fits, tuple(results)))
    known = {"name": "made", "description": "", "scoring": SCORE, "manifest": MANIFEST}
    return Result(trials=made, folder=folder, **{**known, **fields})


CURVES = {"loss": [1.0, 0.5, 0.4], "val_loss": [1.1, 0.9, 0.8], "learning_rate": [0.01, 0.01, 0.005]}
"""The history of a fit that was trained for three epochs."""


def good(score: float, others: Mapping[str, float] | None = None, epochs: int = 3) -> FitResult:
    """A fit that stopped after so many epochs of three, with other scores besides the one that ranks if they are given."""
    history = {name: values[:epochs] for name, values in CURVES.items()}
    return FitResult({SCORE: score, **(others or {})}, history, 1.5, 0.1)


def bad(reason: str = "ValueError: no such layer") -> FitResult:
    """A fit that failed."""
    return FitResult(error=reason, traceback=f"Traceback (most recent call last):\n{reason}\n", fit_seconds=0.5)


def _complete(folder: Path) -> Result:
    trials = [({"units": units, "rate": rate}, _scores(units)) for units in (4, 8, 16) for rate in (0.0, 0.5)]
    return make_result(folder, trials, description="Complete.", seconds=2.5)


def _scores(units: int) -> list[FitResult]:
    found = [good(0.7 + units / 100 + fold / 50, epochs=3 - fold) for fold in range(3)]
    return [replace(one, parameters=10 * units + 1) for one in found]


def _one(folder: Path) -> Result:
    return make_result(folder, [({"units": 4}, [good(0.5)])])


def _empty(folder: Path) -> Result:
    return make_result(folder)


def _some_failed(folder: Path) -> Result:
    trials: list[tuple[Mapping[str, Any], Sequence[FitResult | None]]] = [
        ({"units": 4}, _scores(4)),
        ({"units": 8}, [good(0.9), bad(), good(0.8)]),
        ({"units": 16}, _scores(16)),
    ]
    workers = (WorkerShare("node-1/4711", 3, seconds=1.25), WorkerShare("node-2/42", 6, 1, 1, 75.0))
    return make_result(folder, trials, seconds=77.0, workers=workers)


def _all_failed(folder: Path) -> Result:
    return make_result(folder, [({"units": units}, [bad(), bad(), bad()]) for units in (4, 8)])


def _several_scores(folder: Path) -> Result:
    """Three scores, of which another one has another best candidate; one trial failed, one is not finished, one lacks a parameter."""
    trials: list[tuple[Mapping[str, Any], Sequence[FitResult | None]]] = [
        (
            params,
            [good(0.7 + params["units"] / 100 + fold / 50, _others(int(params["units"]) + fold)) for fold in range(3)],
        )
        for params in ({"units": 4}, {"units": 8, "rate": 0.5}, {"units": 16, "rate": 0.0})
    ]
    trials += [({"units": 32}, [bad(), bad(), bad()]), ({"units": 64}, [good(0.5, _others(1)), None, None])]
    bounds = {SCORE: (0.0, 1.0), "neg_log_loss": (-math.inf, 0.0)}
    return make_result(folder, trials, scores=(SCORE, *_others(0)), bounds=bounds)


def _others(number: int) -> dict[str, float]:
    return {"neg_log_loss": -0.1 * number, "f1(average=macro)": 0.5 + number / 100}


def _held_out(folder: Path) -> Result:
    """Two scores on rows that the search never saw, one of which has an interval, and the baseline of one of them."""
    result = _several_scores(folder)
    best = result.best.candidate if result.best else None
    scores = {SCORE: 0.8125, "neg_log_loss": -0.5}
    held_out = HeldOut(32, "whole groups", best, scores, {SCORE: (0.6, 0.95)}, looks=2)
    return replace(result, held_out=held_out, baseline=Baseline("the most frequent class", {SCORE: 0.625}))


def _held_out_failed(folder: Path) -> Result:
    """The best candidate failed on all rows that were searched, with a hostile text."""
    result = _complete(folder)
    best = result.best.candidate if result.best else None
    return replace(result, held_out=HeldOut(32, "drawn", best, error=" ".join(HOSTILE), looks=1))


def _stopped(folder: Path) -> Result:
    return make_result(folder, [({"units": 4}, _scores(4)), ({"units": 8}, [good(0.5), None, None])])


def _hostile(folder: Path) -> Result:
    """Hostile texts wherever a plugin or a user can put text: values, names, scores, descriptions, errors, the manifest."""
    trials: list[tuple[Mapping[str, Any], Sequence[FitResult | None]]] = [
        (
            {"text": text, SCRIPT: number, "漢字": [text, None, {"a": text}]},
            [_hostile_fit(number, fold) for fold in range(3)],
        )
        for number, text in enumerate(HOSTILE)
    ]
    trials += [({"text": f"failed {text}", SCRIPT: 0, "漢字": None}, [bad(text), bad(text)]) for text in HOSTILE]
    manifest = MANIFEST | {"experiment": {"dataset": {"name": SCRIPT}, "validation": {"name": "kfold", "folds": 3}}}
    return make_result(
        folder,
        trials,
        name=f"{SCRIPT} 漢字 & 'quotes'",
        description=" ".join(HOSTILE),
        scoring=HOSTILE_SCORES[0],
        scores=HOSTILE_SCORES,
        engine=SCRIPT,
        engine_reason=" ".join(HOSTILE),
        manifest=manifest,
    )


def _hostile_fit(number: int, fold: int) -> FitResult:
    scores = {name: 0.5 + (number * place % 7 + fold) / 50 for place, name in enumerate(HOSTILE_SCORES, start=1)}
    return replace(good(0.5), scores=scores)


def _several_waves(folder: Path) -> Result:
    """Candidates that climb from one epoch to two cells and to a full training; one fails on its way, and a limit ends it."""
    waves = [
        (range(1, 7), Budget(epochs=1), "bracket 0, rung 0"),
        (range(3, 7), Budget(cells=2), SCRIPT),
        (range(4, 6), Budget(), ""),
    ]
    trials: list[Trial] = []
    for wave, (units, budget, label) in enumerate(waves):
        trials += [_climbing(len(trials) + place, wave, number, budget, label) for place, number in enumerate(units)]
    return replace(make_result(folder), trials=trials, stopped="stop.trials: 12", seconds=2.5)


def _climbing(number: int, wave: int, units: int, budget: Budget, label: str) -> Trial:
    candidate = Candidate({"model": {"units": units}})
    fits = tuple(Fit(candidate, 0, fold, budget=budget.of_a_fit) for fold in range(budget.cells or 3))
    results = tuple(good(0.5 + units / 100 + fit.fold / 50, epochs=budget.epochs or 3) for fit in fits)
    failed = (bad(), *results[1:]) if (units, wave) == (6, 1) else results
    return Trial(number, Proposal(candidate, budget, label), fits, failed, wave)


RESULTS: Mapping[str, Callable[[Path], Result]] = {
    "complete": _complete,
    "one trial": _one,
    "empty": _empty,
    "several scores": _several_scores,
    "some failed": _some_failed,
    "all failed": _all_failed,
    "stopped": _stopped,
    "several waves": _several_waves,
    "rows held out": _held_out,
    "failed on rows held out": _held_out_failed,
    "hostile": _hostile,
}
"""Makers of results, by name; each takes the folder of the run."""
