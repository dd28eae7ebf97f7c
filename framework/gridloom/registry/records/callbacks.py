"""Callbacks: what happens between the epochs of a training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from gridloom.registry.record import Form, Record


@dataclass(frozen=True)
class Callback(Record):
    """A callback: `make(**options)` returns what decides between the epochs of one training.

    That is an object with a method `after_epoch(epoch)`, and maybe another, `begin(epoch)`: both get a `gridloom.Epoch` and return a
    `gridloom.Decision`, or None. It decides by what it is told alone, so that every engine can follow it, and a fit that is
    trained again ends as it did before. A class whose fields are the options does well as `make`.

    - `depends_on_total`: whether what it decides depends on how many epochs there are in all, as a schedule does that ends with
      them; a shorter training then is not the beginning of a longer one. Where the options tell, a function that gets all
      of them by name, as `make` does, and returns whether it depends.
    - `keras`: whether `make` returns a `keras.callbacks.Callback` instead. Only engines that train by Keras's `fit` run that,
      such as `scikeras`.
    """

    make: Callable[..., Any]
    _: KW_ONLY
    depends_on_total: bool | Callable[..., bool] = False
    keras: bool = False

    kind: ClassVar[str] = "callback"
    word: ClassVar[str] = "callback"
    hook: ClassVar[str] = "gridloom_callbacks"
    place: ClassVar[tuple[str, ...]] = ("training", "callbacks")
    form: ClassVar[Form] = "list"
    fixed: ClassVar[int] = 0

    @property
    def function(self) -> Callable[..., Any]:
        """The `make` function."""
        return self.make

    def is_bound_to_total(self, options: Mapping[str, Any]) -> bool:
        """Whether what it decides with these options depends on how many epochs there are in all; a callback of Keras's may."""
        if not callable(self.depends_on_total):
            return self.keras or self.depends_on_total
        defaults = {option.name: option.default for option in self.options if not option.is_required}
        return self.keras or bool(self.depends_on_total(**{**defaults, **options}))
