"""One honest sentence about a search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridloom.results.statistics.answers import Answer
from gridloom.results.statistics.left_out import LeftOut

NO_SCATTER = "without a second seed, or a second split of known size, scores show no scatter"
TOO_LARGE = "the scores are too large to reckon with"
PART_OF_A_SEED = "the last seed of the largest budget has not all of the splits"


def sentence(
    answer: Answer | str,
    params: Mapping[int, Mapping[str, Any]],
    level: float,
    left_out: LeftOut,
    new_data: Answer | None = None,
) -> str:
    """What the answer comes to, with the question that it answers; further sentences say what was left out and dropped.

    `params` are those of the compared trials by number. In place of an answer there may be the reason why there is none.
    Where seeds alone decide for one candidate, a sentence says what `new_data` can say of it.
    """
    parts = [
        _finding(answer, params, level, left_out),
        _on_new_data(answer, new_data),
        _dropped(left_out),
        _left_out(left_out),
    ]
    return " ".join(filter(None, parts))


def _on_new_data(answer: Answer | str, new_data: Answer | None) -> str:
    """What the lone winner over seeds is worth on other rows; nothing where there is no such winner."""
    if isinstance(answer, str) or answer.question != "seeds" or len(answer.members) != 1 or len(answer.intervals) == 1:
        return ""
    if new_data is None:
        return "On other rows another one may be best."
    if len(new_data.members) == 1:
        return "So it can over new data from the same source."
    return (
        f"On other rows another one may be best: over new data from the same source, {len(new_data.members)} of "
        f"{len(new_data.intervals)} cannot be told from the best."
    )


def _finding(answer: Answer | str, params: Mapping[int, Mapping[str, Any]], level: float, left_out: LeftOut) -> str:
    if not params:
        return "No candidate is complete, so nothing can be said."
    if len(params) == 1 and left_out.is_explained and not left_out.incomplete:
        return f"One candidate is left: {dict(next(iter(params.values())))}."
    if len(params) == 1:
        return "There is one candidate alone, so there is nothing to compare."
    if isinstance(answer, str):
        return f"Nothing can be said about the differences between the {len(params)} candidates: {answer}."
    asked, at = answer.scope.capitalize(), f"at {100 * level:g} %"
    if len(answer.members) == 1:
        best = dict(params[answer.members[0]])
        return f"{asked}, the best of {len(params)} candidates can be told from all others {at}: {best}."
    counts = f"{len(answer.members)} of {len(params)} candidates"
    parts = [f"{asked}, {counts} cannot be told from the best (which is one of them) {at}"]
    if answer.simplest is not None:
        parts.append(f"the simplest is {dict(params[answer.simplest])}")
    if wanted := _wanted(answer):
        parts.append(wanted)
    return "; ".join(parts) + "."


def _wanted(answer: Answer) -> str:
    """What would tell the first two apart, unless they are already."""
    needed = answer.power
    if needed is None or needed.more == 0 or answer.runner_up not in answer.members:
        return ""
    if needed.more is None:
        return f"as to the first two, {needed.why}"
    unit = needed.unit if needed.more > 1 else needed.unit.removesuffix("s")
    return f"about {needed.more:,} more {unit} would tell the first two apart"


def _dropped(left_out: LeftOut) -> str:
    """What became of the candidates that the strategy dropped, where it says so."""
    if not left_out.is_explained:
        return ""
    counted = "1 candidate was" if left_out.smaller == 1 else f"{left_out.smaller:,} candidates were"
    return f"Before, {counted} dropped, {left_out.why}."


def _left_out(left_out: LeftOut) -> str:
    smaller = 0 if left_out.why else left_out.smaller
    whats = (
        (left_out.failed, "that failed"),
        (left_out.incomplete, "that did not finish"),
        (smaller, "trained on a smaller budget alone"),
    )
    counts = [f"{count} {what}" for count, what in whats if count]
    return f"Left out: {' and '.join(counts)}." if counts else ""
