"""The hooks of a plugin in memory, which provide a data set and model builders that a call from Python was given."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Sequence
from types import FunctionType
from typing import Any

from gridloom.registry.hookspecs import hookimpl
from gridloom.registry.options import hints_of
from gridloom.registry.records import Dataset, ModelBuilder


class Hooks:
    """What a plugin in memory provides; pickled, it keeps its builders alone, since workers get the data with each job."""

    def __init__(self, datasets: Sequence[Dataset], builders: Sequence[ModelBuilder]) -> None:
        self._datasets = datasets
        self.builders = builders

    @hookimpl
    def gridloom_datasets(self) -> Iterable[Dataset]:
        """The data sets."""
        return self._datasets

    @hookimpl
    def gridloom_model_builders(self) -> Iterable[ModelBuilder]:
        """The model builders."""
        return self.builders

    def __reduce__(self) -> tuple[Any, ...]:
        parts = [(item.name, item.summary, item.build, item.makes, hints_of(item.build)) for item in self.builders]
        return _arrived, (parts,)


def _arrived(parts: Iterable[tuple[str, str, Any, str, dict[str, Any]]]) -> Hooks:
    builders = []
    for name, summary, build, makes, hints in parts:
        if isinstance(
            build, FunctionType
        ):  # names in its annotations need not have come along, but their meanings have
            build.__annotations__ = hints
        builders.append(ModelBuilder(name, summary, build, makes))
    return Hooks((), builders)


def packed(hooks: Hooks) -> bytes:
    """Hooks as bytes, functions of `__main__` by value; raises whatever pickling them raises."""
    import cloudpickle

    content: bytes = cloudpickle.dumps(hooks)
    return content


def builders_in(content: bytes) -> Sequence[ModelBuilder]:
    """The model builders of packed hooks."""
    hooks: Hooks = pickle.loads(content)  # noqa: S301  (from the process that this one works for)
    return hooks.builders
