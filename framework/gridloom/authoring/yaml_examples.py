"""YAML to paste into an experiment for everything that a plugin provides, made from its record."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from gridloom.core.domains import Domain, Range
from gridloom.core.following import HELD_OUT, MONITOR
from gridloom.experiment.yaml_document import write_text
from gridloom.registry.option import Option
from gridloom.registry.options import Options
from gridloom.registry.record import Record
from gridloom.registry.records import Callback, Engine, Family

FEW = 3
"""How many values of a domain an example tries."""

_UNSPEAKABLE = object()
"""Stands for a default that YAML cannot say, such as a function."""


def example(record: Record, name: str) -> str:
    """The lines of an experiment that select this thing by this name, with its options at their defaults.

    An option that must be given has its name in capitals for a value, where that is a text to be replaced.
    """
    return write_text(_content(record, name))


def _content(record: Record, name: str) -> dict[str, Any]:
    first, *inner = record.place
    named = _named(record, name)
    for key in reversed(inner):
        named = {key: named}
    if isinstance(record, Callback) and _watches(_values(record.options).get(MONITOR)):
        named = {"validation": 0.2, **named}
    settings = record.training_options if isinstance(record, Engine) else None
    before = {"training": {"validation": 0.2}} if isinstance(record, Family) and may_watch(record) else {}
    return {**before, first: named} | ({"training": _values(settings)} if settings else {})


def may_watch(family: Family) -> bool:
    """Whether a family tries to monitor what needs rows that are held out."""
    tried = [_tried(parameter.default) for parameter in family.parameters if parameter.name == MONITOR]
    return any(_watches(value) for values in tried for value in values)


def _watches(monitored: Any) -> bool:
    """Whether what is monitored needs rows that are held out."""
    return isinstance(monitored, str) and monitored.startswith(HELD_OUT)


def _named(record: Record, name: str) -> Any:
    """What stands in the place of the record's kind."""
    if isinstance(record, Family):
        return {name: {parameter.name: _tried(parameter.default) for parameter in record.parameters}}
    return [_selection(record, name)] if record.form == "list" else _selection(record, name)


def _selection(record: Record, name: str) -> Any:
    options = _values(record.options)
    return {"name": name, **options} if options else name


def _values(options: Options) -> dict[str, Any]:
    """A value for every option: its default, if YAML can say that, or one of its type."""
    found = {option.name: _required(option) if option.is_required else _default(option) for option in options}
    return {name: value for name, value in found.items() if value is not _UNSPEAKABLE}


def _default(option: Option) -> Any:
    """The default of an option as plain data, or _UNSPEAKABLE."""
    try:
        plain = json.loads(json.dumps(option.default, default=os.fspath))
    except TypeError:
        return _UNSPEAKABLE
    return _UNSPEAKABLE if option.validate(plain, Path())[1] else plain


def _required(option: Option) -> Any:
    """A value that an option without a default takes: its name in capitals if it takes text, else a small one."""
    schema, name = option.json_schema, option.name.upper()
    simple = [*schema.get("enum", ()), name, schema.get("minimum", 1), 0.5, True, [], {}]
    return next((value for value in simple if not option.validate(value, Path())[1]), name)


def _tried(domain: Domain) -> Any:
    """A few values of a domain, or a range with a few."""
    try:
        return list(domain.values())[:FEW]
    except ValueError:
        if not isinstance(domain, Range):
            return "default"
        scale = {"scale": domain.scale} if domain.scale != "linear" else {}
        return {"low": domain.low, "high": domain.high, "count": FEW, **scale}
