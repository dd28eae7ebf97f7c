"""Which values the candidates of a search took, as levels of each parameter."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloom.core.candidate import canonical_json, is_number


@dataclass(frozen=True, eq=False)
class Design:
    """The parameters that differ among candidates, their levels, and each candidate's level by number.

    `codes` has shape (candidates, parameters). A parameter that a candidate lacks has the level None there.
    """

    names: tuple[str, ...]
    levels: tuple[tuple[Any, ...], ...]
    codes: NDArray[np.intp]

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of levels of each parameter."""
        return tuple(len(levels) for levels in self.levels)

    @cached_property
    def is_full_grid(self) -> bool:
        """Whether every combination of levels is there, and once."""
        count = len(self.codes)
        return math.prod(self.shape) == count == len(np.unique(self.codes, axis=0))


def design_of(candidates: Sequence[Mapping[str, Any]]) -> Design:
    """The design of these candidates (parameters to values): numbers ascend, other values keep their order."""
    names, levels, columns = [], [], []
    for name in dict.fromkeys(name for candidate in candidates for name in candidate):
        values = [candidate.get(name) for candidate in candidates]
        texts = [canonical_json(value) for value in values]
        found: dict[str, Any] = dict(zip(texts, values, strict=True))
        if len(found) > 1:
            if all(is_number(value) for value in values):
                found = dict(sorted(found.items(), key=lambda item: float(item[1])))
            names.append(name)
            levels.append(tuple(found.values()))
            place = {text: number for number, text in enumerate(found)}
            columns.append([place[text] for text in texts])
    codes = np.array(columns, dtype=np.intp).reshape(len(columns), len(candidates)).T
    return Design(tuple(names), tuple(levels), codes)
