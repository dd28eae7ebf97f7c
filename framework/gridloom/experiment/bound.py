"""A provided thing with the options that an experiment gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from gridloom.core.boundary import contained, restored
from gridloom.core.recipe import Selected
from gridloom.errors import Location
from gridloom.registry.record import Record
from gridloom.registry.registry import Provided

R_co = TypeVar("R_co", bound=Record, covariant=True)


@dataclass(frozen=True)
class Bound(Generic[R_co]):
    """A provided thing with the options that the experiment gives it, valid for its callable."""

    provided: Provided[R_co]
    options: Mapping[str, Any]
    location: Location

    @property
    def record(self) -> R_co:
        """The record."""
        return self.provided.record

    @property
    def name(self) -> str:
        """The record's name."""
        return self.record.name

    @property
    def resolved(self) -> dict[str, Any]:
        """Name and all options with their defaults, as plain data."""
        return {"name": self.provided.full_name, **self.record.options.resolve(self.options)}

    @property
    def selected(self) -> Selected:
        """The same for another process, which has the same plugins."""
        return Selected(self.provided.plugin.name, self.name, self.options)

    def __call__(self, *fixed: Any) -> Any:
        """Call the record's function with its options.

        What it changes of the process is put back, and PluginQuit raised where it raises SystemExit. A generator that it
        returns has yet to run: see `contained`.
        """
        with restored(), contained(self.told):
            return self.record.function(*fixed, **self.options)

    @property
    def told(self) -> str:
        """What messages call it: its kind and name."""
        return f"the {self.record.kind} '{self.provided.full_name}'"
