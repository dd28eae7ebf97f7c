"""Callbacks: what happens between the epochs of a training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from gridloom.registry.record import Form, Record


@dataclass(frozen=True)
class Callback(Record):
    """A callback: `make(**options)` returns an object that makes decisions between the epochs of one training.

    The object has a method `after_epoch(epoch)` and, optionally, `begin(epoch)`: both get a `gridloom.Epoch` and return
    a `gridloom.Decision` or None. Decisions depend only on the epochs passed in, so that every engine can run the
    callback, and a fit that is trained again ends as before. `make` can be a class whose fields are the options.

    - `depends_on_total`: whether decisions depend on the total number of epochs, as with a schedule that ends with
    them; a shorter training is then not the beginning of a longer one. If this depends on the options, a function that
    gets all of them by name, as `make` does, and returns whether it depends. - `keras`: whether `make` returns a
    `keras.callbacks.Callback` instead. Only engines that train with Keras's `fit` can run it, such as `scikeras`.
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
        """Whether decisions with these options depend on the total number of epochs; true for Keras callbacks."""
        if not callable(self.depends_on_total):
            return self.keras or self.depends_on_total
        defaults = {option.name: option.default for option in self.options if not option.is_required}
        return self.keras or bool(self.depends_on_total(**{**defaults, **options}))
