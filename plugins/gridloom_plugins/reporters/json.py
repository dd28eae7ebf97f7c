"""The reporter `json`: everything a run knows, for other programs."""

from __future__ import annotations

import json
from typing import Any

from gridloom import Fit, FitResult, Reporter, Result, Trial


def report(result: Result, filename: str = "results.json") -> None:
    """Write the trials with scores, per-epoch history, times in seconds and errors, and where it all came from."""
    content = {
        "format": 1,
        "name": result.name,
        "description": result.description,
        "scoring": result.scoring,
        "engine": {"name": result.engine, "reason": result.engine_reason},
        "best": result.best.number if result.best else None,
        "trials": [_trial(trial, result.ranks[trial.number]) for trial in result.trials],
        "manifest": dict(result.manifest),
    }
    text = json.dumps(content, indent=1, allow_nan=False, default=dict)
    (result.folder / filename).write_text(text + "\n", encoding="utf-8")


def _trial(trial: Trial, rank: int) -> dict[str, Any]:
    complete = trial.status == "complete"
    return {
        "number": trial.number,
        "rank": rank if complete else None,
        "status": trial.status.value,
        "candidate": {group: dict(values) for group, values in trial.candidate.values.items()},
        "budget": trial.proposal.budget.describe(),
        "mean": trial.mean if complete else None,
        "std": trial.std if complete else None,
        "fits": [_fit(fit, result) for fit, result in zip(trial.fits, trial.results, strict=True) if result],
    }


def _fit(fit: Fit, result: FitResult) -> dict[str, Any]:
    finite = {name: [v if abs(v) < float("inf") else None for v in values] for name, values in result.history.items()}
    return {
        "repeat": fit.repeat,
        "fold": fit.fold,
        "replica": fit.replica,
        "score": result.score,
        "history": finite,
        "fit_seconds": result.fit_seconds,
        "score_seconds": result.score_seconds,
        "error": result.error,
        "traceback": result.traceback,
    }


REPORTER = Reporter(name="json", summary="Everything a run knows as results.json.", report=report)
