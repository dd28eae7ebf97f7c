"""Options of a plugin's callable: its named parameters, whose annotations validate what YAML says."""

from __future__ import annotations

import inspect
import json
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from pydantic import AfterValidator, PydanticUserError, TypeAdapter, ValidationError, ValidationInfo
from pydantic.errors import PydanticSchemaGenerationError

from gridloom.errors import nearest

REQUIRED = inspect.Parameter.empty
"""The default of an option that has none."""


def _existing_file(path: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder", Path())
    full: Path = folder / path
    try:
        exists = full.is_file()
    except (OSError, ValueError):  # a path that no file can have
        exists = False
    if not exists:
        raise ValueError(f"there is no file {full}")
    return full


InputFile = Annotated[Path, AfterValidator(_existing_file)]
"""Annotation of an option that names an existing file, relative to the folder of the experiment file."""


@dataclass(frozen=True)
class Finding:
    """Something wrong with a value: the path of keys and indexes that leads to it, and what would be right."""

    path: tuple[str | int, ...]
    message: str
    at_key: bool = False


@dataclass(frozen=True)
class Option:
    """One named parameter: its annotation as written, and its default (REQUIRED when it has none)."""

    name: str
    annotation: Any
    default: Any

    @property
    def is_required(self) -> bool:
        """Whether it must be given."""
        return self.default is REQUIRED

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        try:
            return TypeAdapter(self.annotation)
        except (PydanticSchemaGenerationError, PydanticUserError):
            return TypeAdapter(Any)

    @property
    def type_name(self) -> str:
        """The annotation as a reader of YAML may see it."""
        schema = self._adapter.json_schema() if self.annotation is not Any else {}
        return _describe(schema, schema.get("$defs", {}))

    def validate(self, value: Any, folder: Path) -> tuple[Any, list[Finding]]:
        """The value as the callable wants it, and what is wrong with it (then the value is None).

        `value` is plain JSON data; lists become tuples and text becomes paths where the annotation says so, but text
        never becomes a number.
        """
        text = json.dumps(value)
        try:
            return self._adapter.validate_json(text, strict=True, context={"folder": folder}), []
        except ValidationError as error:
            return None, _findings(error, value)


def _findings(error: ValidationError, value: Any) -> list[Finding]:
    by_path: dict[tuple[str | int, ...], list[str]] = {}
    for item in error.errors(include_url=False, include_context=False):
        path = _path_to(item["input"], tuple(item["loc"]), value) or ()
        message = item["msg"].removeprefix("Value error, ").removeprefix("Input ")
        by_path.setdefault(path, [])
        if message not in by_path[path]:
            by_path[path].append(message)
    findings = []
    for path, messages in by_path.items():
        got = value
        for key in path:
            got = got[key]
        findings.append(Finding(path, f"{' or '.join(messages)}, not {shorten(got)}"))
    return findings


def _path_to(
    wrong: Any, loc: tuple[str | int, ...], value: Any, path: tuple[str | int, ...] = ()
) -> tuple[str | int, ...] | None:
    """The part of pydantic's location that leads to the wrong input: it also names branches of unions."""
    if not loc:
        return path if value == wrong else None
    key, *rest = loc
    leads_on = isinstance(value, dict) and key in value
    leads_on = leads_on or (isinstance(value, list) and isinstance(key, int) and key < len(value))
    deeper = _path_to(wrong, tuple(rest), value[key], (*path, key)) if leads_on else None
    return _path_to(wrong, tuple(rest), value, path) if deeper is None else deeper


def shorten(value: Any, limit: int = 60) -> str:
    """The value as JSON, cut to `limit` characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _describe(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return _describe(definitions.get(schema["$ref"].rsplit("/", 1)[-1], {}), definitions)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_describe(part, definitions) for part in schema["anyOf"]))
    if "enum" in schema:
        return "one of " + ", ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    names = {"integer": "whole number", "string": "text", "boolean": "true or false", "object": "mapping"}
    name = names.get(schema.get("type", ""), schema.get("type", "anything"))
    if name == "array":
        name = f"list of {_describe(schema.get('items', {}), definitions)}"
    bounds = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}
    return " ".join([name, *(f"{word} {schema[key]:.15g}" for key, word in bounds.items() if key in schema)])


class Options:
    """The options of a callable: every parameter after the first `fixed` ones, which the framework fills itself."""

    def __init__(self, function: Callable[..., Any], fixed: int) -> None:
        self.function = function
        self.fixed = fixed

    @cached_property
    def known(self) -> dict[str, Option]:
        """The options by name, in the order of the signature."""
        hints = _hints(self.function)
        parameters = list(inspect.signature(self.function).parameters.values())[self.fixed :]
        return {item.name: Option(item.name, hints.get(item.name, Any), item.default) for item in parameters}

    def __iter__(self) -> Iterator[Option]:
        return iter(self.known.values())

    def validate(self, given: Mapping[str, Any], folder: Path) -> tuple[dict[str, Any], list[Finding]]:
        """The keyword arguments for the callable, and everything that is wrong with what was given."""
        valid: dict[str, Any] = {}
        findings = []
        for name, value in given.items():
            if name not in self.known:
                findings.append(Finding((name,), f"unknown option '{name}'; {nearest(name, self.known)}", at_key=True))
                continue
            valid[name], wrong = self.known[name].validate(value, folder)
            findings += [Finding((name, *finding.path), finding.message) for finding in wrong]
        for option in self:
            if option.is_required and option.name not in given:
                findings.append(Finding((), f"option '{option.name}' ({option.type_name}) is missing"))
        return valid, findings

    def resolve(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What was given, with the defaults of all other options, as plain JSON data."""
        defaults = {option.name: option.default for option in self if not option.is_required}
        resolved: dict[str, Any] = json.loads(json.dumps({**defaults, **given}, default=str))
        return resolved


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of the options; one that cannot be evaluated (of the fixed parameters, say) is left out."""
    target: Any = inspect.unwrap(function)
    while isinstance(target, partial):
        target = target.func
    namespace = vars(sys.modules[target.__module__])
    if isinstance(target, type):
        target = vars(target)["__init__"]
    hints = {}
    for name, annotation in inspect.get_annotations(target).items():
        holder = types.SimpleNamespace(__annotations__={name: annotation})
        try:
            hints.update(get_type_hints(holder, globalns=namespace, include_extras=True))
        except NameError:
            continue
    return hints
