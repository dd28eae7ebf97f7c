"""What a hyperparameter may be: a list of values, a range of numbers, or either where other parameters have certain values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, Protocol

from gridloom.core.candidate import are_equal, canonical_json, is_number

MAX_GRID = 100_000
"""The most candidates a grid may have."""

MAX_NUMBER = 2**53
"""The largest number in a range: floats hold every whole number up to it."""

DIGITS = 12
"""How many digits numbers have that are drawn or enumerated: floats have noise behind them."""

MIDDLE = 0.5
"""Where a value lies in its part of a domain, unless there is more to say."""


class CannotSearch(ValueError):
    """What is wrong with a space, or with a domain of it, that a strategy is to go through."""


class Domain(Protocol):
    """The values of a hyperparameter: a finite list to enumerate, and a value at every share from 0 to 1."""

    def values(self) -> tuple[Any, ...]:
        """The values in order; ValueError where they cannot be enumerated."""
        ...

    def at(self, share: float) -> Any:
        """The value at a share (0 <= share < 1) of the domain; of a random share, a value drawn evenly on its scale."""
        ...

    def share_of(self, value: Any) -> float:
        """The share (0 to 1) at which `at` returns this value; ValueError when the value is not in the domain."""
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

    def at(self, share: float) -> Any:
        """The choice at this share of the list."""
        return self.choices[min(int(share * len(self.choices)), len(self.choices) - 1)]

    def share_of(self, value: Any) -> float:
        """The middle of the choice's part; ValueError when the value is not one of the choices."""
        if (place := self._places.get(canonical_json(value))) is None:
            raise ValueError(f"{value!r} is not one of {', '.join(map(repr, self.choices))}")
        return (place + MIDDLE) / len(self.choices)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """The first place of each choice, by its canonical JSON: a search asks for it of every candidate."""
        places: dict[str, int] = {}
        for place, choice in enumerate(self.choices):
            places.setdefault(canonical_json(choice), place)
        return places


@dataclass(frozen=True)
class Range:
    """An interval from `low` to `high`, both included: whole numbers when both bounds are, else floats.

    Steps start at `low`, so the last value may be below `high`.

    With `step` or `count`, the range is a list of values, evenly spaced on a linear or logarithmic scale; without
    either, values are drawn uniformly on that scale. Raises ValueError when the bounds or the spacing are not valid.
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
                raise ValueError(f"{name} must be a finite number of at most about {MAX_NUMBER}")
        if not self.low < self.high:
            raise ValueError(f"low must be below high, not {self.low} and {self.high}")
        if self.scale == "log" and self.low <= 0:
            raise ValueError("a logarithmic range must start above 0")
        if self.step is not None and (self.count is not None or self.scale == "log" or self.step <= 0):
            raise ValueError("a step must be above 0, and cannot be combined with a count or a logarithmic scale")
        if self.step is not None and (self.high - self.low) / self.step > MAX_GRID:
            raise ValueError(f"this step makes more than {MAX_GRID:,} values")
        if self.count is not None and not 1 < self.count <= MAX_GRID:
            raise ValueError(f"count must be a number of values from 2 to {MAX_GRID:,}")

    @property
    def whole(self) -> bool:
        """Whether the range contains only whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int) and isinstance(self.step, int | None)

    def values(self) -> tuple[Any, ...]:
        """The values from low to high; ValueError when neither `step` nor `count` says which."""
        if self._number is not None:
            found = [self._nth(index) for index in range(self._number)]
        elif self.whole and self.high - self.low > MAX_GRID:
            raise CannotSearch(f"this range has more than {MAX_GRID:,} values; give it a step or a count")
        elif self.whole:
            found = list(range(int(self.low), int(self.high) + 1))
        else:
            raise CannotSearch("give the range a step or a count, so that it can be enumerated")
        return tuple(dict.fromkeys(found))

    def at(self, share: float) -> Any:
        """One of the values of `step` or `count`, in equal parts; without, the value at this share of the scale."""
        if self._number is not None:
            return self._nth(min(int(share * self._number), self._number - 1))
        if self.whole and self.scale == "linear":
            return min(int(self.low) + int(share * (int(self.high) - int(self.low) + 1)), int(self.high))
        return self._typed(self._at(share))

    def share_of(self, value: Any) -> float:
        """The middle of the value's part, or its place on the scale; ValueError when it is not in the range."""
        is_one = is_number(value) and isinstance(value, int if self.whole else float)
        if not is_one or not self.low <= value <= self.high:
            kind = "whole number" if self.whole else "number" if is_one else "float"
            raise ValueError(f"{value!r} is not a {kind} from {self.low} to {self.high}")
        if self._number is not None:
            return (self._index(value, self._number) + MIDDLE) / self._number
        if self.whole and self.scale == "linear":
            return float(value - self.low + MIDDLE) / (self.high - self.low + 1)
        return self._place(value)

    def _index(self, value: float, number: int) -> int:
        """Which of so many values it is, from 0; ValueError when it is none of them."""
        nearest = round((value - self.low) / self.step if self.step is not None else self._place(value) * (number - 1))
        for index in (nearest, nearest - 1, nearest + 1):
            if 0 <= index < number and self._nth(index) == value:
                return index
        raise ValueError(f"{value!r} is not one of the steps from {self.low} to {self.high}")

    def _place(self, value: float) -> float:
        """How far from low to high a number lies on the scale, from 0 to 1."""
        if self.scale == "log":
            return float(math.log(value / self.low) / math.log(self.high / self.low))
        return float((value - self.low) / (self.high - self.low))

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

    @cached_property
    def _decimals(self) -> int:
        """How many decimals the numbers of a linear range have."""
        return DIGITS - 1 - math.floor(math.log10(max(abs(self.low), abs(self.high))))

    def _typed(self, value: float) -> float:
        """A whole number or a float without noise (0.3, not 0.30000000000000004), within the range.

        A linear range is as fine everywhere as at its larger end, so that `at` finds a number again from its share.
        """
        if self.whole:
            return round(value)
        if self.low < value < self.high:
            value = float(f"{value:.{DIGITS}g}") if self.scale == "log" else round(value, self._decimals)
        return float(min(max(value, self.low), self.high))


