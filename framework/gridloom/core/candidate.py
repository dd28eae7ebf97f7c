"""A candidate: one choice for every searched hyperparameter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeGuard

Values = Mapping[str, Mapping[str, Any]]


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: keys sorted, no spaces, ASCII, no NaN; equal values have equal texts."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{value!r} is not JSON")


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value can be ordered as a number; booleans cannot."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def are_equal(first: Any, second: Any) -> bool:
    """Whether two values of a parameter are the same, where 0 and 0.0 are, and 1 and true are not."""
    if is_number(first) and is_number(second):
        return first == second
    return canonical_json(first) == canonical_json(second)


def flat_names(names: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """What parameters are called in tables, by group and name: by their names, with `group.` before those that two groups share."""
    every = [name for chosen in names.values() for name in chosen]
    return {
        (group, name): name if every.count(name) == 1 else f"{group}.{name}"
        for group, chosen in names.items()
        for name in chosen
    }


@dataclass(frozen=True, repr=False)
class Candidate:
    """One choice for every searched hyperparameter: `{"dropout": {"dropout_rate": 0.2, "weight_constraint": 3}}`.

    The outer keys are the groups of the space: a family's name, `model` or `training`. Two candidates are equal when
    their canonical JSON is.
    """

    values: Values = field(compare=False)
    key: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        frozen = {group: MappingProxyType(dict(chosen)) for group, chosen in self.values.items()}
        object.__setattr__(self, "values", MappingProxyType(frozen))
        object.__setattr__(self, "key", canonical_json(frozen))

    def __reduce__(self) -> tuple[type[Candidate], tuple[dict[str, dict[str, Any]]]]:
        return Candidate, ({group: dict(chosen) for group, chosen in self.values.items()},)

    @property
    def flat(self) -> dict[str, Any]:
        """Values by name, in the order of the space; a name that two groups share is prefixed with `group.`."""
        names = flat_names(self.values)
        return {names[group, name]: value for group, chosen in self.values.items() for name, value in chosen.items()}

    def without(self, parameter: str) -> Candidate:
        """The candidate without the parameters of this name in any group; itself if there are none."""
        if all(parameter not in chosen for chosen in self.values.values()):
            return self
        return Candidate(
            {
                group: {name: value for name, value in chosen.items() if name != parameter}
                for group, chosen in self.values.items()
            }
        )

    def __str__(self) -> str:
        return str(self.flat)

    def __repr__(self) -> str:
        return f"Candidate({ {group: dict(chosen) for group, chosen in self.values.items()} })"
