"""What the command line, or a call from Python, puts over an experiment file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gridloom.core.spelling import spelled_option
from gridloom.errors import InvalidInput, Location
from gridloom.experiment.yaml_document import MAX_DEPTH, Node, read_text, write_text
from gridloom.registry.records import Executor

OPTION = "--executor"
EXAMPLE = '"{name: dask, address: tcp://head:8786}"'
LONGEST = 200
"""How many characters of what was given stand in a message."""


def overridden(node: Node, settings: Sequence[str], executor: Node | None) -> Node:
    """The document with settings such as "training.epochs=10", and an executor, put over it; InvalidInput for bad settings."""
    for setting in settings:
        node = _override(node, setting)
    return node if executor is None else node.replaced(Executor.place, executor)


def _override(node: Node, setting: str) -> Node:
    key, equals, text = setting.partition("=")
    source = spelled_option("settings", [setting])
    path = key.strip().split(".")
    if not equals or not all(path) or not text.strip() or len(path) > MAX_DEPTH:
        raise InvalidInput.at(Location(source[:LONGEST]), "write KEY=VALUE, such as training.epochs=10")
    value = read_text(text, source)
    return node.replaced(path, Node(value.value, Location(source)))


def named_on_command_line(text: str) -> Node:
    """What `--executor` says: a name, or a mapping in YAML; InvalidInput for a text that is neither."""
    source = f"{OPTION} {text[:LONGEST]}"
    if not text.strip():
        raise InvalidInput.at(Location(OPTION), f"write a name, or a mapping such as {EXAMPLE}")
    try:
        return Node(read_text(text, source).value, Location(source))
    except InvalidInput:
        if not text.startswith("{"):
            raise
        told = f"this is not a mapping in YAML; put it in quotes, with a space after each colon: {OPTION} {EXAMPLE}"
        raise InvalidInput.at(Location(source), told) from None


def named_by_call(given: str | Mapping[str, Any]) -> Node:
    """What the argument `executor` of `gridloom.run` says; TypeError for what YAML could not say."""
    try:
        text = write_text(given if isinstance(given, str) else dict(given))
    except Exception:  # of YAML, which cannot represent an object
        raise TypeError(f"executor must be a name, or a mapping with a name and plain options, not {given!r}") from None
    return Node(read_text(text, "executor=").value, Location("executor="))
