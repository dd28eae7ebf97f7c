"""The JSON Schema of experiment files, for editors: everything that the plugins of a registry let YAML say.

It is made of the declarations that bind an experiment, so that it refuses what these refuse; it cannot know the rest:
which files exist, what is in them, how many candidates there are, or whether 1.0 was written 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from gridloom.authoring.schema.conditions import of_builder, of_callbacks, of_engine, of_kind
from gridloom.authoring.schema.keys import experiment_properties
from gridloom.authoring.schema.sharing import shared
from gridloom.authoring.schema.values import Schema, gathered
from gridloom.errors import disk_errors
from gridloom.registry.records import Engine, ModelBuilder
from gridloom.registry.registry import Registry

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILE = "gridloom.schema.json"
"""What the file is called that experiments name in their first line."""

HEADER = f"# yaml-language-server: $schema={FILE}"
"""The first line of an experiment whose editor reads the schema beside it."""


def experiment_schema(registry: Registry, named: Mapping[str, str] = MappingProxyType({})) -> Schema:
    """The JSON Schema (draft 2020-12) of an experiment file, as plain data.

    `named` are the names of executors in `gridloom.toml`, each with that of the executor that it stands for.
    """
    content = {"$schema": DIALECT, "title": "Gridloom experiment", **experiment_properties(registry, named)}
    conditions = list(_conditions(registry))
    return shared(gathered({**content, "allOf": conditions} if conditions else content))


def _conditions(registry: Registry) -> Iterator[Schema]:
    """What depends on the model and the engine."""
    builders = registry.of_kind(ModelBuilder)
    for builder in builders:
        yield of_builder(builder, registry)
    for kind in sorted({builder.record.makes for builder in builders}):
        yield from of_kind(kind, registry)
    for engine in registry.of_kind(Engine):
        yield of_engine(engine, registry)
    yield from of_callbacks(registry)


def text_of(registry: Registry, named: Mapping[str, str] = MappingProxyType({})) -> str:
    """The schema as a text of JSON that ends in a line break."""
    return json.dumps(experiment_schema(registry, named), indent=1, ensure_ascii=False) + "\n"


def write(registry: Registry, path: Path, named: Mapping[str, str] = MappingProxyType({})) -> None:
    """Write the schema to a file; StorageError when that fails."""
    with disk_errors(path):
        path.write_text(text_of(registry, named), encoding="utf-8")
