"""The section `trials`: every trial as a row of texts, which the page sorts, filters and turns over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gridloom import Result, Status, Trial
from gridloom_plugins.figures.candidates import (
    are_numbers,
    budget_text,
    epochs_text,
    epochs_title,
    parameters_of,
    seconds_of,
)
from gridloom_plugins.figures.texts import score_text, value_text
from gridloom_plugins.html.embedding import Raw, embedded

if TYPE_CHECKING:
    from gridloom import Answer, Interval

TIED = "tied"
"""The column that says which candidates are statistically tied with the best."""

STATUSES = {Status.COMPLETE: "complete", Status.FAILED: "failed", Status.INCOMPLETE: "not finished"}


def table(result: Result, answer: Answer | None) -> Raw:
    """The table as JSON: columns with their kind, "number" or "text", and rows of texts, best first."""
    names = parameters_of(result.trials)
    has_waves, on_front = len(result.waves) > 1, set(result.pareto().members)
    budgets = any(budget_text(trial) for trial in result.trials)
    bounds = answer.interval_of if answer else {}
    members = set(answer.tied) if answer else set()
    by_name = f" {result.scoring}" if result.by_other_scores else ""
    columns = [
        _column("rank", "number"),
        *(_column(name, _kind(result, name), is_parameter=True) for name in names),
        *([_column("wave", "number"), _column("label", "text")] if has_waves else []),
        *([_column("budget", "text")] if budgets else []),
        *([_column(epochs_title(names), "number")] if result.epochs_vary else []),
        _column(f"mean{by_name}", "number"),
        *([_column("low", "number"), _column("high", "number")] if bounds else []),
        _column(f"std{by_name}", "number"),
        *([_column(TIED, "text")] if answer else []),
        *(_column(f"{what} {name}", "number") for name in result.scores[1:] for what in ("mean", "std", "rank by")),
        *([_column("Pareto front", "text")] if result.by_other_scores else []),
        _column("seconds", "number"),
        _column("status", "text"),
    ]
    rows = []
    for trial in [*result.ranked, *result.unranked]:
        texts = [value_text(trial.params[name]) if name in trial.params else "" for name in names]
        row = [_rank(result, trial), *texts]
        if has_waves:
            row += [str(trial.wave), trial.proposal.label]
        if budgets:
            row.append(budget_text(trial) or "full")
        if result.epochs_vary:
            row.append(epochs_text(result, trial))
        row.append(_score(trial, trial.mean))
        if bounds:
            row += _bounds(bounds, trial)
        row.append(_score(trial, trial.std))
        if answer:
            row.append("yes" if trial.number in members else "")
        for other in result.by_other_scores:
            same = trial.ranked_by(other.scoring)
            row += [_score(same, same.mean), _score(same, same.std), _rank(other, trial)]
        if result.by_other_scores:
            row.append("yes" if trial.number in on_front else "")
        row += [_seconds(trial), STATUSES[trial.status]]
        rows.append(row)
    return embedded({"columns": columns, "rows": rows})


def _column(name: str, kind: str, *, is_parameter: bool = False) -> dict[str, Any]:
    return {"name": name, "kind": kind, "parameter": is_parameter}


def _kind(result: Result, name: str) -> str:
    """Whether all values of a parameter are numbers."""
    values = [trial.params[name] for trial in result.trials if name in trial.params]
    return "number" if are_numbers(values) else "text"


def _rank(result: Result, trial: Trial) -> str:
    return str(result.rank(trial) or "")


def _score(trial: Trial, score: float) -> str:
    return score_text(score) if trial.status is Status.COMPLETE else ""


def _bounds(bounds: Mapping[int, Interval], trial: Trial) -> list[str]:
    found = bounds.get(trial.number)
    return [score_text(end) for end in (found.low, found.high)] if found else ["", ""]


def _seconds(trial: Trial) -> str:
    """The time of all fits of a trial."""
    return f"{seconds_of(trial):.3g}" if any(trial.results) else ""
