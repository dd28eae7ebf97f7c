"""Model builders: what learns."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from gridloom.registry.record import Record, gets_task, is_for_task

if TYPE_CHECKING:
    from gridloom.core.data import Task
    from gridloom.core.domains import Domain


NETWORK = "network"
"""The kind of model that families can edit, see `ModelBuilder.makes`."""


@dataclass(frozen=True)
class ModelBuilder(Record):
    """A model builder: `build(task, **options)` returns a new model for a `gridloom.Task`.

    The first parameter gets the task if it is named `task` or annotated with `gridloom.Task`. A function without
    parameters, or whose first parameter has a default, takes no task: all its parameters are options, as in a script's
    `create_model(neurons=12)`.

    `makes` is the kind of model: "network" is a Keras model (Sequential or Functional, compiled or not) that families
    can edit; "tensorflow network" is one that needs Keras's TensorFlow backend; "estimator" is a scikit-learn
    estimator. An engine declares which kinds it trains.

    `domains` is what to try for its options, by name: that is what `space: {model: default}` searches.
    """

    build: Callable[..., Any]
    makes: str = NETWORK
    domains: Mapping[str, Domain] = field(default_factory=dict, compare=False)

    kind: ClassVar[str] = "model builder"
    word: ClassVar[str] = "model"
    hook: ClassVar[str] = "gridloom_model_builders"
    place: ClassVar[tuple[str, ...]] = ("model",)

    def __post_init__(self) -> None:
        super().__post_init__()
        parameters = list(inspect.signature(self.build).parameters.values())
        first = parameters[0] if parameters else None
        if first and not self.filled and first.default is first.empty:
            raise TypeError(
                f"the first parameter of a builder gets the task, but in '{self.name}' it is '{first.name}'; put a "
                f"parameter 'task' before it, or give '{first.name}' a default to make it an option"
            )
        if any(is_for_task(item) for item in parameters[self.filled :]):
            raise TypeError(f"the builder '{self.name}' has the task among its options; it must be the first parameter")
        for name, domain in self.domains.items():
            if name not in [item.name for item in parameters[self.filled :]]:
                raise TypeError(
                    f"the builder '{self.name}' has values to try for '{name}', which is none of its options"
                )
            if not all(callable(getattr(domain, method, None)) for method in ("values", "at")):
                raise TypeError(
                    f"builder '{self.name}': what to try for '{name}' must be a domain such as Choices(1, 2), not {domain!r}"
                )

    @property
    def function(self) -> Callable[..., Any]:
        """The `build` function."""
        return self.build

    @property
    def filled(self) -> int:
        """1 for a function that takes the task, 0 for one that takes options alone."""
        return int(gets_task(self.build))

    def model_for(self, task: Task, **options: Any) -> Any:
        """A new model: the result of `build` for these options, and for the task if it takes one."""
        return self.build(task, **options) if self.filled else self.build(**options)
