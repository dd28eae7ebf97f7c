"""Options of a plugin's callable: its named parameters, whose annotations validate what YAML says."""

from __future__ import annotations

import inspect
import json
import re
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated, Any, get_type_hints
from weakref import WeakKeyDictionary

from pydantic import AfterValidator, PydanticUserError, TypeAdapter, ValidationError, ValidationInfo
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticSchemaGenerationError

from gridloom.core.spelling import spelled_place
from gridloom.errors import near, nearest
from gridloom.other_words import ours
from gridloom.registry.option_errors import Finding, findings_of, own_error
from gridloom.registry.unannotated import annotation_of

REQUIRED = inspect.Parameter.empty
"""The default of an option that has none."""

NOWHERE: Mapping[str, str] = types.MappingProxyType({})
"""Options that belong elsewhere: none."""


def belonging(names: Iterable[str], path: str) -> dict[str, str]:
    """Advice on options with these names, which belong under another key: its path, with dots between keys."""
    return {name: f"it belongs under {spelled_place(name, path)}" for name in names}


def advice_on(name: str, known: Iterable[str], elsewhere: Mapping[str, str]) -> str:
    """What to say of an unknown name: where it belongs, or else our word for it, or the nearest known ones.

    `elsewhere` has advice on names that belong elsewhere, such as `belonging(names, path)`.
    """
    names = [*known]
    if name in elsewhere:
        return elsewhere[name]
    if not {*ours(name)} & {*names} and (other := next((word for word in ours(name) if word in elsewhere), None)):
        told = elsewhere[other]
        return told if other in told else f"did you mean '{other}'? {told}"
    return nearest(name, names) if names else "it takes none"


_BOUNDS = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}
"""What pydantic leaves of bounds on a union of numbers, and what JSON Schema calls them."""


def _existing_file(path: Path, info: ValidationInfo) -> Path:
    return _existing(path, info, Path.is_file, "file")


def _existing_folder(path: Path, info: ValidationInfo) -> Path:
    return _existing(path, info, Path.is_dir, "folder")


def _existing(path: Path, info: ValidationInfo, test: Callable[[Path], bool], what: str) -> Path:
    folder = (info.context or {}).get("folder", Path())
    if folder is None:
        return path
    full: Path = folder / path
    try:
        exists = test(full)
    except (OSError, ValueError):  # a path that no file can have
        exists = False
    if not exists:
        raise ValueError(f"there is no {what} {full}")
    return full


InputFile = Annotated[Path, AfterValidator(_existing_file)]
"""Annotation of an option that names an existing file, relative to the folder of the experiment file."""

InputFolder = Annotated[Path, AfterValidator(_existing_folder)]
"""Annotation of an option that names an existing folder, relative to the folder of the experiment file."""

_END = re.compile(r"(?<=[.;])\s+(?=[A-Z`(\"'])")
"""Where a sentence of a docstring ends."""


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

    def validate(self, value: Any, folder: Path | None) -> tuple[Any, list[Finding]]:
        """The value as the callable wants it, and what is wrong with it (then the value is None).

        `value` is plain JSON data; lists become tuples and text becomes paths where the annotation says so, but text
        never becomes a number. A mapping may have those keys alone that a class in the annotation declares. Files are
        relative to `folder`; None means that they need not be there.
        """
        text = json.dumps(value)
        try:
            return self._adapter.validate_json(text, strict=True, extra="forbid", context={"folder": folder}), []
        except ValidationError as error:
            return None, findings_of(error, self.name, value)
        except Exception as error:  # of a check that a plugin wrote
            return None, [own_error(error, value)]

    def as_json(self, value: Any) -> Any:
        """A valid value as the plain JSON data that `validate` makes it of again; ValueError where there are none."""
        try:
            plain = self._adapter.dump_python(value, mode="json", warnings=False)
        except Exception as error:  # of pydantic, or of what a plugin's class does to be written
            reason = " ".join(str(error).split())
            message = f"cannot be read again from the run's experiment.yaml ({reason}): its annotation should have "
            raise ValueError(f"{message}a serializer, such as pydantic's PlainSerializer") from error
        try:
            json.dumps(plain, allow_nan=False)
        except ValueError:
            raise ValueError("must be a finite number") from None
        if findings := self.validate(plain, None)[1]:
            raise ValueError(f"cannot be read again from the run's experiment.yaml: {findings[0].message}")
        return plain

    def unwritable(self, value: Any) -> list[Finding]:
        """What is wrong with a valid value that a run could not write down."""
        try:
            self.as_json(value)
        except ValueError as error:
            return [Finding((), str(error))]
        return []


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
    return f"{name}{_bounds(schema)}"


