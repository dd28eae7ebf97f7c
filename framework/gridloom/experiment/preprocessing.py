"""The steps of preprocessing that an experiment names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridloom.core.recipe import RecipeStep
from gridloom.errors import Location
from gridloom.experiment.bound import Bound
from gridloom.registry.records import Transform


@dataclass(frozen=True)
class BoundStep:
    """A step by its name: the transform that stands there, others that are searched in its place, and its columns.

    `ways` are by the names that the experiment gives them, the first one without a choice; `columns` is None for all
    columns of the kinds that a transform is meant for. `may_be_left_out` says whether candidates may skip the step.
    """

    name: str
    ways: Mapping[str, Bound[Transform]]
    columns: tuple[str, ...] | None
    location: Location
    may_be_left_out: bool = False

    @property
    def first(self) -> Bound[Transform]:
        """The transform that `preprocess:` names."""
        return next(iter(self.ways.values()))

    @property
    def resolved(self) -> dict[str, Any]:
        """The step with its options and their defaults, as plain data."""
        return {**self.first.resolved, **self._beside}

    @property
    def written(self) -> str | dict[str, Any]:
        """The step with those options alone that the experiment gives: a bare name where it gives none."""
        known, given = self.first.record.options.known, self.first.options
        options = {name: known[name].as_json(value) for name, value in given.items()}
        return {"name": self.first.name, **options, **self._beside} if options or self._beside else self.first.name

    @property
    def _beside(self) -> dict[str, Any]:
        columns = {} if self.columns is None else {"columns": [*self.columns]}
        named = {} if self.name == self.first.name else {"step": self.name}
        return {**columns, **named}

    @property
    def recipe(self) -> RecipeStep:
        """What a worker needs of the step."""
        return RecipeStep(self.name, {name: item.selected for name, item in self.ways.items()}, self.columns)
