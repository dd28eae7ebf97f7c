"""The option `--all` of commands that print a run: all of its candidates rather than the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gridloom.experiment.bound import Bound
    from gridloom.registry.records import Reporter

ALL = "all"
"""The option of reporters that `--all` sets."""

All = Annotated[bool, typer.Option("--all", help="Print all candidates in order, not only the ten best.")]


def listing_all(reporters: Sequence[Bound[Reporter]]) -> list[Bound[Reporter]]:
    """These reporters, those with an option `all: bool` with it set."""
    return [
        replace(reporter, options={**reporter.options, ALL: True}) if _can_list_all(reporter) else reporter
        for reporter in reporters
    ]


def _can_list_all(reporter: Bound[Reporter]) -> bool:
    return any(option.name == ALL and option.annotation is bool for option in reporter.record.options)
