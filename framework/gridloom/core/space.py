"""Domains of hyperparameters, and the space they span: enumerate it, or draw from it."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np

Values = Mapping[str, Mapping[str, Any]]

MAX_GRID = 100_000
"""The most candidates a grid may have."""

MAX_NUMBER = 2**53
"""The largest number in a range: floats hold every whole number up to it."""


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: keys sorted, no spaces, ASCII, no NaN; equal values have equal texts."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{value!r} is not JSON")


class Domain(Protocol):
    """What a hyperparameter may be: a finite list of values to enumerate, and a way to draw one."""

    def values(self) -> tuple[Any, ...]:
        """The values in order."""
        ...

    def sample(self, rng: np.random.Generator) -> Any:
        """One value drawn at random."""
        ...


@dataclass(frozen=True, init=False)
class Choices:
    """A list of values: `Choices("relu", "tanh")`."""

    choices: tuple[Any, ...]

    def __init__(self, *choices: Any) -> None:
        if not choices:
            raise ValueError("Choices() needs at least one value")
        object.__setattr__(self, "choices", choices)

    def values(self) -> tuple[Any, ...]:
        """The choices in the order given."""
        return self.choices

    def sample(self, rng: np.random.Generator) -> Any:
        """One of the choices, each equally likely."""
        return self.choices[int(rng.integers(len(self.choices)))]


@dataclass(frozen=True)
class Range:
    """An interval from `low` to `high`, both included: whole numbers when both bounds are, else floats.

    Steps are counted from `low`, so that the last value may lie below `high`.

    Enumerated in steps of `step` or as `count` values, evenly spaced on a linear or logarithmic scale, and drawn from
    among these; without either, drawn from uniformly on that scale. Raises ValueError when the bounds or the spacing make no sense.
    """

    low: float
    high: float
    step: float | None = None
    count: int | None = None
    scale: Literal["linear", "log"] = "linear"

    def __post_init__(self) -> None:
        for name in ("low", "high", "step"):
            number = getattr(self, name)
            if number is not None and not abs(number) <= MAX_NUMBER:
                raise ValueError(f"{name} must be a finite number, and at most {MAX_NUMBER} or so")
        if not self.low < self.high:
            raise ValueError(f"low must be below high, not {self.low} and {self.high}")
        if self.scale == "log" and self.low <= 0:
            raise ValueError("a logarithmic range starts above 0")
        if self.step is not None and (self.count is not None or self.scale == "log" or self.step <= 0):
            raise ValueError("a step is above 0, and goes with neither count nor a logarithmic scale")
        if self.step is not None and (self.high - self.low) / self.step > MAX_GRID:
            raise ValueError(f"this step makes more than {MAX_GRID:,} values")
        if self.count is not None and not 1 < self.count <= MAX_GRID:
            raise ValueError(f"count is a number of values from 2 to {MAX_GRID:,}")

    @property
    def whole(self) -> bool:
        """Whether the range holds whole numbers only."""
        return isinstance(self.low, int) and isinstance(self.high, int) and isinstance(self.step, int | None)

    def values(self) -> tuple[Any, ...]:
        """The values from low to high; ValueError when neither `step` nor `count` says which."""
        if self._number is not None:
            found = [self._nth(index) for index in range(self._number)]
        elif self.whole and self.high - self.low > MAX_GRID:
            raise ValueError(f"this range has more than {MAX_GRID:,} values; give it a step or a count")
        elif self.whole:
            found = list(range(int(self.low), int(self.high) + 1))
        else:
            raise ValueError("give the range a step or a count, so that it can be enumerated")
        return tuple(dict.fromkeys(found))

    def sample(self, rng: np.random.Generator) -> Any:
        """One of the values that `step` or `count` make, each equally likely, or one uniform on the range's scale."""
        if self._number is not None:
            return self._nth(int(rng.integers(self._number)))
        if self.whole and self.scale == "linear":
            return int(rng.integers(int(self.low), int(self.high) + 1))
        return self._typed(self._at(float(rng.random())))

    @property
    def _number(self) -> int | None:
        """How many values `step` or `count` make, None without either."""
        if self.step is not None:
            return math.floor((self.high - self.low) / self.step + 1e-9) + 1
        return self.count

    def _nth(self, index: int) -> float:
        """One of these values, from 0."""
        if self.step is not None:
            return self._typed(self.low + index * self.step)
        last = (self.count or 2) - 1
        return self._typed({0: self.low, last: self.high}.get(index, self._at(index / last)))

    def _at(self, share: float) -> float:
        if self.scale == "log":
            value = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        else:
            value = self.low + share * (self.high - self.low)
        return value

    def _typed(self, value: float) -> float:
        """A whole number or a float without noise (0.3, not 0.30000000000000004), within the range."""
        if self.whole:
            return round(value)
        if self.low < value < self.high:
            value = float(f"{value:.12g}")
        return float(min(max(value, self.low), self.high))


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
        """Parameter names to values, in the order of the space; a name that two groups share gets `group.` before it."""
        names = [name for chosen in self.values.values() for name in chosen]
        return {
            name if names.count(name) == 1 else f"{group}.{name}": value
            for group, chosen in self.values.items()
            for name, value in chosen.items()
        }

    def without(self, parameter: str) -> Candidate:
        """The candidate without the parameters of this name, whatever their groups; itself where there are none."""
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


@dataclass(frozen=True)
class Space:
    """The domains of a search, by group and parameter, and the seed of whoever draws from it.

    The order of groups and parameters is that of the experiment file; `enumerate` varies the last one fastest.
    """

    domains: Mapping[str, Mapping[str, Domain]]
    seed: int = 0

    @property
    def names(self) -> list[str]:
        """The names of the parameters, as `Candidate.flat` has them."""
        return list(Candidate({group: dict.fromkeys(names) for group, names in self.domains.items()}).flat)

    @cached_property
    def size(self) -> int:
        """How many candidates `enumerate` yields."""
        return math.prod(len(domain.values()) for _, _, domain in self._axes)

    def enumerate(self) -> Iterator[Candidate]:
        """Every candidate of the grid; ValueError when there are more than MAX_GRID, or a range has no steps."""
        if self.size > MAX_GRID:
            raise ValueError(f"this grid has {self.size:,} candidates; more than {MAX_GRID:,} are surely a mistake")
        for values in itertools.product(*(domain.values() for _, _, domain in self._axes)):
            yield self._candidate(values)

    def sample(self, rng: np.random.Generator) -> Candidate:
        """One candidate, each parameter drawn on its own."""
        return self._candidate(tuple(domain.sample(rng) for _, _, domain in self._axes))

    def rng(self) -> np.random.Generator:
        """A new generator seeded with the experiment's seed: the same numbers for every replay."""
        import numpy as np

        return np.random.default_rng(self.seed)

    @property
    def _axes(self) -> list[tuple[str, str, Domain]]:
        return [(group, name, domain) for group, names in self.domains.items() for name, domain in names.items()]

    def _candidate(self, values: tuple[Any, ...]) -> Candidate:
        chosen: dict[str, dict[str, Any]] = {}
        for (group, name, _), value in zip(self._axes, values, strict=True):
            chosen.setdefault(group, {})[name] = value
        return Candidate(chosen)
