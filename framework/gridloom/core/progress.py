"""What a run is about to do and how far it is, for those who watch it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridloom.core.candidate import Candidate


@dataclass(frozen=True)
class Plan:
    """What a run will do: the numbers of candidates (in the first wave), splits and seeds, and the engine.

    `engine_reason` is why this engine is used if it is not the first choice, and empty otherwise.
    """

    name: str
    candidates: int
    splits: int
    seeds: int
    engine: str
    workers: int | None
    """How many workers train in parallel; None for as many as the executor has."""
    engine_reason: str = ""
    outer: int = 0
    """In how many outer folds the search is repeated, for nested cross-validation."""
    note: str = ""
    """Notes to print before the run starts, one per line; empty if there are none."""
    inner: int | None = None
    """The number of splits in an outer fold, if it differs from that of the search."""

    held_out: int = 0
    """How many rows the search does not see; one more fit scores its best candidate on them."""

    most: int | None = None
    """The largest number of fits of the search, without outer folds, if it may differ from its first wave in full."""
    executor: str = "loky"
    """The executor."""

    is_open: bool = False
    """Whether later waves depend on the scores, so that the number of fits is unknown; `most` limits it if given."""

    @property
    def is_plain(self) -> bool:
        """Whether the search is one wave of full trainings that no limit ends early."""
        return self.most is None and not self.is_open

    @property
    def total(self) -> int | None:
        """How many fits there are in total (at most, unless the search `is_plain`); None if unknown."""
        if self.is_plain:
            return self.fits
        return None if self.most is None or self.outer else self.most + bool(self.held_out)

    @property
    def fits(self) -> int:
        """How many fits the first wave has in full, plus those of outer folds and of held-out rows."""
        inner = self.splits if self.inner is None else self.inner
        in_outer = (self.candidates * inner + 1) * self.seeds
        return self.candidates * self.splits * self.seeds + self.outer * in_outer + bool(self.held_out)


@dataclass(frozen=True)
class Progress:
    """The progress of a run: `done` of the `total` fits asked for so far (`resumed` of them came from the journal).

    `later` is how many more fits later waves may ask for at most, or None if unknown.

    `best` is the best complete candidate so far with its mean score, if there is one; `seconds` is the time since
    this process began to train.
    """

    done: int
    failed: int
    resumed: int
    total: int
    seconds: float
    best: tuple[Candidate, float] | None = None
    later: int | None = 0
