"""What the scores say that do not rank: each has its own best candidate and its own tie set."""

from __future__ import annotations

from collections.abc import Iterable

from gridloom import Result, Trial
from gridloom_plugins.figures.texts import one_line, score_text


def positive_line(result: Result) -> str:
    """Which scores are about one class, and which class that is; empty where all are about all classes."""
    found = [ranked for ranked in (result, *result.by_other_scores) if ranked.positive is not None]
    if not found:
        return ""
    names = ", ".join(one_line(ranked.scoring) for ranked in found)
    return f"Positive class of {names}: {one_line(found[0].positive)}."


def line_of(result: Result, other: Result) -> str:
    """The best candidate by another score, in a sentence or two; `other` is the result ranked by that score.

    The second sentence says whether this candidate is statistically tied with the best by the score that ranks.
    """
    if (best := other.best) is None:
        return f"By {one_line(other.scoring)}: no candidate is complete."
    is_same = result.best is not None and result.best.number == best.number
    parts = [f"best {best.mean:f} using {best.params}"]
    if is_same:
        parts = [f"the same candidate is best, {best.mean:f}"]
    if (answer := other.summary.answer) and other.summary.compared > 1:
        parts.append(f"its tie set has {len(answer.tied):,} of {other.summary.compared:,} candidates")
    parts += _nested(other)
    found = [f"By {one_line(other.scoring)}: {'; '.join(parts)}."]
    if not is_same and (answer := result.summary.answer):
        there = "It is also" if answer.is_tied(best.number) else "It is not"
        found.append(f"{there} in the tie set of {one_line(result.scoring)}.")
    return " ".join(found)


def _nested(other: Result) -> list[str]:
    """What the winners of nested cross-validation, which the ranking score picked, come to by another score."""
    if other.nested is None or not other.nested.pairs:
        return []
    return [f"the winners on outer folds score {other.nested.mean:f} ({other.nested.std:f})"]


def means_of(result: Result, trial: Trial) -> list[str]:
    """The name and the mean of each score of a trial that does not rank, for narrow places."""
    return [f"{one_line(name)} {score_text(trial.ranked_by(name).mean)}" for name in result.scores[1:]]


def distinct(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """A text of one line for each name, each another one, and none that is taken."""
    known, found = set(taken), dict[str, str]()
    for name in names:
        text, number = one_line(name), 2
        while text in known:
            text, number = f"{one_line(name)} {number}", number + 1
        known.add(text)
        found[name] = text
    return found
