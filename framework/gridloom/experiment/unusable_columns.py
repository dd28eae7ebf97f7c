"""Columns of a table that models cannot use as they are, and what is wrong with them in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gridloom.core.columns import StepKind

SHOWN = 3
"""How many columns a message names."""


@dataclass(frozen=True)
class Unusable:
    """The kinds of columns that contain texts, by name, and the names of columns with missing cells."""

    coded: Mapping[str, StepKind]
    gaps: Collection[str]

    def __bool__(self) -> bool:
        return bool(self.coded or self.gaps)

    @property
    def names(self) -> list[str]:
        """Each of these columns once."""
        return [*self.coded, *sorted({*self.gaps} - {*self.coded})]

    @property
    def texts(self) -> list[str]:
        """The columns of any text."""
        return [name for name, kind in self.coded.items() if kind == "text"]

    @property
    def categories(self) -> list[str]:
        """The columns of categories."""
        return [name for name in self.coded if name not in self.texts]

    @property
    def told(self) -> str:
        """What is wrong with which columns; those with the same trouble are named together."""
        alike: dict[tuple[StepKind | None, bool], list[str]] = {}
        for name in self.names:
            alike.setdefault((self.coded.get(name), name in self.gaps), []).append(name)
        return ", and ".join(f"{some(names)} {_wrong(names, *key)}" for key, names in alike.items())


def _wrong(names: Sequence[str], kind: StepKind | None, has_gaps: bool) -> str:
    parts = []
    if kind is not None:
        what = "text" if kind == "text" else "categories"
        parts.append(f"{have(names, 'contains', 'contain')} {what}")
    if has_gaps:
        parts.append(f"{have(names, 'has', 'have')} missing cells")
    return " and ".join(parts)


def have(names: Collection[str], one: str, several: str) -> str:
    """The word for one column, or that for several."""
    return one if len(names) == 1 else several


def some(names: Sequence[str]) -> str:
    """The columns by name, as far as there is room."""
    shown = ", ".join(f"'{name}'" for name in names[:SHOWN])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"the column {shown}" if len(names) == 1 else f"the columns {shown}{more}"
