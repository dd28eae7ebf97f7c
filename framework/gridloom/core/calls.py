"""The plugins' functions that a recipe names, as a worker calls them, with the options that candidates choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridloom.core.boundary import contained, restored
from gridloom.core.data import Task
from gridloom.core.predictions import Predictions
from gridloom.core.preparing import Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

PREPROCESS = "preprocess"
"""The group of a candidate that holds what it chooses of preprocessing."""

CALLBACKS = "callbacks"
"""The group of a candidate that holds what it chooses of callbacks."""


@dataclass(frozen=True)
class Call:
    """A plugin's function with the options of the experiment, to which a candidate's values may be added.

    `convert` makes keyword arguments of a candidate's values, as annotations want them; ValueError for one that they do
    not admit. `name` is the full one, `plugin:name`.
    """

    name: str
    function: Callable[..., Any]
    options: Mapping[str, Any]
    convert: Callable[[Mapping[str, Any]], dict[str, Any]]

    def arguments(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        """The options, and in their place what the candidate chooses."""
        return {**self.options, **self.convert(chosen)}

    def __call__(self, *fixed: Any, chosen: Mapping[str, Any] | None = None) -> Any:
        """Call the function; what it changes of the process is put back, PluginQuit where it raises SystemExit."""
        with restored(), contained(f"'{self.name}'"):
            return self.function(*fixed, **self.arguments(chosen or {}))


Score = Callable[["NDArray[Any]", Predictions], float]
"""From the true targets and what is predicted to a score; more is better."""


@dataclass(frozen=True)
class StepCalls:
    """A step of preprocessing: the transforms that it may be, by the names that candidates choose; the first by default.

    Each is what makes the transformer, and a `Step` to be filled with it.
    """

    name: str
    ways: Mapping[str, tuple[Call, Callable[[Callable[[], Any]], Step]]]


@dataclass(frozen=True)
class CallbackCall:
    """What makes a callback, and what its record says of it; `monitored` is what it monitors by default."""

    call: Call
    depends_on_total: Callable[[Mapping[str, Any]], bool]
    keras: bool
    monitored: Any = None


@dataclass(frozen=True)
class Calls:
    """The functions that a recipe names, found among a worker's plugins; `training` makes an engine's settings.

    `callback` finds any callback of these plugins by its name, since families may name others than the experiment does.
    """

    model: Call
    families: Mapping[str, Call]
    training: Call | None
    scorers: Mapping[str, Score]
    callback: Callable[[str], CallbackCall]
    preprocess: Sequence[StepCalls] = ()


def chosen_of(name: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """What a candidate chooses of the options of one thing among several: `name.option`."""
    start = f"{name}."
    return {key.removeprefix(start): value for key, value in chosen.items() if key.startswith(start)}


def step_for(calls: StepCalls, chosen: Mapping[str, Any], task: Task) -> Step | None:
    """The step that a candidate chooses, with its options; None where it chooses to skip the step."""
    way = chosen.get(calls.name, next(iter(calls.ways)))
    if way is None:
        return None
    call, fill = calls.ways[way]
    options = chosen_of(calls.name, chosen)
    return fill(lambda: call(task, chosen=options))
