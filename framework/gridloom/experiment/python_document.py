"""Python objects as a document: mappings, lists and scalars, each located by the keys that lead to it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from os import PathLike, fspath
from typing import Any

from gridloom.core.domains import Choices, Range, When
from gridloom.errors import InvalidInput, Location, Problem
from gridloom.experiment.yaml_document import MAX_DEPTH, Node


def node_of(value: Any, place: str, *, inside: str = "") -> Node:
    """A Python object as a document; raises InvalidInput for every value that a YAML file could not hold.

    `place` is its location in messages; values inside it are located by their keys, which follow those in `inside`.
    """
    problems: list[Problem] = []
    node = _node(value, Location(inside or place), inside, 0, problems)
    if problems:
        raise InvalidInput(problems)
    return node


def _node(value: Any, location: Location, path: str, depth: int, problems: list[Problem]) -> Node:
    plain = _plain(value)
    if depth > MAX_DEPTH:
        problems.append(Problem(location, f"nested more than {MAX_DEPTH} levels deep"))
        return Node(None, location)
    if isinstance(plain, Mapping):
        return Node(dict(_entries(plain, location, path, depth, problems)), location)
    if isinstance(plain, Sequence) and not isinstance(plain, str | bytes):
        inner = ((item, f"{path}[{index}]") for index, item in enumerate(plain))
        return Node(tuple(_node(item, Location(at), at, depth + 1, problems) for item, at in inner), location)
    if problem := _problem(plain, path):
        problems.append(Problem(location, problem))
    return Node(plain, location)


def _entries(
    mapping: Mapping[Any, Any], location: Location, path: str, depth: int, problems: list[Problem]
) -> Iterator[tuple[str, tuple[Location, Node]]]:
    for key, value in mapping.items():
        if not isinstance(key, str):
            problems.append(Problem(location, f"keys must be strings, not {key!r:.80}"))
            continue
        at = f"{path}.{key}" if path else key
        yield key, (Location(at), _node(value, Location(at), at, depth + 1, problems))


def _plain(value: Any) -> Any:
    """What YAML would have in place of a domain, a path, or a number or an array of numpy."""
    if isinstance(value, Choices):
        return list(value.choices)
    if isinstance(value, Range):
        return {item.name: found for item in fields(value) if (found := getattr(value, item.name)) != item.default}
    if isinstance(value, When):
        inner = _plain(value.domain)
        return {**(inner if isinstance(inner, Mapping) else {"values": inner}), "when": dict(value.when)}
    if isinstance(value, PathLike):
        return fspath(value)
    if isinstance(value, str):
        return str(value)
    return value.tolist() if type(value).__module__ == "numpy" and hasattr(value, "tolist") else value


_INSTEAD = {
    "validation": "name a method, such as {'method': 'kfold', 'folds': 5}",
    "scoring": "name a scorer, such as 'roc_auc'; one of your own comes from a plugin, as a gridloom.Scorer",
    "preprocess": "name a step, such as 'standardize'; one of your own comes from a plugin, as a gridloom.Transform",
    "callbacks": "name a callback, such as {'name': 'early_stopping', 'patience': 5}",
    "optimizer": "name an optimizer, such as 'adam', or compile the network in the function",
    "strategy": "name a strategy, such as {'name': 'random', 'candidates': 20}",
    "reporters": "name a reporter, such as 'html'",
}
"""What to write in place of objects of scikit-learn and Keras, by the key that they are given for."""


def _problem(value: Any, path: str) -> str:
    """Why no YAML file could say this scalar, which stands at a path; empty for those that it could."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} is not a finite number"
    if value is None or isinstance(value, str | bool | int | float):
        return ""
    kind, keys = type(value).__name__, re.split(r"\W+", path)
    if "space" in keys:
        written = (
            "; write the distribution as {'low': 0.01, 'high': 1.0, 'scale': 'log'}" if hasattr(value, "rvs") else ""
        )
        domains = "a number, string, boolean, list or dict, or gridloom.Choices or gridloom.Range"
        return f"must be {domains}, not an object of type {kind}{written}"
    instead = next((f"; {_INSTEAD[key]}" for key in reversed(keys) if key in _INSTEAD), "")
    return f"must be a number, string, boolean, list or dict, not an object of type {kind}{instead}"
