"""Binds the reporters of an experiment, and finds those that would write over each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridloom.core.file_names import FileName
from gridloom.experiment.bound import Bound
from gridloom.experiment.problems import Binder
from gridloom.registry.records import Reporter


def bind_reporters(binder: Binder, selections: Sequence[Any] | None) -> list[Bound[Reporter]]:
    """The reporters that `reporters:` names, or the default ones; what is wrong with them is noted."""
    if selections is None:
        return [Bound(item, {}, binder.node.location) for item in binder.registry.defaults(Reporter)]
    found: list[Bound[Reporter]] = []
    for index, selection in enumerate(selections):
        before = len(binder.problems)
        reporter = binder.bound((*Reporter.place, index), selection, Reporter)
        if reporter and len(binder.problems) == before:
            _check_doubles(binder, index, reporter, found)
            found.append(reporter)
    return found


def _check_doubles(binder: Binder, index: int, reporter: Bound[Reporter], earlier: Sequence[Bound[Reporter]]) -> None:
    """Note a reporter that does what one before it does, or writes a file of the same name."""
    if any(reporter.resolved == other.resolved for other in earlier):
        message = f"the reporter '{reporter.name}' is listed twice with the same options; remove one of them"
        binder.report(("reporters", index), message)
        return
    taken = {file.lower(): other.name for other in earlier for file in _files(other).values()}
    for option, file in _files(reporter).items():
        if other := taken.get(file.lower()):
            message = f"the reporter '{other}' already writes '{file}'; give one of them another '{option}'"
            binder.report(("reporters", index, option), message)


def _files(reporter: Bound[Reporter]) -> dict[str, str]:
    """The names of the files that a reporter writes, by its options."""
    resolved = reporter.resolved
    return {option.name: resolved[option.name] for option in reporter.record.options if option.annotation == FileName}
