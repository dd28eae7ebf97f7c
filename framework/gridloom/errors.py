"""What can go wrong, in the user's words: every error a user can cause, with the exit code it ends in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum
from pathlib import Path

from gridloom.other_words import ours


class Exit(IntEnum):
    """The exit codes of the `gridloom` command."""

    OK = 0
    NO_RESULT = 1
    """Every candidate failed."""
    BAD_INPUT = 2
    """The command line, an experiment file, a plugin or the data is wrong."""
    REFUSED = 3
    """The run directory belongs to something else (a changed experiment, or another process), or runs are not alike."""
    MACHINE = 4
    """The machine failed: disk full, no permission, no network; or a report lacks a package, or cannot be opened."""
    BUG = 5
    """An error in a plugin (including reporters) or in Gridloom itself; a traceback shows where."""
    INTERRUPTED = 130
    """Stopped with Ctrl-C; what was finished is kept."""
    TERMINATED = 143
    """Stopped by SIGTERM, from `kill` or a batch system; what was finished is kept."""


def text_of(error: BaseException) -> str:
    """What an error says; one of a plugin may even raise when it is asked for it."""
    try:
        return str(error)
    except BaseException:  # SystemExit, say
        return "no message, since its __str__ raises"


def named(error: BaseException) -> str:
    """The type of an error and what it says."""
    return f"{type(error).__name__}: {text_of(error)}"


class GridloomError(Exception):
    """Base class of all errors meant for users; the message is shown without a traceback."""

    exit_code = Exit.BAD_INPUT

    def _render_traceback_(self) -> list[str]:
        """What IPython shows, and so a notebook does: the message alone, without the code of Gridloom."""
        return [named(self)]


@dataclass(frozen=True, order=True)
class Location:
    """A location: a file (or an option of the command line), with line and column counted from 1."""

    source: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.source, self.line, self.column) if part is not None)


@dataclass(frozen=True)
class Problem:
    """A problem and its location."""

    location: Location
    message: str

    def __str__(self) -> str:
        return f"{self.location}: {self.message}"


MOST_LISTED = 50
"""How many problems are printed at once."""

LONGEST = 2_000
"""How many characters of a problem are printed."""


class InvalidInput(GridloomError):
    """One or more problems of an input, in the order of the file; the message lists the first 50."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        lines = [str(problem) for problem in problems[:MOST_LISTED]]
        half = LONGEST // 2
        lines = [line if len(line) <= LONGEST else f"{line[:half]} ... {line[-half:]}" for line in lines]
        if more := len(problems) - MOST_LISTED:
            lines += [f"... and {more:,} more problems"] if more > 0 else []
        super().__init__("\n".join(lines))
        self.problems = tuple(problems)

    @classmethod
    def at(cls, location: Location, message: str) -> InvalidInput:
        """One problem at one place."""
        return cls([Problem(location, message)])


class UnknownName(GridloomError):
    """A name that no plugin provides."""


class PluginError(GridloomError):
    """A plugin that the user asked for by name cannot be used."""


class DataError(GridloomError):
    """The data cannot be used for a search: too few rows, values that are not finite, a single class."""


class WrongOptions(DataError):
    """Raised by a data set whose options do not suit its data, such as a column that does not exist.

    `problems` has a message for each wrong value, by the keys and indexes that lead to it: `{("drop", 1): "..."}`. The
    user is shown where it stands in the experiment.
    """

    def __init__(self, problems: Mapping[tuple[str | int, ...], str]) -> None:
        super().__init__("\n".join(problems.values()))
        self.problems = dict(problems)


class StopRun(GridloomError):
    """Raised by an engine or a family when no fit of the experiment can be valid, so that the run must stop."""


class CannotTrain(StopRun):
    """Raised by an engine that cannot train this kind of network at all; `engine: auto` tries the next engine."""


class ClusterLost(StopRun):
    """Raised by an executor that cannot reach its cluster, or whose workers lack something; the run can be resumed."""

    exit_code = Exit.MACHINE


class TooLarge(Exception):
    """Fails the fit of a model with more parameters than `search: limits:` allows."""


