"""The `hp` that a hypermodel gets: it answers as KerasTuner's does, and notes what it was asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

from gridloom.authoring.from_keras_tuner import ranges
from gridloom.core.domains import Choices, Domain
from gridloom.errors import InvalidInput, Location

OFFERED = "Choice, Int, Float, Boolean, Fixed, conditional_scope, name_scope, get and values"
"""What a hypermodel may use of `hp`."""

Condition = tuple[str, tuple[Any, ...]]
"""A hyperparameter by name, and the values of which it must have one."""


@dataclass(frozen=True)
class Asked:
    """What a hypermodel says of a hyperparameter: what it may be, its default, and the conditions it stands under."""

    domain: Domain
    default: Any
    conditions: tuple[Condition, ...] = ()


class HyperParameters:
    """KerasTuner's interface to hyperparameters, with these values by name, and defaults for all others.

    `known` names the only hyperparameters that there are; None while they are found out. `values` has those that are
    active so far, `asked` what was said of each name, active or not.
    """

    def __init__(self, given: Mapping[str, Any], known: Collection[str] | None = None) -> None:
        self._given, self._known = given, known
        self._scopes: list[str] = []
        self._conditions: list[Condition] = []
        self.values: dict[str, Any] = {}
        self.asked: dict[str, list[Asked]] = {}

    def Choice(
        self,
        name: str,
        values: Any,
        ordered: bool | None = None,
        default: Any = None,
        parent_name: str | None = None,
        parent_values: Any = None,
    ) -> Any:
        """One of the values. That they are `ordered` makes no difference here."""
        del ordered

        def domain() -> Domain:
            return ranges.choice(values)

        first = default if default is not None else next(iter(values), None)
        return self._value("Choice", name, domain, first, parent_name, parent_values)

    def Int(
        self,
        name: str,
        min_value: int,
        max_value: int,
        step: int | None = None,
        sampling: str | None = "linear",
        default: int | None = None,
        parent_name: str | None = None,
        parent_values: Any = None,
    ) -> Any:
        """A whole number."""
        first = min_value if default is None else default

        def domain() -> Domain:
            return ranges.whole(min_value, max_value, step, sampling)

        return self._value("Int", name, domain, first, parent_name, parent_values)

    def Float(
        self,
        name: str,
        min_value: float,
        max_value: float,
        step: float | None = None,
        sampling: str | None = "linear",
        default: float | None = None,
        parent_name: str | None = None,
        parent_values: Any = None,
    ) -> Any:
        """A number."""
        first = float(min_value if default is None else default)

        def domain() -> Domain:
            return ranges.real(min_value, max_value, step, sampling)

        return self._value("Float", name, domain, first, parent_name, parent_values)

    def Boolean(
        self, name: str, default: bool = False, parent_name: str | None = None, parent_values: Any = None
    ) -> Any:
        """True or false."""
        return self._value("Boolean", name, lambda: Choices(False, True), default, parent_name, parent_values)

    def Fixed(self, name: str, value: Any, parent_name: str | None = None, parent_values: Any = None) -> Any:
        """A single value."""
        return self._value("Fixed", name, lambda: ranges.choice([value]), value, parent_name, parent_values)

    @contextmanager
    def name_scope(self, name: str) -> Iterator[None]:
        """Put `name/` before the names of what is asked for in here."""
        self._scopes.append(name)
        try:
            yield
        finally:
            self._scopes.pop()

    @contextmanager
    def conditional_scope(self, parent_name: str, parent_values: Any) -> Iterator[None]:
        """Have what is asked for in here be None unless the parent has one of the values."""
        parent = self._full(parent_name)
        if parent not in self.asked:
            _refuse(f"conditional_scope({parent_name!r})", f"there is no hyperparameter {parent!r} before it")
        values = parent_values if isinstance(parent_values, list | tuple) else [parent_values]
        self._conditions.append((parent, tuple(values)))
        try:
            yield
        finally:
            self._conditions.pop()

    def get(self, name: str) -> Any:
        """The value of a hyperparameter that is active."""
        full = self._full(name)
        if full in self.values:
            return self.values[full]
        if full in self.asked:
            raise ValueError(f"{full} is currently inactive.")  # as KerasTuner does, and so is the next
        raise KeyError(f"{full} does not exist: ask for it with hp.Int, hp.Choice and so on before hp.get")

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def __contains__(self, name: str) -> bool:
        return self._full(name) in self.values

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        _refuse(f"hp.{name}", f"Gridloom does not have it; it has {OFFERED}")

    def _value(
        self, kind: str, name: str, domain: Callable[[], Domain], default: Any, parent: str | None, values: Any
    ) -> Any:
        if parent:
            with self.conditional_scope(parent, values):
                return self._value(kind, name, domain, default, None, None)
        full, place = self._full(name), f"hp.{kind}({name!r})"
        if self._known is not None and full not in self._known:
            _refuse(place, _unknown(kind, name))
        if any(full == condition[0] for condition in self._conditions):
            _refuse(place, "it depends on itself")
        try:
            asked = Asked(domain(), default, tuple(self._conditions))
        except (TypeError, ValueError, OverflowError) as error:
            _refuse(place, str(error))
        earlier = self.asked.setdefault(full, [])
        if differing := [one for one in earlier if one.domain != asked.domain]:
            _refuse(place, other_values(differing[0].domain, asked.domain))
        if asked not in earlier:
            earlier.append(asked)
        if not all(parent in self.values and self.values[parent] in among for parent, among in self._conditions):
            return None
        return self.values.setdefault(full, self._given.get(full, default))

    def _full(self, name: str) -> str:
        return "/".join([*self._scopes, str(name)])


def other_values(first: Domain, second: Domain) -> str:
    """Why a hyperparameter cannot have two domains."""
    return (
        f"it has two sets of values, {first} and {second}: they may not depend on other hyperparameters or on the scope; "
        "give each set a name of its own"
    )


def _unknown(kind: str, name: str) -> str:
    return (
        "calling the function with many values did not find this hyperparameter, which is asked for only with certain "
        f"combinations of others; ask for it at the beginning of the function: {name} = hp.{kind}({name!r}, ...)"
    )


def _refuse(place: str, message: str) -> NoReturn:
    raise InvalidInput.at(Location(place), message)
