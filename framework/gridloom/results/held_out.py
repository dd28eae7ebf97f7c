"""What the candidate that is picked scores on rows that the search never saw, once it is trained on all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gridloom.core.candidate import Candidate
from gridloom.experiment.keys import Refit
from gridloom.results.picking import BEST


@dataclass(frozen=True)
class HeldOut:
    """The rows that `test:` holds out, and what the best candidate of the search scores on them.

    With `refit: simplest` it is the simplest tied one within one standard error of the best.

    - `rows`: how many they are, `how` in words how they were chosen.
    - `candidate`: that candidate, once it is trained on all other rows; None as long as it is not.
    - `scores`: its scores on these rows by name; empty where it is not trained, or failed: see `error`.
    - `intervals`: from where to where each score may lie with other rows of the kind, at 95 %; none for a score of which
      the rows do not show that.
    - `looks`: how many candidates were scored on these rows so far.
    - `chosen`: what the candidate was picked as, "the best" for one; `wish` is what `refit` says.
    """

    rows: int
    how: str = ""
    candidate: Candidate | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    error: str | None = None
    looks: int = 0
    chosen: str = BEST
    wish: Refit = False

    def of(self, candidate: Candidate | None, chosen: str = BEST) -> HeldOut:
        """The same where it is about this candidate, which was picked as that; otherwise without scores."""
        if candidate is not None and candidate == self.candidate:
            return replace(self, chosen=chosen)
        return replace(self, candidate=None, scores={}, intervals={}, error=None, chosen=chosen)

    def ranked_by(self, score: str) -> HeldOut:
        """The same with the score of this name first."""
        first = {score: self.scores[score]} if score in self.scores else {}
        return replace(self, scores={**first, **self.scores})

    @property
    def sentence(self) -> str:
        """All of it in words."""
        rows = f"{self.rows:,} rows"
        if self.error is not None:
            return f"On {rows} not seen by the search, {self.subject} failed: {' '.join(self.error.split())}"
        if not self.scores:
            return f"On {rows} not seen by the search, {self.subject} is not scored yet."
        told = ", ".join(f"{name} {score:.4g}{self._interval(name)}" for name, score in self.scores.items())
        how = f" ({self.how})" if self.how else ""
        again = (
            f" {self.looks} candidates have been scored on them so far, including this one." if self.looks > 1 else ""
        )
        return f"On {rows} not seen by the search{how}, {self.subject} scores: {told}.{again}"

    @property
    def subject(self) -> str:
        """The candidate in words: "the best candidate", or what else it was picked as and its parameters."""
        if self.chosen == BEST:
            return "the best candidate"
        return self.chosen if self.candidate is None else f"{self.chosen}, {self.candidate.flat},"

    def _interval(self, name: str) -> str:
        if name not in self.intervals:
            return " (no interval)"
        low, high = self.intervals[name]
        return f" ({low:.4g} to {high:.4g})"
