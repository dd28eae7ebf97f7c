"""What is trained and what came of it: proposals, fits with seeds of their own, fit results, trials."""

from __future__ import annotations

import hashlib
import math
import re
import traceback as tracebacks
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gridloom.core.boundary import restored, seeded
from gridloom.core.budgets import EPOCHS, FULL, Budget, Proposal
from gridloom.core.candidate import Candidate, canonical_json
from gridloom.core.predictions import labels_of_kept
from gridloom.errors import GridloomError, TooLarge

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from gridloom.core.kept_model import KeptModel


@dataclass(frozen=True)
class Fit:
    """One training: a candidate on one split (repeat and fold, from 0) with one of the seeds (replica, from 0).

    In nested cross-validation the split is one of the training rows of an outer fold (from 0).
    """

    candidate: Candidate
    repeat: int
    fold: int
    replica: int = 0
    budget: Budget = FULL
    outer: int | None = None

    @property
    def cell(self) -> tuple[int, int, int]:
        """Repeat, fold and replica: which of its trial's fits it is."""
        return self.repeat, self.fold, self.replica

    @property
    def place(self) -> tuple[int | None, int, int]:
        """Outer fold, repeat and fold: the place of its split."""
        return self.outer, self.repeat, self.fold

    @cached_property
    def key(self) -> str:
        """The identity of the fit as 64 hexadecimal digits (SHA-256 of its canonical JSON); the journal's key."""
        description = canonical_json(
            {
                "candidate": self.candidate.values,
                "repeat": self.repeat,
                "fold": self.fold,
                "replica": self.replica,
                "budget": self.budget.describe(),
                **({} if self.outer is None else {"outer": self.outer}),
            }
        )
        return hashlib.sha256(description.encode()).hexdigest()

    def seed(self, experiment_seed: int) -> int:
        """The fit's own seed, 0 to 2**31 - 1, from the experiment's seed and the fit's identity, not its place.

        It depends neither on the budget nor on a parameter called `epochs`, so that a shorter training is the beginning
        of a longer one.
        """
        in_full = replace(self, budget=FULL, candidate=self.candidate.without(EPOCHS))
        digest = hashlib.sha256(f"{experiment_seed}:{in_full.key}".encode()).digest()
        return int.from_bytes(digest[:4], "big") >> 1


