"""Which columns of a table are learned from, and which ones stand beside the features."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gridloom import InvalidInput, Location, WrongOptions, nearest, spelled
from gridloom_plugins.datasets.kinds import Found, Kind
from gridloom_plugins.datasets.several_targets import several_classes
from gridloom_plugins.datasets.targets import TaskName
from gridloom_plugins.datasets.written import Written

Name = str | int
"""How YAML says which column: by its name, which may look like a number."""

Target = Name | list[Name]
"""The column to learn, or several of them."""

KeyPath = tuple[str | int, ...]
"""The keys and indexes that lead to a value among the options of a data set."""

SHOWN = 30
"""How many names of columns a message lists."""

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
    """The columns that an experiment asks for; `beside` are those that fill fields of `Data`, by field.

    `asked` are the names that options give, by the keys and indexes that lead to them.
    """

    targets: tuple[str, ...]
    features: Sequence[Name] | None = None
    drop: Sequence[Name] | None = None
    types: Mapping[str, Kind] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[KeyPath, str] = field(default_factory=dict)
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
        """The same from the options of a data set; WrongOptions for targets that do not go with the task."""
        given = {option: str(name) for option, name in beside.items() if name is not None}
        targets = tuple(map(str, target)) if isinstance(target, list) else (str(target),)
        _check_targets(target, targets, task)
        asked: list[tuple[KeyPath, str]] = [
            *(_each("target", targets) if isinstance(target, list) else [(("target",), targets[0])]),
            *_each("features", features or ()),
            *_each("drop", drop or ()),
            *((("types", name), name) for name in types or ()),
            *(((option,), name) for option, name in given.items()),
        ]
        written = Written([str(name) for name in drop or ()], features is not None, types or {})
        return cls(targets, features, drop, types or {}, given, dict(asked), written)

    @property
    def named(self) -> list[str]:
        """The columns that the table must have, as far as they are named."""
        names = [*self.targets, *(self.features or ()), *(self.drop or ()), *self.types, *self.beside.values()]
        return list(dict.fromkeys(map(str, names)))

    def chosen(self, head: Head) -> list[str]:
        """The names of the columns to learn from; WrongOptions where they make no sense in this table."""
        self._require(head)
        drop = [str(name) for name in self.drop or ()]
        beside = set(self.beside.values())
        known = [name for name in head.names if name not in self.targets and name not in beside]
        asked = known if self.features is None else [str(name) for name in self.features]
        if wrong := dict(self._conflicts(asked, drop)):
            raise WrongOptions(wrong)
        excluded = set(drop)
        names = [name for name in asked if name not in excluded]
        unnamed = [name for name in names if has_no_name(name)] if self.features is None else []
        names = [name for name in names if name not in unnamed] if unnamed else names
        if unnamed:
            _tell_unnamed(head, unnamed)
        if not names:
            raise InvalidInput.at(Location(str(head.path), 1, 1), "there is no column to learn from besides the target")
        if wrong := dict(self._wrong_types(names)):
            raise WrongOptions(wrong)
        return names

    def _require(self, head: Head) -> None:
        """WrongOptions for names of columns that the table lacks; InvalidInput where the table is what is wrong."""
        missing = {path: name for path, name in self.asked.items() if name not in head.names}
        if missing and len(head.names) > 1:
            there = f"in {head.path.name}"
            raise WrongOptions(
                {path: f"there is no column '{name}' {there}; {_advice(name, head)}" for path, name in missing.items()}
            )
        head.require(self.named)

    def _conflicts(self, asked: Sequence[str], drop: Sequence[str]) -> Iterator[tuple[KeyPath, str]]:
        """Options that ask for a column twice, or for two things at once, each with what is wrong."""
        if self.features is not None and self.drop is not None:
            yield ("drop",), "'features' and 'drop' both choose the features; use only one of them"
        seen: set[str] = set()
        for place, name in enumerate(asked):
            if name in seen:
                yield ("features", place), f"'{name}' is listed twice among the features"
            seen.add(name)
        for option, told, names in (("features", "the features", asked), ("drop", "the columns to drop", drop)):
            for place, name in enumerate(names):
                if name in self.targets:
                    yield (option, place), f"the target '{name}' is among {told}"
        for option, name in self.beside.items():
            if name in self.targets:
                yield (option,), f"'{name}' is both the target and '{option}'"
            elif name in asked:
                yield (option,), f"'{name}' is among the features, but '{option}' cannot be one"

    def _wrong_types(self, names: Sequence[str]) -> Iterator[tuple[KeyPath, str]]:
        """Kinds that are given for columns that are not learned from."""
        for name in self.types:
            if name in self.targets:
                which = "the" if len(self.targets) == 1 else "a"
                yield ("types", name), f"'types' is for features, but '{name}' is {which} target; use 'task' for it"
            elif name not in names:
                yield ("types", name), f"'types' gives a type for '{name}', but this column is not a feature"


def _advice(name: str, head: Head) -> str:
    """The nearest names of columns, or as many as there is room for."""
    told = nearest(name, head.names)
    if len(head.names) <= SHOWN or not told.startswith("known: "):
        return told
    return f"known: {', '.join(head.names[:SHOWN])} and {len(head.names) - SHOWN:,} more"


def _each(option: str, names: Sequence[Name]) -> Iterator[tuple[KeyPath, str]]:
    return (((option, place), str(name)) for place, name in enumerate(names))


def _check_targets(target: Target, names: Sequence[str], task: TaskName | None) -> None:
    """WrongOptions for targets that are listed alone or twice, and where the task is one of other targets."""
    if isinstance(target, list) and len(names) == 1:
        raise WrongOptions(
            {("target",): f"{spelled('target', target)} lists a single column; write {spelled('target', target[0])}"}
        )
    if not names:
        raise WrongOptions({("target",): "'target' lists no column; name the one to learn, or several"})
    if doubles := [name for name, times in Counter(names).items() if times > 1]:
        raise WrongOptions({("target",): f"'{doubles[0]}' is listed twice among the targets"})
    if len(names) > 1 and task == "classification":
        raise WrongOptions({("target",): several_classes()})
    if len(names) == 1 and task == "multilabel":
        raise WrongOptions(
            {
                (
                    "target",
                ): f"{spelled('task', 'multilabel')} needs several labels; list their columns, as in {spelled('target', ['news', 'sport'])}"
            }
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
