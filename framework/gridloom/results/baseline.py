"""The baseline of a run: what a model scores that looks at no feature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Baseline:
    """The scores of always predicting the same, on the splits of the run.

    - `predicts`: what that is, of the training rows of each split: "the most frequent class" or "the mean".
    - `scores`: the mean over the splits by the name of each score that could be computed.
    """

    predicts: str
    scores: Mapping[str, float] = field(default_factory=dict)

    def sentence(self, score: str, best: float | None = None) -> str:
        """The baseline by the score of this name, and whether a `best` mean is no better; empty where it has no such score."""
        if score not in self.scores:
            return ""
        found = self.scores[score]
        beaten = "" if best is None or best > found else " The best candidate is not better."
        return f"Baseline: {found:f} (always predicts {self.predicts}).{beaten}"
