"""The draft of a network: plain data that families edit, and that an engine turns into a model."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field, fields
from typing import Any

from gridloom.errors import StopRun

ACTIVATIONS = ("Activation", "ELU", "LeakyReLU", "PReLU", "ReLU")
"""Keras layers that do nothing but activate."""

NORMALIZATIONS = (
    "BatchNormalization",
    "GroupNormalization",
    "LayerNormalization",
    "RMSNormalization",
    "UnitNormalization",
)
"""Keras layers that normalize what the network computes as it is trained."""

ATTRIBUTES = ("class_name", "continues", "is_output", "path", "writes")
"""What can be set of a part of a draft, beside its settings."""


def _copied(value: Any) -> Any:
    """A copy of nested dicts, lists and tuples around the very same leaves."""
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_copied(inner) for inner in value)
    return value


class Settings(MutableMapping[str, Any]):
    """A mapping that counts what is written to it, even where the value was there before."""

    def __init__(self, values: dict[str, Any] | None = None) -> None:
        self._values = dict(values or {})
        self._original = _copied(self._values)
        self._written: set[str] = set()
        self.writes = 0

    @property
    def is_changed(self) -> bool:
        """Whether anything, however deep, differs from what the settings were made with."""
        return bool(self._values != self._original)

    @property
    def written(self) -> dict[str, Any]:
        """What was set since the settings were made, by families or by the experiment's own keys, with its values."""
        return {key: value for key, value in self._values.items() if key in self._written}

    def leave(self) -> None:
        """Count an edit without one, for a value that asks for no change, such as null for "without".

        A family that edits nothing at all stops the run, since its values would be compared by luck alone.
        """
        self.writes += 1

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and name not in ATTRIBUTES:
            what = "layer" if isinstance(self, Layer) else type(self).__name__.lower()
            raise StopRun(f"a {what} of a draft has no attribute '{name}' to set; write {what}[{name!r}] = ...")
        super().__setattr__(name, value)

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._values[key] = value
        self._written.add(key)
        self.writes += 1

    def __delitem__(self, key: str) -> None:
        del self._values[key]
        self._written.discard(key)
        self.writes += 1

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._values!r})"


class Part(Settings):
    """Something Keras makes from a class name and a config: an optimizer, a loss, a metric."""

    def __init__(self, class_name: str, config: dict[str, Any] | None = None) -> None:
        super().__init__(config)
        self._class_name = class_name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._class_name!r}, {self._values!r})"

    @property
    def class_name(self) -> str:
        """The Keras class, "Adam" for example; setting it starts from an empty config, since settings differ."""
        return self._class_name

    @class_name.setter
    def class_name(self, class_name: str) -> None:
        self._class_name = class_name
        self._original = {"another class": class_name}
        self._values.clear()
        self._written.clear()
        self.writes += 1


class Layer(Part):
    """A layer: a mapping of its Keras config, `layer["units"] = 30`.

    `path` is its name, after the names of the models in which it is nested. `is_output` is true for the layers that
    make the model's output: the last ones with weights, and those that follow them. `continues` is true if it takes the
    output of the layer before it in the draft, and no other layer does, as in a plain sequence of layers.
    """

    def __init__(
        self,
        class_name: str,
        config: dict[str, Any] | None = None,
        *,
        path: tuple[str, ...] = (),
        is_output: bool = False,
        continues: bool = True,
    ) -> None:
        super().__init__(class_name, config)
        self.path = path
        self.is_output = is_output
        self.continues = continues

    @property
    def is_new(self) -> bool:
        """Whether a family inserted the layer."""
        return not self.path

    @property
    def activates(self) -> bool:
        """Whether it does nothing but activate."""
        return self.class_name in ACTIVATIONS

    @property
    def normalizes(self) -> bool:
        """Whether it does nothing but normalize."""
        return self.class_name in NORMALIZATIONS

    @property
    def kernels(self) -> list[str]:
        """What the config calls the layer's kernels, in front of `_initializer`, `_constraint` and so on.

        That is "kernel", or "depthwise" and "pointwise" in separable convolutions; empty without weights.
        """
        names = ("kernel", "depthwise", "pointwise")
        return [name for name in names if f"{name}_initializer" in self]


@dataclass
class Draft:
    """A network as plain data: its layers in order, compile settings and training settings.

    `training` has the keys `epochs` and `batch_size`. `callbacks` run between epochs and have the names of Gridloom's
    callbacks, not of Keras's. `total_epochs` is the number of epochs in `training` before a budget applies, after all
    families have edited. Families edit a draft in place.
    """

    layers: list[Layer]
    optimizer: Part
    loss: Part
    metrics: list[Part] = field(default_factory=list)
    training: Settings = field(default_factory=Settings)
    callbacks: list[Part] = field(default_factory=list)
    total_epochs: int = 0
    _inserted: int = field(default=0, repr=False)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in (known := [part.name for part in fields(self)]):
            raise StopRun(f"a draft has no attribute '{name}'; known: {', '.join(known[:-1])}")
        super().__setattr__(name, value)

    @property
    def hidden(self) -> list[Layer]:
        """The layers with a kernel of weights, except those that make the output."""
        return [layer for layer in self.layers if layer.kernels and not layer.is_output]

    def block(self, layer: Layer) -> list[Layer]:
        """A layer and those after it that normalize and activate its output, whether made by the builder or inserted.

        What is inserted behind the last of them gets what the whole block computes, so that families need not know of
        each other: dropout, for one, belongs behind the activation, wherever that is. Raises ValueError when `layer` is
        not in the draft.
        """
        position = self._position(layer)
        behind = itertools.takewhile(
            lambda other: other.continues and (other.normalizes or other.activates), self.layers[position + 1 :]
        )
        return [layer, *behind]

    def insert_after(self, layer: Layer, class_name: str, **config: Any) -> Layer:
        """Insert a new layer directly after one of the draft's, and return it; `config` is that of its Keras class.

        Raises ValueError when `layer` is not in the draft.
        """
        position = self._position(layer)
        new = Layer(class_name, config, is_output=layer.is_output)
        self.layers.insert(position + 1, new)
        self._inserted += 1
        return new

    def callback(self, name: str) -> Part:
        """The callback of this name, with its options; it is added, without options, if the draft does not have it."""
        found = next((part for part in self.callbacks if _is_called(part, name)), None)
        if found is None:
            found = Part(name)
            self.callbacks.append(found)
            self._inserted += 1
        return found

    def remove_callback(self, name: str) -> None:
        """Train without the callback of this name; this counts as an edit even if there is none."""
        self.callbacks[:] = [part for part in self.callbacks if not _is_called(part, name)]
        self._inserted += 1

    def _position(self, layer: Layer) -> int:
        position = next((index for index, other in enumerate(self.layers) if other is layer), None)
        if position is None:
            raise ValueError(f"{layer!r} is not a layer of this draft")
        return position

    @property
    def state(self) -> tuple[int, str]:
        """Everything that can be edited; equal before and after a family only if it wrote nothing."""
        parts: list[Settings] = [*self.layers, self.optimizer, self.loss, *self.metrics, self.training]
        parts += self.callbacks
        return sum(part.writes for part in parts) + self._inserted, repr(parts)


def _is_called(part: Part, name: str) -> bool:
    """Whether a callback has this name, be it with that of its plugin or without."""
    return name in (part.class_name, part.class_name.rpartition(":")[2])
