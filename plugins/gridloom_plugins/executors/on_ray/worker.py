"""What a task of Ray does: a call that travels as bytes, with values that many calls share."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from typing import Any

from gridloom_plugins.executors.answers import answer_of

MOST_KEPT = 2
"""How many shared values a worker keeps, those that it was sent last."""

_values: dict[str, Any] = {}


class Shared:
    """Stands for a value that Ray keeps: whoever unpickles it gets the value."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __reduce__(self) -> Any:
        return _value, (self.key,)


def _value(key: str) -> Any:
    return _values[key]


def keys_of(args: Sequence[Any]) -> list[str]:
    """The keys of the shared values among arguments."""
    return [one.key for one in args if isinstance(one, Shared)]


def do(content: bytes, shared: Mapping[str, Any]) -> bytes:
    """Do a call in a worker; returns whether it has returned, and what it returns or raises.

    `shared` has references to its shared values, by their keys. A worker asks for each once, so that equal calls get the same
    arrays, which are then in memory once for all processes of the machine.
    """
    import ray

    for key, reference in shared.items():
        if key not in _values:
            _values[key] = ray.get(reference)
    for key in list(_values)[:-MOST_KEPT]:
        if key not in shared:
            del _values[key]
    return answer_of(lambda: pickle.loads(content))