class RunRefused(GridloomError):
    """The run's directory holds another experiment's fits, another process is writing to it, or runs are not alike."""

    exit_code = Exit.REFUSED


class StorageError(GridloomError):
    """The journal or a report cannot be read or written."""

    exit_code = Exit.MACHINE


@contextmanager
def disk_errors(place: Path) -> Iterator[None]:
    """Turn errors of the file system into a StorageError, about `place` where they do not name a file."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"{error.filename or place} cannot be written: {error.strerror or error}") from error


class CannotWrite(GridloomError):
    """A new plugin or experiment cannot be written: a bad name, something missing, or something that is there already."""


class Interrupted(GridloomError):
    """Ctrl-C: the message says what is kept and how to resume."""

    exit_code = Exit.INTERRUPTED


class Terminated(Interrupted):
    """SIGTERM: the same as Ctrl-C, but for the exit code."""

    exit_code = Exit.TERMINATED


class Deprecated(FutureWarning):
    """Warns of a deprecated public name: the message says since when, and what to use instead."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint for a misspelled name: the nearest known names, or all of them if none is near.

    >>> nearest("droput", ["dropout", "neurons"])
    "did you mean 'dropout'?"
    """
    names = sorted(set(known))
    if not names:
        return "there is none"
    if close := near(name, names):
        return f"did you mean {' or '.join(repr(match) for match in close)}?"
    return "known: " + ", ".join(names)


def near(name: str, known: Iterable[str]) -> list[str]:
    """The at most three known names that are nearest to a misspelt or shortened one, whatever their case.

    A word of another tool is nearest to our word for the same. None are looked for once that has cost the document more than `one_effort` allows.
    """
    effort = _effort.get() or _Effort()
    if effort.left <= 0:
        return []
    by_lower = {other.lower(): other for other in sorted(known)}
    effort.left -= PAIR * 2 + EACH * len(by_lower)
    text = name.lower()
    if text in by_lower:
        return [by_lower[text]]
    if same := [by_lower[word.lower()] for word in ours(name) if word.lower() in by_lower]:
        return same[:1]
    longer = [other for other in by_lower if len(text) >= SHORTENED and other.startswith(text)]
    close = get_close_matches(text, effort.spent_on(text, by_lower), n=3, cutoff=CUTOFF)
    return [by_lower[match] for match in dict.fromkeys([*longer, *close])][:3]


SHORTENED = 3
"""How many letters of a name may stand for it."""

CUTOFF = 0.6
"""How much alike two names have to be: twice the letters that match, by the letters of both."""

LONGEST_NAME = 200
"""Longer texts are no misspelt names."""

PAIR, EACH = 100, 6
"""Comparing two names costs so much, and the product of their lengths; finding out that there is no need, so much."""


@dataclass
class _Effort:
    """How much may still be spent on comparing names: the first number takes a second or so."""

    left: int = 2_500_000

    def spent_on(self, name: str, known: Iterable[str]) -> list[str]:
        """Those of the known names that may be alike, the likeliest first, as far as there is effort left."""
        letters = set(name)
        likely = [(alike, other) for other in known if (alike := _most_alike(name, letters, other)) >= CUTOFF]
        chosen = []
        for _, other in sorted(likely, reverse=True):
            self.left -= PAIR + len(name) * len(other)
            if self.left <= 0:
                break
            chosen.append(other)
        return chosen


_effort: ContextVar[_Effort | None] = ContextVar("effort", default=None)


@contextmanager
def one_effort() -> Iterator[None]:
    """Bound what is spent on near names in here all together, however many names are unknown: for one document."""
    before = _effort.set(_Effort())
    try:
        yield
    finally:
        _effort.reset(before)


def _most_alike(name: str, letters: set[str], other: str) -> float:
    """No less than how much two names are alike, found fast: letters that only one of them has do not match."""
    if not 0 < len(name) + len(other) <= 2 * LONGEST_NAME:
        return 0.0
    if 2 * min(len(name), len(other)) < CUTOFF * (len(name) + len(other)):
        return 0.0
    theirs = set(other)
    matching = min(len(name) - len(letters - theirs), len(other) - len(theirs - letters))
    return 2 * matching / (len(name) + len(other))
