"""JSON Schema of the places where an experiment names a thing: a bare name, or a mapping of `name` and options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gridloom.authoring.schema.spaces import of_family
from gridloom.authoring.schema.values import Schema, mapping, of_options, one_of, required
from gridloom.registry.descriptions import text_about
from gridloom.registry.record import Record
from gridloom.registry.records import Family
from gridloom.registry.registry import Provided, Registry, T


def selections(registry: Registry, kind: type[Record]) -> list[Schema]:
    """The ways to say what stands in the place of this kind: one thing, a list of them, or either."""
    besides = [{"const": name, "description": text} for name, text in kind.beside.items()]
    named = [mapping({"name": beside}, ["name"]) for beside in besides]
    ways = [*besides, *selection(registry, kind), *named]
    several: Schema = {
        "type": "array",
        "items": one_of(ways),
        **({"minItems": 1} if kind.form == "one or list" else {}),
    }
    return {"one": ways, "list": [several], "one or list": [*ways, several]}[kind.form]


def selection(registry: Registry, kind: type[T], more: Mapping[str, Schema] | None = None) -> list[Schema]:
    """The ways to select a thing of this kind; `more` are keys that may stand beside the options of each."""
    things = registry.of_kind(kind)
    bare = [item for item in things if not required(item.record.options)]
    names = [{"const": registry.shortest_name(item), **_about(item, registry)} for item in bare]
    mappings = [_mapping(item, registry, more or {}) for item in things]
    return [*names, *_matching(_hidden(bare, registry)), *mappings]


def renamed(registry: Registry, kind: type[T], named: Mapping[str, str]) -> Iterator[Schema]:
    """The ways to select things of this kind by names that stand for them with options, all of which may be given anew."""
    for name, meant in named.items():
        about = {"title": f"{kind.kind} {name}", "description": f"{meant}, with options of gridloom.toml"}
        found = [item for item in registry.of_kind(kind) if meant in (item.record.name, item.full_name)]
        options = of_options(found[0].record.options) if found else {}
        yield {"const": name, **about}
        yield mapping({"name": {"const": name}, **options}, ["name"], **about)


def families(registry: Registry) -> Schema:
    """The keys of `search: space:` that are families, as `properties` and `patternProperties`."""
    things = registry.of_kind(Family)
    contents = [(item, {**_about(item, registry), **of_family(item.record)}) for item in things]
    keys = {registry.shortest_name(item): content for item, content in contents}
    hidden = {_pattern(names): content for item, content in contents if (names := _hidden([item], registry))}
    return {"properties": keys, "patternProperties": hidden}


def naming(things: Iterable[Provided[Record]], registry: Registry, *others: str, complaint: str = "") -> Schema:
    """What matches a selection of one of these things or other names, whatever its options.

    An editor shows the complaint where none of them is named. These are patterns, since an editor would offer plain
    names as completions.
    """
    found = list(things)
    names = [*others, *map(registry.shortest_name, found), *_hidden(found, registry)]
    name = {"type": "string", "pattern": _pattern(names), **({"errorMessage": complaint} if complaint else {})}
    return {"anyOf": [name, {"type": "object", "properties": {"name": name}, "required": ["name"]}]}


def _hidden(items: Iterable[Provided[Record]], registry: Registry) -> list[str]:
    """Names that select a thing as well, but that nobody needs to be offered."""
    return [item.full_name for item in items if registry.shortest_name(item) != item.full_name]


def _matching(names: Sequence[str]) -> list[Schema]:
    """One schema that these names match, none without names."""
    return [{"type": "string", "pattern": _pattern(names)}] if names else []


def _pattern(names: Iterable[str]) -> str:
    """The regular expression that matches these names alone, as JavaScript and Python read it."""
    escaped = [re.sub(r"[.*+?^${}()|\[\]\\/]", r"\\\g<0>", name) for name in names]
    return f"^({'|'.join(escaped)})$"


def _mapping(item: Provided[Record], registry: Registry, more: Mapping[str, Schema]) -> Schema:
    """A mapping that names this thing and gives it options."""
    record = item.record
    name = one_of([{"const": registry.shortest_name(item)}, *_matching(_hidden([item], registry))])
    keys = {"name": {"description": record.summary, **name}, **of_options(record.options), **more}
    return mapping(keys, ["name", *required(record.options)], **_about(item, registry))


def _about(item: Provided[Record], registry: Registry) -> Schema:
    """What an editor shows for a thing."""
    return {"title": f"{item.record.kind} {registry.shortest_name(item)}", "description": text_about(item.record)}
