"""The Pareto front of several scores, in words."""

from __future__ import annotations

from gridloom import Result
from gridloom_plugins.figures.candidates import named, varied
from gridloom_plugins.figures.texts import one_line

TOLD = 3
"""How many candidates on the front are shown."""

NAMES = 160
"""How many characters of scores and of a candidate are shown."""


def front_line(result: Result) -> str:
    """Which candidates no other one beats in all scores; empty where there is one score, or nothing to compare."""
    found = result.pareto()
    if len(found.scores) == 1 or len(found.values) == 1 or not found.members:
        return ""
    names, by_number = varied(result.ranked), {trial.number: trial for trial in result.ranked}
    told = [one_line(named(by_number[number], names), NAMES) for number in found.members]
    scores = one_line(" and ".join(found.scores), NAMES)
    if len(told) == 1:
        return f"Pareto front of {scores}: {told[0]} is the best in all of them."
    more = f" and {len(told) - TOLD:,} more" if len(told) > TOLD else ""
    return (
        f"Pareto front of {scores}: {len(told):,} of {len(found.values):,} candidates, {'; '.join(told[:TOLD])}{more}."
    )
