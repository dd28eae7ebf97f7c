"""One option of a plugin's callable: its annotation validates what YAML says, and describes it to readers."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, PydanticUserError, TypeAdapter, ValidationError, ValidationInfo
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticSchemaGenerationError

from gridloom.registry.option_errors import Finding, findings_of, own_error

REQUIRED = inspect.Parameter.empty
"""The default of an option that has none."""

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