class Status(StrEnum):
    """The state of a fit or a trial."""

    COMPLETE = "complete"
    FAILED = "failed"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class FitResult:
    """The result of a fit: finite scores by name, history (one number per epoch) and seconds; or the error.

    The first score ranks. `predicted` is what the model predicts for each test row, as in `Predictions.kept`: an array
    of shape (rows,) or (rows, classes), or None if predictions are not kept. Numbers of any type are converted to
    floats (in the history rounded to float32, as the journal keeps them), and errors to printable text. `parameters` is
    the number of parameters of the model, including those that are not trained; None if they are not counted. `model`
    writes the trained model into a folder, for `--keep-models`: it is called immediately, in the worker, or not at all.
    `labels` are the predicted class numbers if they do not follow from `predicted`: see `predicted_classes`.
    """

    scores: Mapping[str, float] = field(default_factory=dict)
    history: Mapping[str, Sequence[float]] = field(default_factory=dict, repr=False)
    fit_seconds: float = 0.0
    score_seconds: float = 0.0
    predicted: NDArray[Any] | None = field(default=None, compare=False, repr=False)
    error: str | None = None
    traceback: str | None = None
    parameters: int | None = None
    model: Callable[[Path], KeptModel] | None = field(default=None, compare=False, repr=False)
    labels: NDArray[Any] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.error is None:
            _check_scores(self.scores)
        plain = {
            "scores": {name: float(score) + 0.0 for name, score in self.scores.items()},  # no negative zero
            "history": {name: array("f", map(float, values)).tolist() for name, values in self.history.items()},
            "fit_seconds": float(self.fit_seconds),
            "score_seconds": float(self.score_seconds),
            "parameters": None if self.parameters is None else int(self.parameters),
            "error": _writable(self.error, LONGEST_ERROR),
            "traceback": _writable(self.traceback, LONGEST_TRACEBACK),
        }
        for name, value in plain.items():
            object.__setattr__(self, name, value)

    def __getstate__(self) -> dict[str, Any]:
        """What travels and is copied: all but the model, which stays where it was trained."""
        return {**vars(self), "model": None}

    @property
    def score(self) -> float | None:
        """The score that ranks; None where the fit failed."""
        return next(iter(self.scores.values()), None)

    def predicted_classes(self, classes: int) -> NDArray[Any] | None:
        """The predicted class number of each test row, given the number of classes; None if predictions are not kept."""
        if self.predicted is None or self.labels is not None:
            return self.labels
        return labels_of_kept(self.predicted, classes)

    @property
    def status(self) -> Status:
        """COMPLETE or FAILED."""
        return Status.COMPLETE if self.error is None else Status.FAILED

    @property
    def epochs(self) -> int:
        """How many epochs were trained: the length of the longest part of the history; 0 if there is none."""
        return max(map(len, self.history.values()), default=0)

    def ranked_by(self, name: str) -> FitResult:
        """The same result with the score of this name first; unchanged if there is no such score."""
        if name not in self.scores or name == next(iter(self.scores)):
            return self
        again = copy(self)  # not `replace`, which would make every number of the history anew
        object.__setattr__(again, "scores", {name: self.scores[name], **self.scores})
        return again

    @classmethod
    def failed(cls, error: BaseException) -> FitResult:
        """The result of a fit that raised."""
        is_ours = isinstance(error, GridloomError | TooLarge)  # whose sentences say all
        summary = str(error) if is_ours else "".join(tracebacks.format_exception_only(error)).strip()
        if isinstance(error, MemoryError):
            summary = f"{summary if ':' in summary else f'{summary}: memory ran out'}; {SMALLER}"
        summary = summary.removeprefix(f"{type(error).__module__}.")  # the traceback has it
        return cls(error=summary, traceback="".join(tracebacks.format_exception(error)))


def _check_scores(scores: Mapping[str, float]) -> None:
    if not isinstance(scores, Mapping) or not scores:
        raise ValueError(f"a finished fit must have scores by name, such as {{'accuracy': 0.7}}, not {scores!r}")
    for name, score in scores.items():
        if score is None or not math.isfinite(score):
            raise ValueError(
                f"a finished fit must have a finite score, not {score} ({name}): is the scorer defined for so few test "
                f"rows?"
            )


SMALLER = "use fewer workers (-j), a smaller batch_size, or less data (sample)"
"""What to do where there is not enough memory for a fit."""

LONGEST_ERROR, LONGEST_TRACEBACK = 4_000, 40_000
"""How many characters are kept of an error and of its traceback."""


_COLOURS = re.compile("\x1b\\[[0-9;]*m")
"""What makes a terminal write in colours or bold, as Keras does in its messages."""


def _writable(text: str | None, longest: int) -> str | None:
    """The text as it can be written anywhere, without colours; of a longer one the beginning and the end, and how much was cut."""
    if text is None:
        return None
    text = _COLOURS.sub("", text)
    if len(text) > longest:
        half = longest // 2
        text = f"{text[:half]}\n... {len(text) - 2 * half:,} characters omitted ...\n{text[-half:]}"
    return text.encode(errors="backslashreplace").decode()


def fit_each(fits: Sequence[Fit], train: Callable[[Fit], FitResult]) -> Iterator[tuple[Fit, FitResult]]:
    """Train fits one after the other, and yield each with its result: an exception fails only the fit that raises it.

    This includes SystemExit. A GridloomError (such as StopRun) is not the fit's fault and is raised, as is
    KeyboardInterrupt. Changes that a fit makes to its process (the working directory, the environment, warning filters,
    signal handlers and so on) are undone before the next one, and each starts with its own state of the global random
    generators, so that no fit depends on those before it.
    """
    for fit in fits:
        try:
            with restored(), seeded(fit.seed(0)):
                result = train(fit)
        except (GridloomError, KeyboardInterrupt):
            raise
        except BaseException as error:
            result = FitResult.failed(error)
        yield fit, result


