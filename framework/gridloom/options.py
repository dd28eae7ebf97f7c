"""Options of a plugin's callable: its named parameters, whose annotations validate what YAML says."""

from __future__ import annotations

import inspect
import json
import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from pydantic import AfterValidator, PydanticUserError, TypeAdapter, ValidationError, ValidationInfo
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticSchemaGenerationError

from gridloom.errors import near, nearest

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

REQUIRED = inspect.Parameter.empty
"""The default of an option that has none."""

NOWHERE: Mapping[str, str] = types.MappingProxyType({})
"""Options that belong elsewhere: none."""

MAX_SHOWN = 60
"""How many characters of a value a message shows."""

_BOUNDS = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}
"""What pydantic leaves of bounds on a union of numbers, and what JSON Schema calls them."""


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

_END = re.compile(r"(?<=[.;])\s+(?=[A-Z`(\"'])")
"""Where a sentence of a docstring ends."""


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

    @cached_property
    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema (draft 2020-12) of the values that YAML may give it; empty where there is no saying."""
        try:
            schema: dict[str, Any] = _with_bounds(self._adapter.json_schema())
        except PydanticInvalidForJsonSchema:
            schema = {}
        return schema

    @property
    def type_name(self) -> str:
        """The annotation as a reader of YAML may see it."""
        return _describe(self.json_schema, self.json_schema.get("$defs", {}))

    def validate(self, value: Any, folder: Path) -> tuple[Any, list[Finding]]:
        """The value as the callable wants it, and what is wrong with it (then the value is None).

        `value` is plain JSON data; lists become tuples and text becomes paths where the annotation says so, but text
        never becomes a number.
        """
        text = json.dumps(value)
        try:
            return self._adapter.validate_json(text, strict=True, context={"folder": folder}), []
        except ValidationError as error:
            return None, _findings(error, self.name, value)


_KINDS = {
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "float_type": "a number",
    "int_type": "a whole number",
    "list_type": "a list",
    "set_type": "a list",
    "string_type": "text",
    "tuple_type": "a list",
}
"""What a value should be, in words of YAML, by the type of pydantic's error."""

_ENUMERATIONS = ("enum", "literal_error")
_GLUED = re.compile(r"\w+:\S+")
_TERMS = re.compile(r"^(Value error, |(Input|List|Set|String|Tuple|Dictionary) (?=should))| after validation")


def _findings(error: ValidationError, name: str, value: Any) -> list[Finding]:
    by_path: dict[tuple[str | int, ...], list[ErrorDetails]] = {}
    for item in error.errors(include_url=False):
        path = _path_to(item["input"], tuple(item["loc"]), value) or ()
        by_path.setdefault(path, []).append(item)
    findings = []
    for path, items in by_path.items():
        goes_deeper = any(len(other) > len(path) and other[: len(path)] == path for other in by_path)
        if goes_deeper and all(map(_is_of_another_kind, items)):
            continue  # branches of a union that were not meant
        got = value
        for key in path:
            got = got[key]
        findings.append(Finding(path, _complaint(items, name, got)))
    return findings


def _is_of_another_kind(item: ErrorDetails) -> bool:
    return item["type"] in _KINDS or item["type"] in _ENUMERATIONS


def _complaint(items: Sequence[ErrorDetails], name: str, got: Any) -> str:
    """What is wrong with a value of the option `name`, from what pydantic says of every branch of a union."""
    if all(map(_is_of_another_kind, items)):
        return _complaint_of_kind(items, name, got)
    parts = [_in_words(item) for item in items if not _is_of_another_kind(item)]
    message = " or ".join(dict.fromkeys(parts))
    own_words = any(item["type"] == "value_error" for item in items)  # of a plugin, which may say what it got
    names_it = re.search(r"\w", str(got)) and re.search(rf"(?<!\w|\.){re.escape(str(got))}(?!\w|\.\d)", message)
    quotes_it = isinstance(got, str) and repr(got) in message
    is_complete = isinstance(got, dict | list) or (own_words and (names_it or quotes_it))
    return message if is_complete else f"{message}, not {shorten(got)}"


def _in_words(item: ErrorDetails) -> str:
    """What pydantic says, without its own terms."""
    if item["type"] == "missing":  # from a list of a fixed length
        return "an item is missing"
    return _TERMS.sub("", item["msg"])


