"""JSON Schema of `search: space:`: what may be tried for a parameter, and the groups that parameters stand in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridloom.authoring.schema.values import NULL, Schema, mapping, of_options, one_of, required
from gridloom.core.domains import Domain, Range
from gridloom.registry.descriptions import default_domains, text_about_option
from gridloom.registry.option import Option
from gridloom.registry.options import Options
from gridloom.registry.records import Family, ModelBuilder

DEFAULT: Schema = {"const": "default"}
"""The word for the own values of a family or a model."""

WHEN: Schema = {
    "type": "object",
    "minProperties": 1,
    "description": "the parameter exists only where other parameters, by name, have this value or one of these",
    "additionalProperties": {"if": {"type": "array"}, "then": {"minItems": 1}},
}
"""A condition: other parameters and the values that they have."""

_SCALAR = ("string", "integer", "number", "boolean")

_WHOLE = ("integer", "string", "boolean")
"""Types whose equal values have equal texts: 1 and 1.0 are two values to try, but the same to `uniqueItems`."""


def of_family(family: Family) -> Schema:
    """What may stand behind a family's name."""
    return _or_default(family, required(family.options))


def of_model(builder: ModelBuilder) -> Schema:
    """What may stand behind `model:` in a space."""
    return _or_default(builder, []) if builder.domains else of_parameters(builder.options)


def _or_default(record: Family | ModelBuilder, always: list[str]) -> Schema:
    """The word `default`, or parameters with values to try, or both."""
    domains = default_domains(record)
    own, alone = (of_parameters(record.options, domains, needed) for needed in (always, ["name"]))
    if "name" not in domains:  # what `--set` makes of the word, see `_bare_name` in space_binding
        own["patternProperties"], alone["patternProperties"] = {"^name$": NULL}, {"^name$": DEFAULT}
    return {"anyOf": [DEFAULT, own, *([alone] if "name" not in domains else [])]}


def of_parameters(
    options: Options, domains: Mapping[str, Domain] | None = None, needed: list[str] | None = None
) -> Schema:
    """A group of parameters with values to try, at least one."""
    axes = {option.name: _axis(options, option, domains) for option in options}
    return mapping(axes, needed or (), minProperties=1)


def _axis(options: Options, option: Option, domains: Mapping[str, Domain] | None) -> Schema:
    """What may be tried for one parameter: a list of values, one fixed value, a range of numbers, or a family's own values.

    With `when`, it is tried where other parameters have certain values.
    """
    value = option.json_schema
    unique = {"uniqueItems": True} if value.get("type") in _WHOLE else {}
    ways: list[Schema] = [DEFAULT] if domains else []
    ways.append({"type": "array", "minItems": 1, **unique, "items": value})
    fixed = _fixed(value)
    ways += [fixed] if fixed else []
    conditional = [mapping({"values": one_of(ways), "when": WHEN}, ["values", "when"])]
    if _may_be_number(value, value.get("$defs", {})):
        ways.append(_range(value))
        conditional.append(_range(value, {"when": WHEN}))
    return one_of([*ways, *conditional], description=text_about_option(options, option, domains))


def _fixed(value: Schema) -> Schema | None:
    """One value without a list around it, if the parameter takes a text, a number or a boolean; no family's `default`."""
    if value.get("type") in _SCALAR:
        return value if value["type"] != "string" else {"allOf": [value, {"not": DEFAULT}]}
    return {"type": [*_SCALAR], "allOf": [value, {"not": DEFAULT}]}


def _range(value: Schema, more: Mapping[str, Schema] | None = None) -> Schema:
    """A range of numbers, the first of which the parameter takes; `more` are keys that stand beside its own."""
    options = Options(Range, 0)
    keys = of_options(options)
    is_number = value.get("type") in ("integer", "number")
    keys["low"] = {
        "description": keys["low"]["description"],
        **(value if is_number else {"type": "number", "allOf": [value]}),
    }
    return mapping({**keys, **(more or {})}, [*required(options), *(more or ())])


def _may_be_number(schema: Any, definitions: Mapping[str, Any]) -> bool:
    """Whether a number may match; True where it is hard to say."""
    if not isinstance(schema, dict):
        return bool(schema)
    if "$ref" in schema:
        return _may_be_number(definitions.get(schema["$ref"].rsplit("/", 1)[-1], True), {})
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if values is not None:
        return any(isinstance(item, int | float) and not isinstance(item, bool) for item in values)
    if "anyOf" in schema:
        return any(_may_be_number(part, definitions) for part in schema["anyOf"])
    return schema.get("type", "number") in ("integer", "number")