@dataclass(frozen=True)
class When:
    """A domain that applies only where other parameters have certain values; other candidates lack the parameter.

    `when` maps names of parameters, as in tables, to values: `When(Choices(0.0, 0.9), {"optimizer": ("sgd",)})`. If one
    of these parameters is absent, so is this one.
    """

    domain: Domain
    when: Mapping[str, tuple[Any, ...]]

    def __post_init__(self) -> None:
        if bare(self.domain) is not self.domain:
            raise ValueError("When() takes a domain without a condition; put all conditions into one When()")
        if not self.when or not all(self.when.values()):
            raise ValueError("When() needs other parameters, each with a tuple of values")
        object.__setattr__(self, "when", MappingProxyType({name: tuple(values) for name, values in self.when.items()}))

    def __reduce__(self) -> tuple[type[When], tuple[Domain, dict[str, tuple[Any, ...]]]]:
        return When, (self.domain, dict(self.when))

    def values(self) -> tuple[Any, ...]:
        """The domain's values."""
        return self.domain.values()

    def at(self, share: float) -> Any:
        """The domain's value at this share."""
        return self.domain.at(share)

    def share_of(self, value: Any) -> float:
        """The share at which the value lies."""
        return self.domain.share_of(value)

    def holds(self, chosen: Mapping[str, Any]) -> bool:
        """Whether the parameter exists along with these values, by name."""
        return all(
            name in chosen and any(are_equal(chosen[name], value) for value in values)
            for name, values in self.when.items()
        )


def own_value(domain: Domain, value: Any) -> Any:
    """The value as the domain has it, 0.0 for 0 say, so that candidates with equal values are equal; others as they are."""
    inner = bare(domain)
    if isinstance(inner, Choices):
        texts = map(canonical_json, inner.choices)
        is_there = canonical_json(value) in texts
        return value if is_there else next((choice for choice in inner.choices if are_equal(choice, value)), value)
    if isinstance(inner, Range) and is_number(value):
        return int(value) if inner.whole and value == round(value) else value if inner.whole else float(value)
    return value


def bare(domain: Domain) -> Domain:
    """The domain without its condition, if it has one."""
    return domain.domain if isinstance(domain, When) else domain
