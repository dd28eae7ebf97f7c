"""Candidates as rows of numbers, for the model of the strategy `bayesian`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridloom import Candidate, Choices, Domain, Space, When, bare

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HALF = math.sqrt(0.5)
"""What a name is encoded as, so that two names are 1 apart."""


@dataclass(frozen=True)
class _Columns:
    """The columns of one parameter: `encode` gives their values for one of its values."""

    group: str
    name: str
    width: int
    absent: tuple[float, ...]
    encode: Callable[[Any], tuple[float, ...]]


class Encoding:
    """Numbers from 0 to 1 by their place on their scale, names by a column each, and whether a parameter is there.

    A list of numbers counts by their ranks. `owners` has the parameter of each column, from 0.
    """

    def __init__(self, space: Space) -> None:
        domains: dict[tuple[str, str], list[Domain]] = {}
        for subspace in space.subspaces:
            for group, named in subspace.items():
                for name, domain in named.items():
                    domains.setdefault((group, name), []).append(domain)
        everywhere = len(space.subspaces)
        made = [_columns(*place, found, everywhere) for place, found in domains.items()]
        self._columns = [columns for columns in made if columns.width]
        self.owners = tuple(place for place, columns in enumerate(self._columns) for _ in range(columns.width))

    def rows(self, candidates: Iterable[Candidate]) -> NDArray[np.float64]:
        """The candidates as an array of shape (candidates, columns)."""
        import numpy as np

        return np.array([self._row(candidate) for candidate in candidates]).reshape(-1, len(self.owners))

    def _row(self, candidate: Candidate) -> list[float]:
        row: list[float] = []
        for columns in self._columns:
            chosen = candidate.values.get(columns.group, {})
            row += columns.encode(chosen[columns.name]) if columns.name in chosen else columns.absent
        return row


def _columns(group: str, name: str, domains: Sequence[Domain], everywhere: int) -> _Columns:
    plain = [bare(domain) for domain in domains]
    may_lack = len(domains) < everywhere or any(isinstance(domain, When) for domain in domains)
    listed = [value for domain in plain if isinstance(domain, Choices) for value in domain.values()]
    numbers = sorted({value for value in listed if _is_number(value)})
    others = list(dict.fromkeys(_text(value) for value in listed if value is not None and not _is_number(value)))
    ranges = [domain for domain in plain if not isinstance(domain, Choices)]
    if (others and not ranges) or (not ranges and len(numbers) < 2):  # noqa: PLR2004
        return _named(group, name, list(dict.fromkeys(map(_text, listed))), may_lack)
    return _numeric(group, name, _scale(ranges, numbers), lacks=may_lack or None in listed)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _scale(ranges: Sequence[Any], numbers: Sequence[float]) -> Callable[[Any], float]:
    """Where a number lies, from 0 to 1: by its rank in a list, its share of a range, or on the scale of several ranges."""
    if not ranges:
        return {value: place / (len(numbers) - 1) for place, value in enumerate(numbers)}.__getitem__
    if not numbers and all(domain == ranges[0] for domain in ranges):
        return ranges[0].share_of  # type: ignore[no-any-return]
    bounds = [*numbers, *(bound for domain in ranges for bound in (domain.low, domain.high))]
    low, high = min(bounds), max(bounds)
    if low > 0 and any(domain.scale == "log" for domain in ranges):
        return lambda value: math.log(value / low) / math.log(high / low)
    return lambda value: (value - low) / (high - low)


def _text(value: Any) -> str:
    """One text for equal values; what is text already is the quickest."""
    return f'"{value}"' if isinstance(value, str) else json.dumps(value, sort_keys=True, default=dict)


def _named(group: str, name: str, names: list[str], may_lack: bool) -> _Columns:
    places = {text: place for place, text in enumerate([*names, *([""] if may_lack else [])])}
    rows = [tuple(HALF * (place == column) for column in range(len(places))) for place in range(len(places))]
    width = len(places) if len(places) > 1 else 0
    return _Columns(group, name, width, rows[-1], lambda value: rows[places[_text(value)]])


def _numeric(group: str, name: str, scale: Callable[[Any], float], *, lacks: bool) -> _Columns:
    if lacks:
        lacking = (0.5, 1.0)
        return _Columns(group, name, 2, lacking, lambda value: lacking if value is None else (scale(value), 0.0))
    return _Columns(group, name, 1, (0.5,), lambda value: (scale(value),))