@dataclass(frozen=True)
class Trial:
    """A proposal with its fits, in the order repeat, fold, replica; missing results are None.

    `wave` is the number, from 0, of the wave in which it was proposed.
    """

    number: int
    proposal: Proposal
    fits: tuple[Fit, ...]
    results: tuple[FitResult | None, ...]
    wave: int = 0

    @property
    def candidate(self) -> Candidate:
        """The candidate of the proposal."""
        return self.proposal.candidate

    @property
    def params(self) -> dict[str, Any]:
        """The candidate's parameters, by name."""
        return self.candidate.flat

    @cached_property
    def status(self) -> Status:
        """FAILED when a fit failed, INCOMPLETE when one is missing, else COMPLETE."""
        if self.failures:
            return Status.FAILED
        return Status.INCOMPLETE if None in self.results else Status.COMPLETE

    @property
    def failures(self) -> list[tuple[Fit, FitResult]]:
        """The fits that failed."""
        pairs = zip(self.fits, self.results, strict=True)
        return [(fit, result) for fit, result in pairs if result and result.status is Status.FAILED]

    @property
    def scores(self) -> list[float | None]:
        """The score that ranks, one per fit; None where the fit failed or is missing."""
        return [result.score if result else None for result in self.results]

    @property
    def by_cell(self) -> dict[tuple[int, int, int], float | None]:
        """The same by the cell of each fit; budgets may omit some cells of a search."""
        return dict(zip((fit.cell for fit in self.fits), self.scores, strict=True))

    def ranked_by(self, name: str) -> Trial:
        """The same trial, ranked by the score of this name."""
        return replace(self, results=tuple(result and result.ranked_by(name) for result in self.results))

    def __repr__(self) -> str:
        """One line, without the scores and histories of every fit."""
        budget = "" if self.proposal.budget == FULL else f", {self.proposal.budget}"
        found = f"mean {self.mean:g}, " if self.status is Status.COMPLETE else ""
        done = sum(result is not None for result in self.results)
        return (
            f"<Trial {self.number}: {self.params}{budget}, {found}{self.status.value}, {done} of {len(self.fits)} fits>"
        )

    @cached_property
    def mean(self) -> float:
        """The mean score over all fits; NaN unless the trial is complete."""
        if self.status is not Status.COMPLETE:
            return math.nan
        scores = [score for score in self.scores if score is not None]
        try:
            return math.fsum(scores) / len(scores)
        except OverflowError:
            return math.fsum(score / len(scores) for score in scores)

    @cached_property
    def std(self) -> float:
        """The population standard deviation of the scores over all fits; NaN unless the trial is complete."""
        if self.status is not Status.COMPLETE:
            return math.nan
        scores = [score for score in self.scores if score is not None]
        return math.hypot(*(score - self.mean for score in scores)) / math.sqrt(len(scores))


def ranked(trials: Iterable[Trial]) -> list[Trial]:
    """The complete ones of these trials with the largest budget among them, best first; equal means keep their order.

    A score of a part of the rows or epochs is no rival of one of all: with few rows, luck is larger. Nor is that of a candidate
    which has failed with a larger budget.
    """
    by_size = sorted(trials, key=lambda trial: trial.proposal.budget.size)
    failed = {trial.candidate: trial.proposal.budget.size for trial in by_size if trial.status is Status.FAILED}
    complete = [
        trial
        for trial in by_size
        if trial.status is Status.COMPLETE
        and failed.get(trial.candidate, trial.proposal.budget.size) <= trial.proposal.budget.size
    ]
    largest = max((trial.proposal.budget.size for trial in complete), default=FULL.size)
    rivals = [trial for trial in complete if trial.proposal.budget.size == largest]
    return sorted(rivals, key=lambda trial: -trial.mean)
