"""What to do next to learn more about the best candidates of a search, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from gridloom.results.statistics.answers import Answer

FEW = 10
"""With fewer scores a candidate, all of them tied, and a single seed, the first thing that helps is more seeds."""

MORE_SEEDS = "set validation.seeds: 20 to compare across seeds"


@dataclass(frozen=True)
class NoAnswer:
    """Why scores answer no question, and what would help, if anything does; both without a capital and a full stop."""

    reason: str
    advice: str = ""


def next_step(answer: Answer | NoAnswer, scores: int, seeds: int) -> str:
    """What would separate the top two candidates, which have so many scores each, of so many seeds; empty where they are separate."""
    if isinstance(answer, NoAnswer):
        return f"{answer.advice[0].upper()}{answer.advice[1:]}." if answer.advice else ""
    needed = answer.power
    if needed is None or needed.more == 0 or answer.runner_up is None or not answer.is_tied(answer.runner_up):
        return ""
    if seeds == 1 and scores < FEW and len(answer.tied) == len(answer.intervals):
        counted = "1 score" if scores == 1 else f"{scores} scores"
        return f"Too noisy to judge: {counted} a candidate. {MORE_SEEDS.capitalize()}."
    if needed.more is None:
        return f"{needed.why[0].upper()}{needed.why[1:]}."
    unit = needed.unit if needed.more > 1 else needed.unit.removesuffix("s")
    return f"To separate the top two: about {needed.more:,} more {unit}."
