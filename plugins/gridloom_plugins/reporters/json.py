"""The reporter `json`: all results of a run, for other programs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from gridloom import FileName, Fit, FitResult, Front, Reporter, Result, Trial, Wave, write_file

FORMAT = 2
"""The version of what is written, as `results.schema.json` beside this file describes it."""


def report(result: Result, filename: FileName = "results.json") -> None:
    """Write the trials with all scores, times in seconds and errors, what the scores support, and provenance.

    The file, `filename` in the run's folder, is strict JSON with one line per trial: numbers that are not finite are
    null. Its JSON Schema is `results.schema.json` in `gridloom_plugins.reporters`. For values of each epoch, use the
    reporter `histories`.
    """
    content = {
        "format": FORMAT,
        "name": result.name,
        "description": result.description,
        "scoring": result.scoring,
        "scores": list(result.scores),
        "engine": {"name": result.engine, "reason": result.engine_reason},
        "best": result.best.number if result.best else None,
        "summary": result.summary.describe(),
        "published": [{"trial": number, **asdict(found)} for number, found in result.published.items()],
        "nested": _nested(result),
        "held_out": _held_out(result),
        "baseline": asdict(result.baseline) if result.baseline else None,
        "stopped": result.stopped,
        "waves": [_wave(wave) for wave in result.waves],
        "workers": [asdict(share) for share in result.workers],
        "fronts": [_front(result.pareto(costs=costs)) for costs in ([], *([cost] for cost in result.costs))],
        "manifest": result.manifest,
    }
    lines = [_text(_trial(trial, result)) for trial in result.trials]
    head = ",\n".join(f'"{key}": {_text(value)}' for key, value in content.items())
    body = ",\n".join(lines)
    write_file(result.folder / filename, f'{{\n{head},\n"trials": [\n{body}\n]\n}}\n')


def _text(value: Any) -> str:
    return json.dumps(_strict(value), allow_nan=False)


def _nested(result: Result) -> dict[str, Any] | None:
    """What nested cross-validation says; None where the experiment does not ask for it."""
    if result.nested is None:
        return None
    folds = [
        {"candidate": winner.candidate.values, "won_by": winner.mean, "scores": tested.scores}
        for winner, tested in result.nested.pairs
    ]
    return {
        "planned": result.nested.planned,
        "mean": result.nested.mean,
        "std": result.nested.std,
        "excess": result.nested.excess,
        "folds": folds,
    }


def _held_out(result: Result) -> dict[str, Any] | None:
    """What the best candidate scores on rows that the search never saw; None where none are held out."""
    if (found := result.held_out) is None:
        return None
    scores = {
        name: {"score": score, "low": ends[0], "high": ends[1]}
        for name, score in found.scores.items()
        for ends in [found.intervals.get(name, (None, None))]
    }
    return {
        "rows": found.rows,
        "how": found.how,
        "candidate": found.candidate.values if found.candidate else None,
        "chosen": found.chosen,
        "scores": scores,
        "error": found.error,
        "looks": found.looks,
    }


def _wave(wave: Wave) -> dict[str, Any]:
    """A wave of the search, and what it took."""
    return {
        "number": wave.number,
        "labels": wave.labels,
        "budgets": [budget.describe() for budget in wave.budgets],
        "trials": len(wave.trials),
        "complete": wave.complete,
        "failed": wave.failed,
        "best": wave.best.number if wave.best else None,
        "fits": wave.fits,
        "epochs": wave.epochs,
        "seconds": wave.seconds,
    }


def _front(found: Front) -> dict[str, Any]:
    """A Pareto front: its objectives, and the trials on it, best first, with their values."""
    trials = [{"trial": number, "values": found.values[number]} for number in found.members]
    return {"scores": found.scores, "costs": found.costs, "trials": trials}


def _trial(trial: Trial, result: Result) -> dict[str, Any]:
    pairs = zip(trial.fits, trial.results, strict=True)
    return {
        "number": trial.number,
        "rank": result.rank(trial),
        "status": trial.status.value,
        "candidate": trial.candidate.values,
        "budget": trial.proposal.budget.describe(),
        "wave": trial.wave,
        "label": trial.proposal.label,
        "epochs": result.epochs.get(trial.number),
        "mean": trial.mean,
        "std": trial.std,
        "fits": [_fit(fit, found, result.scores) for fit, found in pairs if found],
    }


def _fit(fit: Fit, result: FitResult, scores: Sequence[str]) -> dict[str, Any]:
    return {
        "repeat": fit.repeat,
        "fold": fit.fold,
        "replica": fit.replica,
        "scores": {name: result.scores[name] for name in scores if name in result.scores},
        "fit_seconds": result.fit_seconds,
        "score_seconds": result.score_seconds,
        **({} if result.parameters is None else {"parameters": result.parameters}),
        "error": result.error,
        "traceback": result.traceback,
    }


def _strict(value: Any) -> Any:
    """The value in JSON's own types, with None for what is not a finite number."""
    if isinstance(value, Mapping):
        return {str(key): _strict(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(inner) for inner in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


REPORTER = Reporter(name="json", summary="All results of a run as results.json.", report=report)
