"""Hyperparameter families: edits of a network."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from gridloom.registry.record import Form, Record

if TYPE_CHECKING:
    from gridloom.core.domains import Domain


RESERVED_GROUPS: Mapping[str, str] = {
    "model": "Options of the model's builder, with values to try.",
    "training": "Training settings, with values to try.",
    "callbacks": "Callbacks of `training:`, with values to try for their options.",
    "preprocess": "Steps of preprocessing, with transforms to try in their place or values to try for their options.",
}
"""Groups of a search space that are no families, each with what it holds."""


@dataclass(frozen=True)
class Parameter:
    """A hyperparameter of a family, with its domain for `family: default`.

    `simpler` says which values make the simpler model, "smaller" or "larger" ones, if either does: reports name the
    simplest of the tied candidates within one standard error of the best. Parameters that are declared first count first.
    """

    name: str
    default: Domain
    simpler: Literal["smaller", "larger"] | None = None


@dataclass(frozen=True)
class Family(Record):
    """A hyperparameter family: `apply(draft, **values)` edits a `gridloom.Draft` of the network.

    The annotations of `apply` say which values a parameter accepts; a parameter with a default need not be searched.
    """

    apply: Callable[..., None]
    parameters: tuple[Parameter, ...]

    kind: ClassVar[str] = "family"
    word: ClassVar[str] = "family"
    hook: ClassVar[str] = "gridloom_families"
    place: ClassVar[tuple[str, ...]] = ("search", "space")
    form: ClassVar[Form] = "keys"
    beside: ClassVar[Mapping[str, str]] = RESERVED_GROUPS

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.name in RESERVED_GROUPS:
            raise ValueError(f"a family cannot be named '{self.name}', which is another group of a search space")
        declared = [parameter.name for parameter in self.parameters]
        taken = list(inspect.signature(self.apply).parameters)[self.fixed :]
        if not declared or sorted(declared) != sorted(taken):
            raise TypeError(
                f"family '{self.name}' declares the parameters {declared}, but its apply function takes {taken}"
            )
        for parameter in self.parameters:
            if not all(callable(getattr(parameter.default, method, None)) for method in ("values", "at")):
                raise TypeError(
                    f"family '{self.name}': the default of '{parameter.name}' must be a domain such as Choices(1, 2), "
                    f"not {parameter.default!r}"
                )
            if parameter.simpler not in (None, "smaller", "larger"):
                raise ValueError(
                    f"family '{self.name}': the 'simpler' values of '{parameter.name}' must be 'smaller' or 'larger' "
                    f"ones, or None, not {parameter.simpler!r}"
                )

    @property
    def function(self) -> Callable[..., None]:
        """The `apply` function."""
        return self.apply
