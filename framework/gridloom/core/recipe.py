"""What a worker must know of an experiment: names of what plugins provide, options, and numbers; no YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Selected:
    """A record by its plugin and name, and the options that the experiment gives it, valid for its function."""

    plugin: str
    name: str
    options: Mapping[str, Any]

    @property
    def full_name(self) -> str:
        """`plugin:name`, which is never ambiguous."""
        return f"{self.plugin}:{self.name}"


@dataclass(frozen=True)
class RecipeStep:
    """A step of preprocessing by its name: the transforms it may be (the first unless a candidate chooses) and its columns.

    `ways` has the transforms by the names that the experiment gives them; `columns` is None for all of the kinds that a
    transform is meant for.
    """

    name: str
    ways: Mapping[str, Selected]
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Recipe:
    """How the fits of an experiment are trained and scored.

    - `key`: equal for experiments that say the same, with plugins that are in the same state.
    - `families`: the searched ones, by their group of the space.
    - `scorers`: by the names of their scores, the one that ranks first.
    - `preprocess`: the steps that features go through before a model gets them, in their order.
    - `training`: what the experiment gives of the engine's training settings; candidates may choose others.
    - `callbacks`: what happens between epochs, in order; candidates may choose other options.
    - `decides`: whether callbacks get values on the validation rows; they do not if these are the test rows.
    - `most_parameters`: how many numbers a model may learn; None for any number.
    - `folder`: what file names in values of candidates are relative to; None where no file need be there.
    - `fits_of_each`: how many fits every candidate has: folds, repeats and seeds multiplied.
    - `has_fallback`: whether another engine takes the whole run where this one cannot train a network.
    """

    key: str
    engine: Selected
    model: Selected
    families: Mapping[str, Selected]
    scorers: Mapping[str, Selected]
    training: Mapping[str, Any]
    folder: Path | None
    seed: int
    fits_of_each: int
    has_fallback: bool
    preprocess: tuple[RecipeStep, ...] = ()
    callbacks: tuple[Selected, ...] = ()
    decides: bool = True
    most_parameters: int | None = None
