"""Calls a hypermodel with many values to find all that it asks for, and what must be chosen for that.

Values are varied one at a time, beginning with the defaults, and again from wherever something new was asked for. So a
hyperparameter is found that is asked for only with a certain value of another; a few calls with random values look for
those that take more.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gridloom.authoring.from_keras_tuner.hyperparameters import Asked, HyperParameters, other_values
from gridloom.core.candidate import canonical_json
from gridloom.core.domains import Domain
from gridloom.errors import GridloomError, InvalidInput, Location, named

BUILD = Location("build")

MOST_CALLS = 1_000
"""How often the hypermodel is called at most."""

MOST_VALUES = 64
"""How many values of one hyperparameter are tried at most."""

RANDOM_CALLS = 10


@dataclass(frozen=True)
class Call:
    """A call of a hypermodel: the values of what was active, and whether it returned."""

    values: Mapping[str, Any]
    returned: bool


@dataclass
class Explored:
    """What calls have found: what is said of each name, and the model that the defaults make.

    `sweeps` has, for each name, the calls in which single values were varied from one where it was active: by what was
    varied, each value with its call. Names whose values were not all tried are not in there.
    """

    asked: dict[str, list[Asked]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    sweeps: dict[str, dict[str, list[tuple[Any, Call]]]] = field(default_factory=dict)
    model: Any = None

    def domain(self, name: str) -> Domain:
        """What a hyperparameter may be."""
        return self.asked[name][0].domain


def explore(build: Callable[[HyperParameters], Any]) -> Explored:
    """What a hypermodel asks for; InvalidInput where it cannot be called, or asks for what there is no counterpart of."""
    explorer = _Explorer(build)
    try:
        explorer.explore()
    finally:
        _forget()
    return explorer.found


def _forget() -> None:
    """Have Keras forget the models, and number layers from the beginning again."""
    if keras := sys.modules.get("keras"):
        keras.utils.clear_session(free_memory=False)  # collecting garbage takes longer than all the calls


class _Explorer:
    def __init__(self, build: Callable[[HyperParameters], Any]) -> None:
        self.build = build
        self.found = Explored()
        self._known: dict[str, Call] = {}

    def explore(self) -> None:
        rng = random.Random(0)  # noqa: S311  (nothing secret)
        first = self._call({})
        if not first.returned:
            raise InvalidInput.at(BUILD, "the function does not return a model with the defaults")
        self._sweep_all(first)
        for _ in range(RANDOM_CALLS):
            drawn = {name: self.found.domain(name).at(rng.random()) for name in self.found.asked}
            self._sweep_all(self._call(drawn))

    def _sweep_all(self, call: Call) -> None:
        """Vary values from this call if something is new in it, and then from each call that this finds something new in."""
        waiting = [call]
        while waiting := [one for one in waiting if self._new(one)]:
            most = max(waiting, key=lambda one: len(self._new(one)))
            waiting += self._sweep(most)

    def _new(self, call: Call) -> set[str]:
        return {*call.values} - self.found.sweeps.keys() if call.returned else set()

    def _sweep(self, start: Call) -> list[Call]:
        """Vary each value from those of a call on its own; returns the calls."""
        complete: dict[str, list[tuple[Any, Call]]] = {}
        every: list[Call] = []
        for name in start.values:
            domain = self.found.domain(name)
            values, is_all = _some(domain)
            tried = [(value, self._call({**start.values, name: value})) for value in values]
            if not is_all and len({frozenset(call.values) for _, call in [(None, start), *tried]}) > 1:
                values, is_all = _all(domain)
                tried = [(value, self._call({**start.values, name: value})) for value in values]
            every += [call for _, call in tried]
            if is_all:
                complete[name] = tried
        for name in self._new(start):
            self.found.sweeps[name] = complete
        return every

    def _call(self, given: Mapping[str, Any]) -> Call:
        key = canonical_json(given)
        if key not in self._known:
            if len(self._known) == MOST_CALLS:
                told = f"{MOST_CALLS:,} calls do not find all hyperparameters; ask for them at the beginning of the function"
                raise InvalidInput.at(BUILD, told)
            self._known[key] = self._really(given)
            self.found.calls.append(self._known[key])
        return self._known[key]

    def _really(self, given: Mapping[str, Any]) -> Call:
        hp, returned = HyperParameters(given), True
        try:
            model = self.build(hp)
        except GridloomError:
            raise
        except Exception as error:
            if not given:
                raise InvalidInput.at(
                    BUILD, f"the function raises {named(error)} with the defaults of its hyperparameters"
                ) from error
            returned = False  # such as more pooling than there are pixels: these candidates fail
        if not self.found.calls:
            self.found.model = model
        self._note(hp)
        return Call(dict(hp.values), returned)

    def _note(self, hp: HyperParameters) -> None:
        for name, found in hp.asked.items():
            known = self.found.asked.setdefault(name, [])
            if known and known[0].domain != found[0].domain:
                raise InvalidInput.at(Location(f"hp: {name!r}"), other_values(known[0].domain, found[0].domain))
            known += [one for one in found if one not in known]


def _some(domain: Domain) -> tuple[list[Any], bool]:
    """A few values of a domain, and whether these are all: those of a list, and three of a range."""
    from gridloom.core.domains import Choices

    values, is_all = _all(domain)
    if is_all and (isinstance(domain, Choices) or len(values) <= len(_SHARES)):
        return values, True
    return [domain.at(share) for share in _SHARES], False


_SHARES = (0.0, 0.5, 1 - 2**-53)


def _all(domain: Domain) -> tuple[list[Any], bool]:
    """All values of a domain, if there are not too many of them, or else some."""
    try:
        values = list(domain.values())
    except ValueError:
        values = []
    if 0 < len(values) <= MOST_VALUES:
        return values, True
    return [domain.at(share) for share in _SHARES], False
