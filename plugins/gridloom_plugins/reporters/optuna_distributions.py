"""What a search tries, as distributions of Optuna: by the names of its parameters, with the values of every candidate in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridloom import Range, Result

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

    from gridloom import Candidate

Place = tuple[str, str]
"""The group of a parameter and its name there."""

NESTED = ("callbacks", "preprocess")
"""Groups that hold options by what they are options of, in an experiment; candidates call them `thing.option`."""


@dataclass(frozen=True)
class Parameters:
    """The parameters of a search: what Optuna calls each, and its distribution."""

    names: Mapping[Place, str]
    distributions: Mapping[str, BaseDistribution]

    def of(self, candidate: Candidate) -> tuple[dict[str, Any], dict[str, BaseDistribution]]:
        """What Optuna has for parameters and distributions of a candidate."""
        chosen = {self.names[group, name]: value for (group, name), value in _values(candidate)}
        known = {name: self.distributions[name] for name in chosen}
        return {name: _admitted(value, known[name]) for name, value in chosen.items()}, known


def parameters_of(result: Result) -> Parameters:
    """The parameters of a search. What several mappings of a union try in different ways is a list of the values that were tried."""
    observed: dict[Place, list[Any]] = {}
    for candidate in result.candidates:
        for place, value in _values(candidate):
            observed.setdefault(place, []).append(value)
    every = [name for _, name in observed]
    names = {(group, name): name if every.count(name) == 1 else f"{group}.{name}" for group, name in observed}
    said: dict[Place, list[Any]] = {}
    for place, values in _said(result):
        said.setdefault(place, []).append(values)
    found = {names[place]: _distribution(said.get(place, []), values) for place, values in observed.items()}
    return Parameters(names, found)


def _values(candidate: Candidate) -> Iterator[tuple[Place, Any]]:
    for group, chosen in candidate.values.items():
        for name, value in chosen.items():
            yield (group, name), value


def _said(result: Result) -> Iterator[tuple[Place, Any]]:
    """What the experiment says of each parameter, once for each mapping of its space."""
    space = result.manifest.get("experiment", {}).get("search", {}).get("space", {})
    for mapping in space if isinstance(space, list) else [space]:
        for group, parameters in mapping.items():
            for name, values in parameters.items():
                yield (group, name), values
                if group in NESTED and isinstance(values, dict):
                    yield from (((group, f"{name}.{option}"), inner) for option, inner in values.items())


def _distribution(said: Sequence[Any], observed: Sequence[Any]) -> BaseDistribution:
    if all(one == said[0] for one in said) and said:
        found = _numbers(said[0])
        if found is not None and all(_is_in(value, found) for value in observed):
            return found
        listed = said[0].get("values", []) if isinstance(said[0], dict) else said[0]
        observed = [*(listed if isinstance(listed, list) else []), *observed]
    return _categories(observed)


def _numbers(said: Any) -> BaseDistribution | None:
    """The distribution of a range; None for a list, and for steps on a logarithmic scale, which Optuna has not."""
    from optuna.distributions import FloatDistribution, IntDistribution

    if not isinstance(said, dict) or "low" not in said:
        return None
    span = Range(**{key: value for key, value in said.items() if key != "when"})
    is_log = span.scale == "log"
    if span.count is not None and (is_log or span.whole):
        return None
    step = (span.high - span.low) / (span.count - 1) if span.count is not None else span.step
    if span.whole:
        return IntDistribution(int(span.low), int(span.high), log=is_log, step=int(step or 1))
    last = span.high if step is None else span.values()[-1]
    return FloatDistribution(float(span.low), float(last), log=is_log, step=step)


def _is_in(value: Any, distribution: BaseDistribution) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and distribution._contains(float(value))  # noqa: SLF001  (as Optuna's own create_trial asks)


def _categories(values: Sequence[Any]) -> BaseDistribution:
    """A list of values: as they are where Optuna keeps them apart, or else as JSON."""
    from optuna.distributions import CategoricalDistribution

    texts = {json.dumps(value, sort_keys=True, default=dict): value for value in values}
    plain = [*texts.values()]
    is_plain = all(isinstance(value, bool | int | float | str | None) for value in plain)
    if is_plain and not any(one == other for place, one in enumerate(plain) for other in plain[:place]):
        return CategoricalDistribution(plain)
    return CategoricalDistribution([*texts])


def _admitted(value: Any, distribution: BaseDistribution) -> Any:
    """The value as the distribution has it."""
    from optuna.distributions import CategoricalDistribution

    if not isinstance(distribution, CategoricalDistribution):
        return value
    text = json.dumps(value, sort_keys=True, default=dict)
    is_text = all(isinstance(choice, str) for choice in distribution.choices) and text in distribution.choices
    return text if is_text else value
