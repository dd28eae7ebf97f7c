"""What may be required between parameters: a few relations with names, and no code that is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, Literal, get_args

from gridloom.core.candidate import are_equal

Kind = Literal["less", "at_most", "differ"]
KINDS: tuple[Kind, ...] = get_args(Kind)

NUMERIC: tuple[Kind, ...] = ("less", "at_most")
"""The relations of numbers."""

WORDS: Mapping[Kind, str] = {"less": "less than", "at_most": "at most", "differ": "other than"}


@dataclass(frozen=True)
class Relation:
    """A relation between parameters, by their names in tables.

    With "less" each is less than the next, with "at_most" at most the next, and with "differ" no two are equal.
    Parameters that a candidate lacks are ignored. Raises ValueError for fewer than two parameters, or for one that is
    named twice.
    """

    kind: Kind
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"a relation must be one of {', '.join(KINDS)}, not {self.kind!r}")
        if len(set(self.names)) < max(2, len(self.names)):
            raise ValueError(f"'{self.kind}' needs two or more different parameters")

    def holds(self, chosen: Mapping[str, Any]) -> bool:
        """Whether the relation is true for the values of a candidate, by name."""
        values = [chosen[name] for name in self.names if name in chosen]
        return all(_HOLDS[self.kind](first, second) for first, second in self._pairs(values))

    def __str__(self) -> str:
        between = "each other" if self.kind == "differ" else "the next"
        return f"of {', '.join(self.names)}, each must be {WORDS[self.kind]} {between}"

    def _pairs(self, values: Sequence[Any]) -> Sequence[tuple[Any, Any]]:
        return [*(combinations(values, 2) if self.kind == "differ" else pairwise(values))]


_HOLDS: Mapping[Kind, Callable[[Any, Any], bool]] = {
    "less": lambda first, second: first < second,
    "at_most": lambda first, second: first <= second,
    "differ": lambda first, second: not are_equal(first, second),
}