def _bounds(schema: Mapping[str, Any]) -> str:
    """The bounds of a number, such as " >= 1" or " (0 <= x < 1)"; empty where it has none."""
    signs = {"minimum": ("<=", ">="), "exclusiveMinimum": ("<", ">"), "maximum": ("<=",), "exclusiveMaximum": ("<",)}
    given = [(_number(schema[key]), *sign) for key, sign in signs.items() if key in schema]
    if len(given) > 1:
        (low, first, _), (high, second) = given
        return f" ({low} {first} x {second} {high})"
    return "".join(f" {sign[-1]} {bound}" for bound, *sign in given)


def _number(bound: float) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"


_found: WeakKeyDictionary[Callable[..., Any], dict[int, dict[str, Option]]] = WeakKeyDictionary()
"""Options by callable and by the number of fixed parameters: evaluating annotations takes longer than validating values."""


class Options:
    """The options of a callable: every parameter after the first `fixed` ones, which the framework fills itself."""

    def __init__(self, function: Callable[..., Any], fixed: int) -> None:
        self.function = function
        self.fixed = fixed

    @cached_property
    def known(self) -> dict[str, Option]:
        """The options by name, in the order of the signature."""
        try:
            found = _found.setdefault(self.function, {})
        except TypeError:  # an object that is callable, but has no hash or no weak references
            found = {}
        if self.fixed not in found:
            found[self.fixed] = self._read()
        return found[self.fixed]

    def _read(self) -> dict[str, Option]:
        hints = hints_of(self.function)
        parameters = list(inspect.signature(self.function).parameters.values())[self.fixed :]
        return {item.name: Option(item.name, annotation_of(item, hints), item.default) for item in parameters}

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
        self,
        given: Mapping[str, Any],
        folder: Path | None,
        elsewhere: Mapping[str, str] = NOWHERE,
        folders: Mapping[str, Path] = types.MappingProxyType({}),
    ) -> tuple[dict[str, Any], list[Finding]]:
        """The keyword arguments for the callable, and everything that is wrong with what was given.

        `elsewhere` has advice on names that belong elsewhere, such as `belonging(names, key)`. Files are relative to
        `folder`, or to that of the option in `folders`.
        """
        valid: dict[str, Any] = {}
        findings = []
        misspelt: set[str] = set()
        for name, value in given.items():
            if name not in self.known:
                misspelt.update(near(name, self.known)[:1])
                findings.append(
                    Finding((name,), f"unknown option {name!r}; {advice_on(name, self.known, elsewhere)}", at_key=True)
                )
                continue
            valid[name], wrong = self.known[name].validate(value, folders.get(name, folder))
            wrong = wrong or self.known[name].unwritable(valid[name])
            findings += [Finding((name, *finding.path), finding.message, finding.at_key) for finding in wrong]
        for option in self:
            if option.is_required and option.name not in {*given, *misspelt}:
                findings.append(Finding((), f"option '{option.name}' ({option.type_name}) is missing"))
        return valid, findings

    def converted(self, given: Mapping[str, Any], folder: Path | None) -> dict[str, Any]:
        """The keyword arguments for known options; ValueError for a value that an annotation does not admit."""
        valid = {}
        for name, value in given.items():
            if name not in self.known:
                raise ValueError(f"unknown option {name!r}; {advice_on(name, self.known, NOWHERE)}")
            valid[name], findings = self.known[name].validate(value, folder)
            for finding in findings:
                raise ValueError(f"{name}: {finding.message}")
        return valid

    def resolve(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What was given, with the defaults of all other options, as plain JSON data that `validate` reads again.

        A default that YAML cannot express (NaN, an object) is omitted: it is the default again when that is read.
        """
        resolved = {}
        for option in self:
            if option.name in given:
                resolved[option.name] = option.as_json(given[option.name])
            elif not option.is_required:
                with suppress(ValueError):
                    resolved[option.name] = option.as_json(option.default)
        return resolved


def _target(function: Callable[..., Any]) -> Any:
    """The function or class that decorators and partials wrap."""
    target: Any = inspect.unwrap(function)
    while isinstance(target, partial):
        target = target.func
    return target


def hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of the options; those that cannot be evaluated (of fixed parameters, say) are omitted."""
    target = _target(function)
    module = target.__module__
    if isinstance(target, type):  # whose `__init__` may be that of a class of another module
        target = inspect.getattr_static(target, "__init__")
        module = getattr(target, "__module__", module)
    is_loaded = module in sys.modules  # that of a function which was pickled by value need not be
    namespace = vars(sys.modules[module]) if is_loaded else getattr(target, "__globals__", {})
    hints = {}
    for name, annotation in inspect.get_annotations(target).items():
        holder = types.SimpleNamespace(__annotations__={name: annotation})
        try:
            hints.update(get_type_hints(holder, globalns=namespace, include_extras=True))
        except NameError:
            continue
    return hints
