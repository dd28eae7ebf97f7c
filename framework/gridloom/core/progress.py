"""What a run is about to do and how far it is, for those who watch it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridloom.core.candidate import Candidate


@dataclass(frozen=True)
class Plan:
    """What a run will do: the numbers of candidates (of the first wave), splits and seeds, and who trains them.

    `engine_reason` tells why it is this engine when it is not the first choice, and is empty otherwise.
    """

    name: str
    candidates: int
    splits: int
    seeds: int
    engine: str
    workers: int | None
    """How many workers train at once; None for as many as the executor has."""
    engine_reason: str = ""
    outer: int = 0
    """In how many outer folds the search is done once more, for nested cross-validation."""
    note: str = ""
    """What else to say before the run starts, a line for each thing; empty where there is nothing."""
    inner: int | None = None
    """The number of splits in an outer fold, where it is not that of the search's own."""

    held_out: int = 0
    """How many rows the search does not see, on which its best candidate is scored by one more fit."""

    most: int | None = None
    """How many fits the search has at most, outer folds aside, where it may be other ones than its first wave has in full."""
    executor: str = "loky"
    """Where they train."""

    is_open: bool = False
    """Whether later waves depend on the scores, so that nobody knows how many fits there will be; `most` limits them if it is given."""

    @property
    def is_plain(self) -> bool:
        """Whether the search is one wave of full trainings, which nothing ends before."""
        return self.most is None and not self.is_open

    @property
    def total(self) -> int | None:
        """How many fits there are in all, at most unless the search `is_plain`; None where nobody knows."""
        if self.is_plain:
            return self.fits
        return None if self.most is None or self.outer else self.most + bool(self.held_out)

    @property
    def fits(self) -> int:
        """How many fits the first wave has in full, those of the outer folds, and that on rows held out."""
        inner = self.splits if self.inner is None else self.inner
        in_outer = (self.candidates * inner + 1) * self.seeds
        return self.candidates * self.splits * self.seeds + self.outer * in_outer + bool(self.held_out)


@dataclass(frozen=True)
class Progress:
    """How far a run is: fits done (`resumed` of them came from the journal) of those asked for so far, `total`.

    `later` is how many more fits later waves may ask for at most, and None where nobody knows.

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
