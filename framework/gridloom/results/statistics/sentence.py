"""The verdict on a search in a sentence: a winner, a tie, too much noise for either, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridloom.results.statistics.answers import SCOPES, Answer
from gridloom.results.statistics.left_out import LeftOut
from gridloom.results.statistics.naming import named
from gridloom.results.statistics.next_step import NoAnswer

Params = Mapping[int, Mapping[str, Any]]
"""The parameters of the compared candidates, by the numbers of their trials."""


def sentence(
    answer: Answer | NoAnswer,
    params: Params,
    level: float,
    left_out: LeftOut,
    new_data: Answer | None = None,
    noise: str = "",
) -> str:
    """The verdict that the answer comes to; further sentences say which candidates were dropped or not compared.

    Where a candidate wins across seeds, a sentence says what `new_data` says of it. `noise` says how far the
    means lie apart where the scores are too noisy for a tie to mean anything; it goes on from "tied, ".
    """
    parts = [
        _verdict(answer, params, level, left_out, noise),
        _on_new_data(answer, new_data),
        _dropped(left_out),
        _not_compared(left_out),
    ]
    return " ".join(filter(None, parts))


def _verdict(answer: Answer | NoAnswer, params: Params, level: float, left_out: LeftOut, noise: str) -> str:
    if not params:
        return "No verdict: no candidate is complete."
    if len(params) == 1:
        return _on_one(params, left_out)
    if isinstance(answer, NoAnswer):
        return f"No verdict on the {len(params):,} candidates: {answer.reason}."
    how = f"({100 * level:g} %, {answer.scope})"
    trained = f" {_trained(left_out)}" if left_out.smaller else ""
    if len(answer.tied) == 1:
        others = "other candidate" if len(params) == 2 else f"{len(params) - 1:,} others"  # noqa: PLR2004
        winner = named(params[answer.tied[0]], params.values())
        return f"Winner: {winner} is significantly better than the {others}{trained} {how}."
    among = f"{trained} (of {len(params) + left_out.number:,})" if trained else ""
    tie = f"{_counted(len(answer.tied), len(params))} candidates{among} are statistically tied {how}"
    verdict = f"Too noisy to judge: {tie}, {noise}." if noise else f"Tie: {tie}."
    if answer.simplest is None:
        return verdict
    return (
        f"{verdict} Simplest within one standard error of the best: {named(params[answer.simplest], params.values())}."
    )


def _trained(left_out: LeftOut) -> str:
    """What those that are compared have in common that candidates on a smaller budget lack."""
    return "trained in full" if left_out.is_full else "with the largest budget"


def _counted(tied: int, compared: int) -> str:
    """How many are tied, before a plural."""
    if tied < compared:
        return f"{tied:,} of {compared:,}"
    return "both" if tied == 2 else f"all {tied:,}"  # noqa: PLR2004


def _on_one(params: Params, left_out: LeftOut) -> str:
    """What to say of a single candidate: the strategy has dropped all others, or there is none."""
    if left_out.is_explained and not left_out.incomplete:
        (only,) = params.values()
        return f"Winner: {named(only)} is the only candidate left."
    return "No verdict: only one candidate is complete, so there is nothing to compare."


def _on_new_data(answer: Answer | NoAnswer, new_data: Answer | None) -> str:
    """What the winner across seeds is on new data; nothing where there is no such winner."""
    if (
        isinstance(answer, NoAnswer)
        or answer.question != "seeds"
        or len(answer.tied) != 1
        or len(answer.intervals) == 1
    ):
        return ""
    on = SCOPES["new data"].capitalize()
    if new_data is None:
        return f"{on} another one may be best."
    if len(new_data.tied) == 1:
        return f"{on} it wins, too."
    return f"{on} another one may be best: {len(new_data.tied):,} of {len(new_data.intervals):,} are tied there."


def _dropped(left_out: LeftOut) -> str:
    """Which candidates the strategy dropped, and why, where it says so."""
    if not left_out.is_explained:
        return ""
    counted = "1 candidate was" if left_out.smaller == 1 else f"{left_out.smaller:,} candidates were"
    return f"Earlier, {counted} dropped, {left_out.why}."


def _not_compared(left_out: LeftOut) -> str:
    smaller = 0 if left_out.why else left_out.smaller
    whats = (
        (left_out.failed, "failed"),
        (left_out.incomplete, "not finished"),
        (smaller, "trained on a smaller budget only"),
    )
    counts = [f"{count:,} {what}" for count, what in whats if count]
    return f"Not compared: {', '.join(counts)}." if counts else ""
