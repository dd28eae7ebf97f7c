"""The section `other-scores`: the ranking by each score that does not rank the page."""

from __future__ import annotations

from dataclasses import dataclass

from gridloom import Result
from gridloom_plugins.figures.other_scores import line_of
from gridloom_plugins.html.plots import Plot
from gridloom_plugins.html.ranking import ranking_plot

SHOWN = 20
"""The most candidates in the plot of a score."""


@dataclass(frozen=True)
class OtherScore:
    """What another score says in a line, and its ranking; None where no candidate is complete."""

    line: str
    plot: Plot | None


def other_scores(result: Result) -> list[OtherScore]:
    """What each score says that does not rank."""
    return [OtherScore(line_of(result, other), ranking_plot(other, SHOWN)) for other in result.by_other_scores]
