"""Everything public as text: names, hooks, formats of files, exit codes, the command line, keys of experiments, built-ins."""

from __future__ import annotations

import importlib
import importlib.util
import json
import sqlite3
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import typer

from gridloom.cli.commands import app
from gridloom.errors import Exit
from gridloom.experiment.keys import (
    dataset_keys,
    experiment_keys,
    limits_keys,
    published_keys,
    search_keys,
    settings_keys,
    stop_keys,
    training_keys,
)
from gridloom.experiment.split_methods import METHODS, method_options
from gridloom.experiment.splits import validation_keys
from gridloom.registry import hookspecs
from gridloom.registry.descriptions import default_domains, default_in_words
from gridloom.registry.options import Options
from gridloom.registry.records import KINDS
from gridloom.registry.registry import load_registry
from gridloom.runs import journal_file
from surface import names

Entry = tuple[tuple[str, ...], str]
"""A path such as ("python", "Budget", "epochs"), and what is there."""

MODULES = {"python": "gridloom", "testing": "gridloom.testing"}
"""Areas of public Python names, and the modules whose `__all__` lists them."""


@cache
def surface() -> dict[tuple[str, ...], str]:
    """The whole public surface."""
    return dict(
        [*_python(), *_hooks(), *_journal(), *_results(), *_exit_codes(), *_commands(), *_experiment(), *_built_ins()]
    )


def as_text(entries: Mapping[tuple[str, ...], str]) -> str:
    """One line an entry, as the snapshot keeps them."""
    return "".join(f"{' '.join(path)}: {text}\n" for path, text in entries.items())


def from_text(text: str) -> dict[tuple[str, ...], str]:
    """The entries of a snapshot."""
    lines = (line.partition(": ") for line in text.splitlines())
    return {tuple(path.split(" ")): rest for path, _, rest in lines}


def _python() -> Iterator[Entry]:
    for area, module in MODULES.items():
        if importlib.util.find_spec(module):
            for path, text in names.described(importlib.import_module(module)):
                yield (area, *path), text


def _hooks() -> Iterator[Entry]:
    for kind in KINDS:
        yield ("hook", kind.hook), names.signature(getattr(hookspecs, kind.hook))


def _journal() -> Iterator[Entry]:
    yield ("journal", "format"), str(journal_file.FORMAT)
    database = sqlite3.connect(":memory:")
    database.executescript(journal_file.TABLES)
    for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        for _, column, kind, required, _, primary in database.execute(f"PRAGMA table_info({table})"):
            marks = " NOT NULL" * required + " PRIMARY KEY" * bool(primary)
            yield ("journal", table, column), f"{kind}{marks}"
    database.close()


def _results() -> Iterator[Entry]:
    schema = json.loads(files("gridloom_plugins.reporters").joinpath("results.schema.json").read_text("utf-8"))
    yield ("results.json", "format"), str(schema["properties"]["format"]["const"])
    for name in ("", *schema["$defs"]):
        where = schema["$defs"][name] if name else schema
        yield from ((("results.json", path), text) for path, text in _properties(where, name))


def _properties(schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """The properties in a JSON Schema, however deep, with their types."""
    for name, given in schema.get("properties", {}).items():
        inner = given if isinstance(given, dict) else {}
        here = f"{path}.{name}" if path else name
        yield here, _json_type(inner)
        yield from _properties(inner, here)
    if items := schema.get("items"):
        yield from _properties(items, f"{path}[]")


def _json_type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_json_type(option) for option in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " or ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")]))
    kinds = schema.get("type", "anything")
    text = kinds if isinstance(kinds, str) else " or ".join(kinds)
    return f"{text} of {_json_type(schema['items'])}" if "items" in schema else text


def _exit_codes() -> Iterator[Entry]:
    for code in Exit:
        yield ("exit", str(int(code))), code.name


def _commands() -> Iterator[Entry]:
    for path, command in commands(typer.main.get_command(app)):
        yield ("command", *path), "command"
        for parameter in command.params:
            name = max([*parameter.opts, *parameter.secondary_opts], key=len)
            yield ("command", *path, name), _parameter(parameter)


def commands(command: Any, path: tuple[str, ...] = ("gridloom",)) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The command and its subcommands, each with the words that call it."""
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


def _parameter(parameter: Any) -> str:
    kind = "flag" if getattr(parameter, "is_flag", False) else "value"
    short = [f" as {name}" for name in parameter.opts if name[1:2] != "-" and name[0] == "-"]
    many = ", repeatable" if parameter.multiple or parameter.nargs == -1 else ""
    default = parameter.default
    stands = "" if default is None or default is False or callable(default) else f" = {default}"
    return f"{kind}{stands}{''.join(short)}{many}{', required' if parameter.required else ''}"


KEYS = {
    (): experiment_keys,
    ("dataset",): dataset_keys,
    ("search",): search_keys,
    ("search", "stop"): stop_keys,
    ("search", "limits"): limits_keys,
    ("training",): training_keys,
    ("validation",): validation_keys,
    ("published",): published_keys,
}
"""Where an experiment has keys of its own, and the signatures that declare them."""


def _experiment() -> Iterator[Entry]:
    for path, function in KEYS.items():
        yield from _options(("experiment", *path), Options(function, 0))
    for method in METHODS:
        yield from _options(("experiment", "validation", method), method_options(method))
    yield from _options(("gridloom.toml",), Options(settings_keys, 0))


def _options(path: tuple[str, ...], options: Options, domains: Mapping[str, Any] | None = None) -> Iterator[Entry]:
    for option in options:
        tried = f"; {default_in_words(option, domains)}" if option.name in (domains or {}) else ""
        yield (*path, option.name), f"{option.type_name}; {default_in_words(option)}{tried}"


def _built_ins() -> Iterator[Entry]:
    registry = load_registry()
    for kind in KINDS:
        for item in registry.of_kind(kind):
            if item.plugin.distribution == "gridloom":
                record, path = item.record, (kind.kind.replace(" ", "-"), item.record.name)
                yield path, f"of {item.plugin.name}"
                yield from _options(path, record.options, default_domains(record))
                yield from _options((*path, "training"), getattr(record, "training_options", None) or ())
