"""What `gridloom compare` prints of the winners of two runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridloom.results.result import Result
    from gridloom.results.statistics.winners import Finding, Winners


def winner_lines(first: Result, other: Result, number: int) -> Iterator[str]:
    """The difference of the best candidates, if these are two, with a verdict for each question, and what it leaves open."""
    from gridloom.results.statistics.winners import winners

    if first.best is None or other.best is None:
        return
    found = winners(first.best, other.best, first.validation)
    if found.are_alike:
        return
    means = f"[1] {found.first.mean:f}, [{number}] {found.second.mean:f}"
    yield f"winners {found.difference:+f}: {means} with: {found.first.params} and {found.second.params}"
    for item in found.findings:
        yield _verdict(found, item, number)
    if not found.findings:
        yield "  No verdict on the winners: with a single seed and these splits, the scores show no variation to judge by."
    yield from _optimism(first, other, number)
    yield from _held_out(first, other, number)


def _verdict(found: Winners, item: Finding, number: int) -> str:
    """One question's answer in a sentence."""
    how = f"({100 * found.level:g} %, {item.question.scope})"
    numbers = f"{item.low:+f} to {item.high:+f}, p {item.p:.3g}"
    if item.p > 1 - found.level:
        return f"  No significant difference between the winners {how}: {numbers}."
    better = f"[{number}]" if found.difference > 0 else "[1]"
    return f"  The winner of {better} scores significantly higher {how}: {numbers}."


def _optimism(first: Result, other: Result, number: int) -> Iterator[str]:
    """That winners were picked by these scores, and what is left of them."""
    counts = [len(run.ranked) for run in (first, other)]
    if max(counts) == 1:
        return
    answers = [run.summary.answer for run in (first, other)]
    corrected = [answer.optimism.corrected if answer and answer.optimism else None for answer in answers]
    told = "; ".join(
        f"bias-corrected [{place}] {score:f}"
        for place, score in zip((1, number), corrected, strict=True)
        if score is not None
    )
    yield (
        f"  Each winner is the best of its run by these scores ({counts[0]} and {counts[1]} candidates), so its mean is too "
        f"high, and the p-value ignores that{f'; {told}' if told else ''}."
    )


def _held_out(first: Result, other: Result, number: int) -> Iterator[str]:
    """The scores on rows that neither search has seen, which have no such bias."""
    if first.held_out is None or other.held_out is None:
        return
    scores = [run.held_out.scores.get(first.scoring) for run in (first, other) if run.held_out]
    if None not in scores:
        yield f"  On {first.held_out.rows} held-out rows, without that bias: [1] {scores[0]:f}, [{number}] {scores[1]:f}."
