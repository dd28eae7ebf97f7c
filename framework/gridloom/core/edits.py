"""What a family may do to a draft: whatever no engine would read is refused, since its values would be compared by luck."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridloom.core.draft import Draft, Layer, Part, Settings
from gridloom.core.following import MONITOR, Watched, cannot_monitor
from gridloom.errors import StopRun, UnknownName

Convert = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Makes keyword arguments of options, as annotations want them; ValueError for one that they do not admit."""

IN_OUR_WORDS = {
    "callbacks": "write draft.callback('early_stopping')['patience'] = 5, for example",
    "validation_data": "to hold out rows, write 'validation: 0.2' under 'training:' in the experiment",
    "validation_split": "to hold out rows, write 'validation: 0.2' under 'training:' in the experiment",
}
"""What to do for what Keras's `fit` calls by these names."""


@dataclass(frozen=True)
class Before:
    """A draft before a family edits it."""

    state: tuple[int, str]
    parts: Mapping[str, Settings]
    """The optimizer, the loss and the training settings, by what the draft calls them."""
    layers: tuple[Layer, ...]
    training: Mapping[str, Any]
    optimizer: Mapping[str, Any]
    callbacks: Mapping[str, Any]
    """The options of the callbacks, as `callback.option`."""

    @classmethod
    def of(cls, draft: Draft) -> Before:
        """What the draft is now."""
        parts = {"optimizer": draft.optimizer, "loss": draft.loss, "training": draft.training}
        return cls(
            draft.state, parts, tuple(draft.layers), dict(draft.training), dict(draft.optimizer), _options(draft)
        )

    def refusal(self, draft: Draft, engine: str) -> str:
        """What a family did that no engine could follow, to come behind its name; empty where there is nothing."""
        for name, part in self.parts.items():
            if getattr(draft, name) is not part:
                return f"replaces draft.{name}; families edit what is there in place"
        return self._refused_training(draft, engine) or self._refused_parts(draft) or self._refused_layers(draft)

    def changed_training(self, draft: Draft) -> dict[str, Any]:
        """The training settings that are other values now."""
        return {key: value for key, value in draft.training.items() if value is not self.training[key]}

    def _refused_training(self, draft: Draft, engine: str) -> str:
        added, gone = draft.training.keys() - self.training.keys(), self.training.keys() - draft.training.keys()
        if added:
            name = min(added)
            advice = IN_OUR_WORDS.get(name) or f"known: {', '.join(sorted(self.training))}"
            return f"writes draft.training[{name!r}], which the engine '{engine}' does not read; {advice}"
        return f"deletes draft.training[{min(gone)!r}], which the engine '{engine}' needs" if gone else ""

    def _refused_parts(self, draft: Draft) -> str:
        for name in ("callbacks", "metrics"):
            if not isinstance(getattr(draft, name), list):
                return f"replaces draft.{name}; families edit the list that is there in place"
        for callback in draft.callbacks:
            if not isinstance(callback, Part):
                return f"adds {callback!r} to draft.callbacks; write draft.callback('early_stopping')['patience'] = 5"
        for metric in draft.metrics:
            if not isinstance(metric, Part):
                return f"adds {metric!r} to draft.metrics; write gridloom.Part('AUC'), for example"
        return ""

    def set_again(self, draft: Draft, searched: Collection[str]) -> str:
        """The one of these searched training settings that the optimizer has another value of now; empty where there is none."""
        again = (name for name in searched if draft.optimizer.get(name) != self.optimizer.get(name))
        return next((name for name in again if name in draft.optimizer), "")

    def callback_set_again(self, draft: Draft, searched: Collection[str]) -> str:
        """The one of these searched options, `callback.option`, that has another value now; empty where there is none."""
        found = _options(draft)
        again = (name for name in searched if name in found and found[name] != self.callbacks.get(name))
        return next(again, "")

    def _refused_layers(self, draft: Draft) -> str:
        for layer in draft.layers:
            if not isinstance(layer, Layer):
                return f"adds {layer!r} to draft.layers; write draft.insert_after(layer, 'Dropout', rate=0.5)"
        before = {id(layer) for layer in self.layers}
        kept = [id(layer) for layer in draft.layers if id(layer) in before]
        if kept != [id(layer) for layer in self.layers]:
            return "removes layers from the draft, or changes their order; a family may only edit and insert layers"
        if any(not layer.is_new for layer in draft.layers if id(layer) not in before):
            return "adds a layer with the path of another to the draft; edit the existing layer"
        return ""


def _options(draft: Draft) -> dict[str, Any]:
    """The options of a draft's callbacks, as candidates name them: `callback.option`."""
    return {
        f"{part.class_name.rpartition(':')[2]}.{option}": value
        for part in draft.callbacks
        for option, value in part.items()
    }


def check_callbacks(
    callbacks: Sequence[Part], find: Callable[[str], tuple[str, Convert, Any]], watched: Watched
) -> None:
    """Raise StopRun for callbacks that no training could have, and ValueError for an option that one does not admit.

    `find` gets the name of a callback and returns its full name, what converts its options, and what it monitors by
    default; UnknownName where there is no such callback.
    """
    names = set()
    for part in callbacks:
        try:
            name, convert, monitored = find(part.class_name)
        except UnknownName as error:
            raise StopRun(f"adds an unknown callback: {error}") from error
        if name in names:
            raise StopRun(
                f"adds the callback '{part.class_name}', which the draft already has; write draft.callback({name!r})"
            )
        names.add(name)
        try:
            convert({key: _plain(value) for key, value in part.items()})
        except ValueError as error:
            raise ValueError(f"writes draft.callback({part.class_name!r}): {error}") from error
        if problem := cannot_monitor(part.get(MONITOR, monitored), watched):
            raise StopRun(f"has a callback '{part.class_name}' that {problem}")


def _plain(value: Any) -> Any:
    """A number of numpy as one of Python."""
    return value.item() if hasattr(value, "item") else value


def checked_training(settings: Mapping[str, Any], convert: Convert) -> dict[str, Any]:
    """Training settings that a family wrote, as the engine's annotations want them; ValueError for one they do not admit."""
    try:
        return convert({key: _plain(value) for key, value in settings.items()})
    except TypeError as error:
        raise ValueError(f"a training setting should be a plain value: {error}") from error