def _complaint_of_kind(items: Sequence[ErrorDetails], name: str, got: Any) -> str:
    enumerations = [item["ctx"]["expected"] for item in items if item["type"] in _ENUMERATIONS]
    texts = [expected for expected in enumerations if not re.search(r"(^|, | or )[^']", expected)]
    known = [found for expected in texts for found in re.findall(r"'([^']*)'", expected)]
    kinds = {_KINDS[item["type"]] for item in items if item["type"] in _KINDS}
    if known and (isinstance(got, str) or not kinds):
        return f"unknown {name} {quoted(got)}; {nearest(str(got), known)}"
    if "a number" in kinds:
        kinds.discard("a whole number")
    wanted = [*sorted(kinds), *(f"one of {expected}" if " or " in expected else expected for expected in enumerations)]
    hint = "; is a space missing behind the colon?" if "a mapping" in kinds and _GLUED.fullmatch(str(got)) else ""
    return f"should be {' or '.join(wanted)}, not {shorten(got)}{hint}"


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


def quoted(value: Any) -> str:
    """The value as messages name it: text in single quotes, with what cannot be seen in it, anything else as JSON."""
    is_short = isinstance(value, str) and len(value) <= MAX_SHOWN
    return repr(value) if is_short else shorten(value)


def shorten(value: Any, limit: int = MAX_SHOWN) -> str:
    """The value as JSON, cut to `limit` characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _with_bounds(schema: Any) -> Any:
    """The same schema with bounds by the names that JSON Schema has for them."""
    if isinstance(schema, dict):
        return {_BOUNDS.get(key, key) if "anyOf" in schema else key: _with_bounds(part) for key, part in schema.items()}
    return [_with_bounds(part) for part in schema] if isinstance(schema, list) else schema


def _describe(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return _describe(definitions.get(schema["$ref"].rsplit("/", 1)[-1], {}), definitions)
    if "enum" in schema:
        return "one of " + ", ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    names = {"integer": "whole number", "string": "text", "boolean": "true or false", "object": "mapping"}
    name = names.get(schema.get("type", ""), schema.get("type", "anything"))
    if name == "array":
        name = f"list of {_describe(schema.get('items', {}), definitions)}"
    elif "anyOf" in schema and "type" not in schema:
        name = " or ".join(dict.fromkeys(_describe(part, definitions) for part in schema["anyOf"]))
    bounds = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}
    return " ".join([name, *(f"{word} {_number(schema[key])}" for key, word in bounds.items() if key in schema)])


def _number(bound: float) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"


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

    @property
    def documentation(self) -> str:
        """The docstring of the callable; empty when there is none but a dataclass's own, which is its signature."""
        text = inspect.getdoc(target := _target(self.function)) or ""
        return "" if text.startswith(f"{target.__name__}(") else text

    def about(self, name: str) -> str:
        """The sentences of the docstring that name this option in `backticks`, else those with the name as a word."""
        paragraphs = [" ".join(part.split()) for part in self.documentation.split("\n\n")]
        sentences = [sentence for part in paragraphs for sentence in _END.split(part)]
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        found = [text for text in sentences if f"`{name}`" in text] or [text for text in sentences if word.search(text)]
        return " ".join(text if text[-1] in ".!?" else f"{text.rstrip(';')}." for text in found)

    def validate(
        self, given: Mapping[str, Any], folder: Path, elsewhere: Mapping[str, str] = NOWHERE
    ) -> tuple[dict[str, Any], list[Finding]]:
        """The keyword arguments for the callable, and everything that is wrong with what was given.

        `elsewhere` tells of options that belong to something else which key they stand under.
        """
        valid: dict[str, Any] = {}
        findings = []
        misspelt: set[str] = set()
        for name, value in given.items():
            if name not in self.known:
                misspelt.update(near(name, self.known)[:1])
                findings.append(
                    Finding((name,), f"unknown option {name!r}; {self._advice(name, elsewhere)}", at_key=True)
                )
                continue
            valid[name], wrong = self.known[name].validate(value, folder)
            findings += [Finding((name, *finding.path), finding.message) for finding in wrong]
        for option in self:
            if option.is_required and option.name not in {*given, *misspelt}:
                findings.append(Finding((), f"option '{option.name}' ({option.type_name}) is missing"))
        return valid, findings

    def _advice(self, name: str, elsewhere: Mapping[str, str]) -> str:
        if name in elsewhere:
            return f"it belongs under '{elsewhere[name]}'"
        return nearest(name, self.known) if self.known else "it takes none"

    def resolve(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What was given, with the defaults of all other options, as plain JSON data."""
        defaults = {option.name: option.default for option in self if not option.is_required}
        resolved: dict[str, Any] = json.loads(json.dumps({**defaults, **given}, default=str))
        return resolved


def _target(function: Callable[..., Any]) -> Any:
    """The function or class that decorators and partials wrap."""
    target: Any = inspect.unwrap(function)
    while isinstance(target, partial):
        target = target.func
    return target


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of the options; one that cannot be evaluated (of the fixed parameters, say) is left out."""
    target = _target(function)
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
