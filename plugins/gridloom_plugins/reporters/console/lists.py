"""The candidates in the console: the ten best, or all of them as the article prints them."""

from __future__ import annotations

from collections.abc import Iterator

from gridloom import Result, Status, Trial
from gridloom_plugins.figures.candidates import budget_text, epochs_text, named, varied
from gridloom_plugins.figures.other_scores import means_of
from gridloom_plugins.figures.texts import one_line, prose

TOP = 10
"""How many candidates are shown unless all are wanted."""

TIED = "="
"""Stands before candidates that are statistically tied with the best."""

NAME_WIDTH = 240
"""How many characters of a candidate are shown among the best."""

ERROR_WIDTH = 120
"""How many characters of an error stand in a line."""


def best_lines(result: Result) -> Iterator[str]:
    """A heading and a line for each of the best candidates, best first: its tie mark, mean, standard deviation and values.

    Where none is complete, the first one that failed, with its error.
    """
    if not result.ranked:
        yield from (_article_line(result, trial) for trial in result.failed[:1])
        return
    answer = result.summary.answer
    marks = answer if answer and len(answer.tied) > 1 else None
    yield _heading(result, marks=marks is not None)
    names, shown = varied(result.ranked), result.ranked[:TOP]
    means = _flush_right([f"{trial.mean:f}" for trial in shown])
    stds = _flush_right([f"({trial.std:f})" for trial in shown])
    for trial, mean, std in zip(shown, means, stds, strict=True):
        mark = TIED if marks and marks.is_tied(trial.number) else " "
        name = one_line(named(trial, names), NAME_WIDTH)
        yield f"{mark} {mean} {std}  {name}{_epochs(result, trial)}{_others(result, trial)}"
    if more := len(result.ranked) - len(shown):
        yield f"  ... and {more:,} more (--all prints them)"


def article_lines(result: Result) -> Iterator[str]:
    """The best candidate, then every finished one in its order, as the article prints them; those that failed with their error."""
    if result.by_other_scores:
        yield f"Ranked by {one_line(result.scoring)}; the means of other scores are at the end of each line."
    if best := result.best:
        yield f"Best: {best.mean:f} using {best.params}{_budget(best)}"
    yield from (_article_line(result, trial) for trial in result.trials if trial.status is not Status.INCOMPLETE)


def _heading(result: Result, *, marks: bool) -> str:
    """What the columns of the best candidates are."""
    return f"Mean {one_line(result.scoring)} (std){f'; {TIED} tied with the best' if marks else ''}:"


def _article_line(result: Result, trial: Trial) -> str:
    if trial.status is Status.COMPLETE:
        ends = f"{_budget(trial)}{_epochs(result, trial)}{_others(result, trial)}"
        return f"{trial.mean:f} ({trial.std:f}) with: {trial.params}{ends}"
    return f"failed with: {trial.params}: {prose(trial.failures[0][1].error or '', ERROR_WIDTH)}"


def _budget(trial: Trial) -> str:
    """What to say of the budget of a trial that was not trained in full."""
    return f", budget: {text}" if (text := budget_text(trial)) else ""


def _epochs(result: Result, trial: Trial) -> str:
    """How many epochs a trial was trained, where that differs between fits and the budget does not say it already."""
    text = epochs_text(result, trial) if result.epochs_vary else ""
    return "" if text in ("", str(trial.proposal.budget.epochs)) else f", epochs: {text}"


def _others(result: Result, trial: Trial) -> str:
    """The means of the scores that do not rank."""
    others = means_of(result, trial)
    return " | " * bool(others) + ", ".join(others)


def _flush_right(texts: list[str]) -> list[str]:
    width = max(map(len, texts))
    return [text.rjust(width) for text in texts]
