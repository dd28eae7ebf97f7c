"""What to do next to learn more about the best candidates of a search, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from gridloom.core.spelling import spelled_setting
from gridloom.results.statistics.answers import Answer, Power


@dataclass(frozen=True)
class NoAnswer:
    """Why scores answer no question, and what would help, if anything does; both without a capital and a full stop."""

    reason: str
    advice: str = ""


def next_step(answer: Answer | NoAnswer, seeds: int) -> str:
    """What would separate the top two candidates, which have so many seeds; empty where they are separate."""
    if isinstance(answer, NoAnswer):
        return f"{answer.advice[0].upper()}{answer.advice[1:]}." if answer.advice else ""
    needed = answer.power
    if needed is None or needed.more == 0 or answer.runner_up is None or not answer.is_tied(answer.runner_up):
        return ""
    if seeds > 1:
        return _needed(needed)
    return f"{_needed(needed)} More seeds can separate them, but only on this data: {more_seeds()}."


def more_seeds() -> str:
    """How to have several seeds, which help beside more splits where there is a single one."""
    return f"set {spelled_setting('validation', 'seeds', 20)}"


def _needed(needed: Power) -> str:
    if needed.more is None:
        return f"{needed.why[0].upper()}{needed.why[1:]}."
    unit = needed.unit if needed.more > 1 else needed.unit.removesuffix("s")
    return f"To separate the top two: about {needed.more:,} more {unit}."
