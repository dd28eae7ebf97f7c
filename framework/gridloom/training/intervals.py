"""The intervals of a fit's scores, in the worker that scored it: only there are its predictions whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gridloom.core.boundary import contained, restored
from gridloom.core.calls import Score
from gridloom.core.predictions import Predictions
from gridloom.core.resampling import draw_of, interval
from gridloom.training.job import Job

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass
class Listening:
    """A scorer that keeps the targets and predictions that it was last given."""

    name: str
    score: Score
    given: tuple[NDArray[Any], Predictions] | None = field(default=None)

    def __call__(self, truth: NDArray[Any], predictions: Predictions) -> float:
        """The score."""
        self.given = truth, predictions
        return self.score(truth, predictions)

    def contained(self, truth: NDArray[Any], predictions: Predictions) -> float:
        """The score; PluginQuit where the scorer would end the process."""
        with contained(f"the scorer of '{self.name}'"):
            return float(self.score(truth, predictions))


def intervals_of(job: Job, scorers: Mapping[str, Listening]) -> dict[str, tuple[float, float]]:
    """The intervals of the scores of what the job's only split tests; without those that the rows do not support."""
    (split,) = job.splits
    data = job.data
    draw = draw_of(
        len(split.test),
        None if data.groups is None else data.groups[split.test],
        None if data.order is None else data.order[split.test],
    )
    found = {}
    for name, scorer in scorers.items():
        if draw is not None and scorer.given is not None:
            with restored():
                found[name] = interval(scorer.contained, *scorer.given, draw)
    return {name: ends for name, ends in found.items() if ends is not None}
