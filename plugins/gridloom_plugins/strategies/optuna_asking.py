"""Candidates of a space as trials of Optuna: each parameter is asked for only where it is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridloom import Candidate, Choices, Domain, Range, Space, bare

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial

SUBSPACE = "subspace"
"""What the parameter is called that chooses among the subspaces of a union."""


@dataclass(frozen=True)
class Dimension:
    """A parameter for Optuna: how to ask for a number of it, and which value of the domain that is."""

    name: str
    distribution: BaseDistribution
    value_of: Callable[[Any], Any]
    number_of: Callable[[Any], Any]

    def ask(self, trial: Trial) -> Any:
        """The value that a trial suggests."""
        from optuna.distributions import CategoricalDistribution, FloatDistribution

        asked: Any = self.distribution
        if isinstance(asked, CategoricalDistribution):
            number: Any = trial.suggest_categorical(self.name, asked.choices)
        elif isinstance(asked, FloatDistribution):
            number = trial.suggest_float(self.name, asked.low, asked.high, log=asked.log)
        else:
            number = trial.suggest_int(self.name, asked.low, asked.high, log=asked.log)
        return self.value_of(number)


class Asking:
    """How the candidates of a space are asked for."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self._dimensions = [
            {axis.flat: dimension(self._name(place, axis.group, axis.name), axis.domain) for axis in part.axes}
            for place, part in enumerate(space.parts)
        ]

    def suggested(self, trial: Trial) -> Candidate:
        """The candidate that a trial suggests, which may not meet what the space requires."""
        parts = self.space.parts
        place = trial.suggest_categorical(SUBSPACE, range(len(parts))) if len(parts) > 1 else 0
        chosen: dict[str, Any] = {}
        for axis in parts[place].order:
            if axis.is_there(chosen):
                chosen[axis.flat] = self._dimensions[place][axis.flat].ask(trial)
        return parts[place].candidate(chosen)

    def numbers(self, candidate: Candidate) -> tuple[dict[str, Any], dict[str, BaseDistribution]]:
        """What Optuna calls parameters and distributions of a candidate in the space."""
        from optuna.distributions import CategoricalDistribution

        parts = self.space.parts
        place = next(place for place, part in enumerate(parts) if not part.problems(candidate))
        numbers: dict[str, Any] = {}
        distributions: dict[str, BaseDistribution] = {}
        if len(parts) > 1:
            numbers[SUBSPACE], distributions[SUBSPACE] = place, CategoricalDistribution(range(len(parts)))
        for flat, value in parts[place].chosen(candidate).items():
            found = self._dimensions[place][flat]
            numbers[found.name], distributions[found.name] = found.number_of(value), found.distribution
        return numbers, distributions

    def _name(self, place: int, group: str, name: str) -> str:
        """One name for a parameter in all subspaces where it has the same values: what Optuna learns of it is shared."""
        found = [part.get(group, {}).get(name) for part in self.space.subspaces]
        domains = {repr(bare(domain)) for domain in found if domain is not None}
        return f"{group}.{name}" if len(domains) == 1 else f"{place}.{group}.{name}"


def dimension(name: str, domain: Domain) -> Dimension:
    """A parameter with this domain: lists by their places, steps of a range by their number, and ranges on their scale."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    inner = bare(domain)
    if isinstance(inner, Range) and inner.step is None and inner.count is None:
        is_log = inner.scale == "log"
        if inner.whole:
            return Dimension(name, IntDistribution(int(inner.low), int(inner.high), log=is_log), int, int)
        return Dimension(name, FloatDistribution(inner.low, inner.high, log=is_log), _rounded(inner), float)
    if isinstance(inner, Range | Choices):
        values = inner.values()
        places = len(values)
        categories = CategoricalDistribution(range(places))
        return Dimension(
            name,
            categories if isinstance(inner, Choices) else IntDistribution(0, places - 1),
            values.__getitem__,
            lambda value: min(int(inner.share_of(value) * places), places - 1),
        )
    most = 1 - 2**-53
    return Dimension(name, FloatDistribution(0.0, 1.0), lambda share: inner.at(min(share, most)), inner.share_of)


def _rounded(domain: Range) -> Callable[[float], float]:
    """Numbers without noise (0.3, not 0.30000000000000004), within the range."""
    return lambda number: float(min(max(float(f"{number:.12g}"), domain.low), domain.high))
