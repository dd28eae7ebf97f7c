"""JSON Schema of the places where an experiment names a thing: a bare name, or a mapping of `name` and options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from gridloom.documentation import text_about
from gridloom.records import Family, Record
from gridloom.registry import Provided, Registry, T
from gridloom.schema.spaces import of_family
from gridloom.schema.values import Schema, mapping, of_options, one_of, required

Things = Sequence[Provided[T]]


def selection(registry: Registry, kind: type[T], more: Mapping[str, Schema] | None = None) -> list[Schema]:
    """The ways to select a thing of this kind; `more` are keys that may stand beside the options of each."""
    things = registry.of_kind(kind)
    bare = [item for item in things if not required(item.record.options)]
    names = [{"const": suggested(item, things), **_about(item, things)} for item in bare]
    mappings = [_mapping(item, things, more or {}) for item in things]
    return [*names, *_matching(_hidden(bare, things)), *mappings]


def families(registry: Registry) -> Schema:
    """The keys of `search: space:` that are families, as `properties` and `patternProperties`."""
    things = registry.of_kind(Family)
    keys = {suggested(item, things): {**_about(item, things), **of_family(item.record)} for item in things}
    hidden = {_pattern(names): keys[suggested(item, things)] for item in things if (names := _hidden([item], things))}
    return {"properties": keys, "patternProperties": hidden}


def naming(things: Iterable[Provided[Record]], all_things: Things[Record], *others: str, complaint: str = "") -> Schema:
    """What matches a selection of one of these things or other names, whatever its options.

    An editor shows the complaint where none of them is named. These are patterns, since an editor would offer plain
    names as completions.
    """
    found = list(things)
    names = [*others, *(suggested(item, all_things) for item in found), *_hidden(found, all_things)]
    name = {"type": "string", "pattern": _pattern(names), **({"errorMessage": complaint} if complaint else {})}
    return {"anyOf": [name, {"type": "object", "properties": {"name": name}, "required": ["name"]}]}


def suggested(item: Provided[Record], things: Things[Record]) -> str:
    """The shortest name of a thing that is not ambiguous."""
    is_clear = [other.record.name for other in things].count(item.record.name) == 1
    return item.record.name if is_clear else item.full_name


def _hidden(items: Iterable[Provided[Record]], things: Things[Record]) -> list[str]:
    """Names that select a thing as well, but that nobody needs to be offered."""
    return [item.full_name for item in items if suggested(item, things) != item.full_name]


def _matching(names: Sequence[str]) -> list[Schema]:
    """One schema that these names match, none without names."""
    return [{"type": "string", "pattern": _pattern(names)}] if names else []


def _pattern(names: Iterable[str]) -> str:
    """The regular expression that matches these names alone, as JavaScript and Python read it."""
    escaped = [re.sub(r"[.*+?^${}()|\[\]\\/]", r"\\\g<0>", name) for name in names]
    return f"^({'|'.join(escaped)})$"


def _mapping(item: Provided[Record], things: Things[Record], more: Mapping[str, Schema]) -> Schema:
    """A mapping that names this thing and gives it options."""
    record = item.record
    name = one_of([{"const": suggested(item, things)}, *_matching(_hidden([item], things))])
    keys = {"name": {"description": record.summary, **name}, **of_options(record.options), **more}
    return mapping(keys, ["name", *required(record.options)], **_about(item, things))


def _about(item: Provided[Record], things: Things[Record]) -> Schema:
    """What an editor shows for a thing."""
    return {"title": f"{item.record.kind} {suggested(item, things)}", "description": text_about(item.record)}
