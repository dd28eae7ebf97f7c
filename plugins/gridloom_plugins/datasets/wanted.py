"""Which columns of a table are learned from, and which ones stand beside the features."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gridloom import DataError, InvalidInput, Location, spelled
from gridloom_plugins.datasets.kinds import Found, Kind
from gridloom_plugins.datasets.several_targets import several_classes
from gridloom_plugins.datasets.targets import TaskName
from gridloom_plugins.datasets.written import Written

Name = str | int
"""How YAML says which column: by its name, which may look like a number."""

Target = Name | list[Name]
"""The column to learn, or several of them."""

_UNNAMED = re.compile(r"(Unnamed: \d+)?")
"""What a column is called that pandas wrote without a name, or read so and wrote again: mostly the number of the row."""

_ID = re.compile(r"(?i:(?:.*[ _.-])?(?:id|uuid|guid|index))|.*[a-z](?:ID|Id)")
"""What columns of ids are called: id, customer_id, PassengerId."""

_log = logging.getLogger("gridloom")


@dataclass(frozen=True)
class Head:
    """The names of a table's columns, and where they stand."""

    path: Path
    names: Sequence[str]
    require: Callable[[Sequence[str]], None]
    """Raises InvalidInput when one of these columns is not there."""
    place: Callable[[str], Location]


@dataclass(frozen=True)
class Wanted:
    """The columns that an experiment asks for; `beside` are those that fill fields of `Data`, by field."""

    targets: tuple[str, ...]
    features: Sequence[Name] | None = None
    drop: Sequence[Name] | None = None
    types: Mapping[str, Kind] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    written: Written = field(default_factory=Written)

    @classmethod
    def of(
        cls,
        target: Target,
        task: TaskName | None,
        features: Sequence[Name] | None,
        drop: Sequence[Name] | None,
        types: Mapping[str, Kind] | None,
        beside: Mapping[str, Name | None],
    ) -> Wanted:
        """The same from the options of a data set; DataError for targets that do not go with the task."""
        given = {option: str(name) for option, name in beside.items() if name is not None}
        targets = tuple(map(str, target)) if isinstance(target, list) else (str(target),)
        _check_targets(target, targets, task)
        written = Written([str(name) for name in drop or ()], features is not None, types or {})
        return cls(targets, features, drop, types or {}, given, written)

    @property
    def named(self) -> list[str]:
        """The columns that the table must have, as far as they are named."""
        names = [*self.targets, *(self.features or ()), *(self.drop or ()), *self.types, *self.beside.values()]
        return list(dict.fromkeys(map(str, names)))

    def chosen(self, head: Head) -> list[str]:
        """The names of the columns to learn from; InvalidInput where they make no sense in this table."""
        head.require(self.named)
        drop = [str(name) for name in self.drop or ()]
        beside = set(self.beside.values())
        known = [name for name in head.names if name not in self.targets and name not in beside]
        asked = known if self.features is None else [str(name) for name in self.features]
        self._check(head, asked, drop)
        excluded = set(drop)
        names = [name for name in asked if name not in excluded]
        unnamed = [name for name in names if has_no_name(name)] if self.features is None else []
        names = [name for name in names if name not in unnamed] if unnamed else names
        if unnamed:
            _tell_unnamed(head, unnamed)
        if not names:
            raise InvalidInput.at(Location(str(head.path), 1, 1), "there is no column to learn from besides the target")
        self._check_types(head, names)
        return names

    def _check(self, head: Head, asked: Sequence[str], drop: Sequence[str]) -> None:
        """InvalidInput for columns that are asked for twice, or for two things at once."""
        if self.features is not None and self.drop is not None:
            raise InvalidInput.at(
                Location(str(head.path)), "'features' and 'drop' both choose the features; use only one of them"
            )
        if doubles := [name for name, times in Counter(asked).items() if times > 1]:
            raise InvalidInput.at(head.place(doubles[0]), f"'{doubles[0]}' is listed twice among the features")
        for option, names in (("the features", asked), ("the columns to drop", drop)):
            for target in {*self.targets} & {*names}:
                raise InvalidInput.at(head.place(target), f"the target '{target}' is among {option}")
        for option, name in self.beside.items():
            if name in self.targets:
                raise InvalidInput.at(head.place(name), f"'{name}' is both the target and '{option}'")
            if name in asked:
                raise InvalidInput.at(head.place(name), f"'{name}' is among the features, but '{option}' cannot be one")

    def _check_types(self, head: Head, names: Sequence[str]) -> None:
        """InvalidInput for a kind of a column that is not learned from."""
        for name in self.types:
            if name in self.targets:
                message = f"'types' is for features, but '{name}' is {'the' if len(self.targets) == 1 else 'a'} target; use 'task' for it"
                raise InvalidInput.at(head.place(name), message)
            if name not in names:
                raise InvalidInput.at(
                    head.place(name), f"'types' gives a type for '{name}', but this column is not a feature"
                )


def _check_targets(target: Target, names: Sequence[str], task: TaskName | None) -> None:
    """DataError for targets that are listed alone or twice, and where the task is one of other targets."""
    if isinstance(target, list) and len(names) == 1:
        raise DataError(f"{spelled('target', target)} lists a single column; write {spelled('target', target[0])}")
    if not names:
        raise DataError("'target' lists no column; name the one to learn, or several")
    if doubles := [name for name, times in Counter(names).items() if times > 1]:
        raise DataError(f"'{doubles[0]}' is listed twice among the targets")
    if len(names) > 1 and task == "classification":
        raise DataError(several_classes())
    if len(names) == 1 and task == "multilabel":
        raise DataError(
            f"{spelled('task', 'multilabel')} needs several labels; list their columns, as in {spelled('target', ['news', 'sport'])}"
        )


def ids_among(columns: Iterable[Found]) -> list[str]:
    """The columns that look like ids: they are called so, and no two rows have the same whole number or text."""
    import numpy as np

    return [
        item.column.name
        for item in columns
        if _ID.fullmatch(item.column.name)
        and item.column.kind in ("numeric", "category", "text")
        and not item.column.gaps
        and np.array_equal(item.values, np.floor(item.values))
        and len(np.unique(item.values)) == len(item.values)
    ]


def tell_ids(head: Head, columns: Iterable[Found], written: Written) -> None:
    """Say which columns look like ids."""
    if found := ids_among(columns):
        drop = written.excluding(found)
        _log.warning(
            "%s: %s %s a different value in every row, like ids; exclude ids%s",
            head.place(found[0]),
            ", ".join(f"'{name}'" for name in found),
            "has" if len(found) == 1 else "have",
            drop and f" with {drop}, or list the columns to learn from under 'features'",
        )


def has_no_name(name: str) -> bool:
    """Whether a column has no name, as the row numbers that pandas writes."""
    return _UNNAMED.fullmatch(name) is not None


def _tell_unnamed(head: Head, names: Sequence[str]) -> None:
    """Say that columns without a name are not learned from."""
    if [*names] == [""] and head.names[-1] == "" and len(head.names) > 1:
        _log.warning(
            "%s: the last column has no name, as when every line ends in a delimiter, so it is excluded; list '' under "
            "'features' to include it, or under 'drop' to silence this note",
            head.place(""),
        )
        return
    _log.warning(
        "%s: the column %s has no name, like the row numbers that pandas writes, so it is excluded; list it under "
        "'features' to include it, or under 'drop' to silence this note",
        head.place(names[0]),
        ", ".join(f"'{name}'" for name in names),
    )
