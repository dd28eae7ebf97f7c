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

ABSENT = -1
"""The code of a parameter that a candidate lacks."""


@dataclass(frozen=True, eq=False)
class Design:
    """The parameters that differ among candidates, their levels, and each candidate's level by number.

    `codes` has shape (candidates, parameters). A parameter that a candidate lacks has ABSENT there, which is none of its
    levels: what is nested under another parameter's value (a momentum under `sgd`) can only be compared there.
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
        """Whether every combination of levels is there, and once; it is none where a candidate lacks a parameter."""
        count = len(self.codes)
        if (self.codes == ABSENT).any():
            return False
        return math.prod(self.shape) == count == len(np.unique(self.codes, axis=0))


def design_of(candidates: Sequence[Mapping[str, Any]]) -> Design:
    """The design of these candidates (parameters to values): numbers ascend, other values keep their order.

    Parameters differ where the candidates that have them do.
    """
    names, levels, columns = [], [], []
    for name in dict.fromkeys(name for candidate in candidates for name in candidate):
        texts = [canonical_json(candidate[name]) if name in candidate else None for candidate in candidates]
        found: dict[str, Any] = {
            text: candidate[name] for text, candidate in zip(texts, candidates, strict=True) if text is not None
        }
        if len(found) > 1:
            if all(is_number(value) for value in found.values()):
                found = dict(sorted(found.items(), key=lambda item: float(item[1])))
            names.append(name)
            levels.append(tuple(found.values()))
            place = {text: number for number, text in enumerate(found)}
            columns.append([ABSENT if text is None else place[text] for text in texts])
    codes = np.array(columns, dtype=np.intp).reshape(len(columns), len(candidates)).T
    return Design(tuple(names), tuple(levels), codes)
