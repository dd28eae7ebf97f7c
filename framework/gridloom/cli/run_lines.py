"""The runs in a folder, a line each: what they are called, how far they are, and what came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gridloom.core.printable import cut, in_one_line
from gridloom.core.significant import rounded
from gridloom.errors import GridloomError, RunRefused

if TYPE_CHECKING:
    from gridloom.registry.registry import Registry
    from gridloom.results.result import Result

LONGEST = 200
"""How many characters of a candidate or a name are kept; a terminal may show fewer."""

PAGE = "report.html"
"""What the reporter `html` calls its file unless an experiment names it otherwise."""


@dataclass(frozen=True)
class RunLine:
    """A run in texts of one line; those that are not known are empty. `seconds` is when it trained last, since 1970."""

    folder: Path
    name: str
    state: str
    best: str = ""
    score: str = ""
    seconds: float = 0.0

    @property
    def when(self) -> str:
        """When it trained last, by the clock of this machine."""
        return datetime.fromtimestamp(self.seconds).astimezone().strftime("%Y-%m-%d %H:%M")

    @property
    def has_page(self) -> bool:
        """Whether the run has a page to link to."""
        return (self.folder / PAGE).is_file()


def run_lines(out: Path, registry: Registry) -> Sequence[RunLine]:
    """The runs in the folder `out`, those that trained last first."""
    from gridloom.core.file_names import EXPERIMENT, JOURNAL

    folders = [file.parent for file in out.glob(f"*/{EXPERIMENT}") if (file.parent / JOURNAL).is_file()]
    return sorted((_line(folder, registry) for folder in folders), key=lambda line: (-line.seconds, line.name))


def _line(folder: Path, registry: Registry) -> RunLine:
    from gridloom.core.file_names import JOURNAL
    from gridloom.runs.directory import refuse_running

    name, seconds = _one_line(folder.name), (folder / JOURNAL).stat().st_mtime
    try:
        refuse_running(folder)
        result = _result(folder, registry)
    except RunRefused:
        return RunLine(folder, name, "running", seconds=seconds)
    except (GridloomError, OSError):
        return RunLine(folder, name, "unreadable", seconds=seconds)
    best = result.best
    if best is None:
        return RunLine(folder, name, _state(result), seconds=seconds)
    values = ", ".join(f"{key}={rounded(value)}" for key, value in best.params.items())
    score = _one_line(f"{result.scoring} {best.mean:.4g}")
    return RunLine(folder, name, _state(result), _one_line(values), score, seconds)


def _result(folder: Path, registry: Registry) -> Result:
    """The result of a run so far; what its journal alone says where its experiment cannot be read with these plugins."""
    from gridloom.core.file_names import EXPERIMENT
    from gridloom.errors import InvalidInput
    from gridloom.experiment.bind import read_experiment
    from gridloom.runs.reading import bare_result, load_result

    try:
        experiment = read_experiment(folder / EXPERIMENT, registry, of_run=True)
    except InvalidInput:
        return bare_result(folder)
    return load_result(experiment, folder)


def _state(result: Result) -> str:
    is_scored = result.held_out is None or result.best is None or result.held_out.looks > 0
    if not result.is_complete or not is_scored or not (result.nested is None or result.nested.is_complete):
        return "not finished"
    return "complete" if result.best else "failed"


def _one_line(text: str) -> str:
    return cut(in_one_line(text), LONGEST)
