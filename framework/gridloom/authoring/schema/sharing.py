"""Parts that stand in a JSON Schema several times, written once: the space of a search may be a mapping or a list of them, for one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from typing import Any

from gridloom.authoring.schema.values import Schema
from gridloom.core.candidate import canonical_json

LEAST = 400
"""The characters of a part that is worth a definition of its own."""

_MAPPINGS = ("properties", "patternProperties", "$defs")
_LISTS = ("anyOf", "allOf", "oneOf")
_SINGLE = ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames")


def shared(schema: Schema) -> Schema:
    """The same schema, in which every part that it has more than once is a definition at its root, and a reference elsewhere."""
    found: Counter[str] = Counter()
    _count(schema, found)
    definitions: Schema = {}

    def moved(part: Schema) -> Schema:
        text = canonical_json(part)
        name = _name(text)
        if len(text) < LEAST:
            return part
        if found[name] < 2:  # noqa: PLR2004
            return _each(part, moved)
        if name not in definitions:
            definitions[name] = _each(part, moved)
        return {"$ref": f"#/$defs/{name}"}

    whole = _each(schema, moved)
    return {**whole, "$defs": {**whole.get("$defs", {}), **definitions}} if definitions else whole


def _count(part: Schema, found: Counter[str]) -> None:
    """Count this part and those in it; what is in a part that was there before is counted with that alone."""
    text = canonical_json(part)
    found[_name(text)] += 1
    if found[_name(text)] == 1 and len(text) >= LEAST:

        def counted(inner: Schema) -> Schema:
            _count(inner, found)
            return inner

        _each(part, counted)


def _name(text: str) -> str:
    """What the definition of a part is called, which is this text in JSON."""
    return "part-" + hashlib.sha256(text.encode()).hexdigest()[:10]


def _each(part: Schema, call: Callable[[Schema], Schema]) -> Schema:
    """The schema with what `call` makes of each schema directly in it."""

    def called(inner: Any) -> Any:
        return call(inner) if isinstance(inner, dict) else inner

    made = dict(part)
    for key in part.keys() & {*_MAPPINGS}:
        made[key] = {name: called(inner) for name, inner in part[key].items()}
    for key in part.keys() & {*_LISTS}:
        made[key] = [called(inner) for inner in part[key]]
    for key in part.keys() & {*_SINGLE}:
        made[key] = called(part[key])
    return made
