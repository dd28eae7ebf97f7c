"""JSON Schema of what one option takes: from the annotation that validates it, with its docstring and its default."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from gridloom.core.candidate import canonical_json
from gridloom.registry.descriptions import text_about_option
from gridloom.registry.option import Option
from gridloom.registry.options import Options

Schema = dict[str, Any]
NULL: Schema = {"type": "null"}


def one_of(alternatives: Iterable[Schema], **rest: Any) -> Schema:
    """What matches one of these at least: the alternative itself where there is one alone, nothing where there is none."""
    parts = list(alternatives) or [{"not": {}}]
    return {**rest, **parts[0]} if len(parts) == 1 else {**rest, "anyOf": parts}


def mapping(properties: Mapping[str, Any], required: Iterable[str] = (), **rest: Any) -> Schema:
    """A mapping with these keys and no others."""
    names = list(required)
    needed = {"required": names} if names else {}
    return {"type": "object", **rest, "properties": dict(properties), **needed, "additionalProperties": False}


def of_options(options: Options) -> dict[str, Schema]:
    """The values that each option accepts, with its description."""
    return {option.name: of_option(options, option) for option in options}


def of_option(options: Options, option: Option) -> Schema:
    """The values that an option accepts, with its description and default."""
    default = {} if option.is_required else {"default": json.loads(json.dumps(option.default, default=str))}
    return {"description": text_about_option(options, option), **folded(option.json_schema), **default}


def folded(schema: Schema) -> Schema:
    """The same, with null among the types where it is an alternative to one type: editors show that better."""
    only, *others = schema.get("anyOf", [{}])
    if others != [NULL] or not isinstance(only.get("type"), str) or "const" in only:
        return schema
    names = {"enum": [*only["enum"], None]} if "enum" in only else {}
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**rest, **only, "type": [only["type"], "null"], **names}


def required(options: Options) -> list[str]:
    """The options that must be given."""
    return [option.name for option in options if option.is_required]


def gathered(schema: Schema) -> Schema:
    """The same schema with every `$defs` that is inside it at its root, under names that are different for different ones."""
    definitions: Schema = {}
    moved = _without_definitions(schema, definitions, "")
    return {**moved, "$defs": definitions} if definitions else moved


def _without_definitions(schema: Any, definitions: Schema, prefix: str) -> Any:
    """The schema without its `$defs`, which go to `definitions` by a prefix that its references get as well."""
    if isinstance(schema, list):
        return [_without_definitions(part, definitions, prefix) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(own := schema.get("$defs"), dict):
        prefix = hashlib.sha256(canonical_json(own).encode()).hexdigest()[:8] + "-"
        for name, part in own.items():
            definitions[prefix + name] = _without_definitions(part, definitions, prefix)
    moved = {key: _without_definitions(part, definitions, prefix) for key, part in schema.items() if key != "$defs"}
    if isinstance(reference := schema.get("$ref"), str):
        moved["$ref"] = reference.replace("#/$defs/", f"#/$defs/{prefix}")
    return moved
