"""The parameters of a search as candidates that a run can write down: objects become texts, numbers stay numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from gridloom.core.candidate import Candidate
from gridloom.sklearn.identity import identity
from gridloom.sklearn.plans import Plan
from gridloom.sklearn.reasons import NotFused

OF_TRAINING = {"epochs", "batch_size"}
"""Parameters of estimators that are training settings."""

RESERVED = {"name", "task"}
"""What a model builder's parameters cannot be called."""

Domains = dict[str, dict[str, list[Any]]]


@dataclass(frozen=True)
class Labelled:
    """A plan, and the parameters of its model by name: numbers, texts and truth values."""

    model: Mapping[str, Any]
    plan: Plan

    @property
    def key(self) -> str:
        """Equal for equal parameters of the model."""
        return key_of(self.model)

    @property
    def candidate(self) -> Candidate:
        """The candidate in the run."""
        return Candidate({group: dict(values) for group, values in self._groups})

    @property
    def domains(self) -> Domains:
        """A space of this candidate alone."""
        return {group: {name: [value] for name, value in values.items()} for group, values in self._groups}

    @property
    def _groups(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if self.model:
            yield "model", self.model
        yield "training", {"epochs": self.plan.epochs, "batch_size": self.plan.batch_size, **self.plan.settings}


def key_of(values: Mapping[str, Any]) -> str:
    """Equal for equal values by name."""
    return repr(sorted(values.items()))


def labelled(plans: Sequence[tuple[Mapping[str, Any], Plan]]) -> list[Labelled]:
    """The plans with the parameters that they are made of; different objects get different texts, even if they print alike."""
    seen: dict[tuple[str, str], list[str]] = {}

    def label(name: str, value: Any) -> Any:
        value = value.item() if type(value).__module__ == "numpy" and getattr(value, "ndim", 1) == 0 else value
        if isinstance(value, bool | int | float):
            return value
        alike, own = seen.setdefault((name, str(value)), []), identity(value)
        if own not in alike:
            alike.append(own)
        number = alike.index(own) + 1
        return str(value) if number == 1 else f"{value} ({number})"

    if taken := sorted(RESERVED & {name for params, _ in plans for name in params}):
        raise NotFused(f"a parameter is called '{taken[0]}'")
    return [
        Labelled(
            {
                name: label(name, value)
                for name, value in params.items()
                if name not in OF_TRAINING and name not in plan.settings
            },
            plan,
        )
        for params, plan in plans
    ]


def space_of(items: Sequence[Labelled]) -> Domains | list[Domains]:
    """All combinations of what is tried, where those are the candidates; else each candidate by itself."""
    single = {repr(item.domains): item.domains for item in items}
    tried: Domains = {}
    for domains in single.values():
        for group, names in domains.items():
            for name, (value,) in names.items():
                values = tried.setdefault(group, {}).setdefault(name, [])
                if not any(value == other and type(value) is type(other) for other in values):
                    values.append(value)
    combinations = prod(len(values) for names in tried.values() for values in names.values())
    have_all = all(item.model.keys() == tried.get("model", {}).keys() for item in items)
    return tried if have_all and combinations == len(single) else list(single.values())
