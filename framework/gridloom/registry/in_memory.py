"""Plugins made of objects of this process, such as a function in a notebook: how they travel to workers, and what identifies them."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

IN_PYTHON = "python"
"""The name of the plugin that a call from Python is: `python:build` is the model builder that the call was given."""


@dataclass(frozen=True)
class InMemory:
    """A plugin made of objects, which can be pickled although its functions are those of a notebook.

    - `version`: equal for functions that do the same, in every process.
    - `content`: the pickled hooks (see `hooks_in_memory.packed`), which are loaded in workers alone.
    - `description`: what a run keeps of it, for those who read it without these objects.
    - `hooks`: the object that provides things, in the process that made it.
    """

    version: str
    content: bytes = field(repr=False)
    description: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    hooks: object = field(default=None, repr=False, compare=False)
    name: str = IN_PYTHON
    file: str = "-"

    def __reduce__(self) -> tuple[Any, ...]:
        return _arrived, (self.version, self.content, self.name, self.file)

    @cached_property
    def plugin(self) -> Any:
        """The object with the hooks: that of the call where it was made, in another process a copy with its builders."""
        is_copy = self.hooks is None
        return pickle.loads(self.content) if is_copy else self.hooks  # noqa: S301  (from the process that this one works for)


def _arrived(version: str, content: bytes, name: str, file: str) -> InMemory:
    return InMemory(version, content, name=name, file=file)


def can_be_named(plugins: Iterable[str | InMemory]) -> list[str]:
    """The plugins that `-p` can name again: files and modules."""
    return [plugin for plugin in plugins if isinstance(plugin, str)]


def in_memory(plugins: Iterable[str | InMemory]) -> list[InMemory]:
    """The others, which only the call that was given them has."""
    return [plugin for plugin in plugins if isinstance(plugin, InMemory)]
