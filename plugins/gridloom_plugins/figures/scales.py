"""The scales that an experiment declares for its ranges, by the names that parameters have in reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gridloom import Result
from gridloom_plugins.figures.axes import Scale
from gridloom_plugins.figures.candidates import are_numbers

ENDS = ("low", "high")
"""The keys that make a mapping a range."""


def declared_scales(result: Result) -> Mapping[str, Scale]:
    """The scale of each parameter whose values are drawn from ranges of one scale; those of lists are not in it."""
    found: dict[str, set[Scale | None]] = {}
    space = result.manifest.get("experiment", {}).get("search", {}).get("space", {})
    for part in space if isinstance(space, list) else [space]:
        for path, scale in _leaves(part, ()):
            for start in range(len(path)):
                found.setdefault(".".join(path[start:]), set()).add(scale)
    alike = {name: next(iter(scales)) for name, scales in found.items() if len(scales) == 1}
    return {name: scale for name, scale in alike.items() if scale}


def _leaves(node: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Scale | None]]:
    """The parameters below a node of the space, each with its scale; None for one that has no range."""
    if isinstance(node, Mapping) and node.keys() >= {*ENDS} and are_numbers(node[end] for end in ENDS):
        yield path, Scale.LOG if node.get("scale") == Scale.LOG.value else Scale.LINEAR
    elif isinstance(node, Mapping) and "when" not in node:
        for name, inner in node.items():
            yield from _leaves(inner, (*path, name))
    else:
        yield path, None
