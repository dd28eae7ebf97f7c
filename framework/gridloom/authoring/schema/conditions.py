"""JSON Schema of what depends on the model and the engine: options to search, settings, and what goes together."""

from __future__ import annotations

from collections.abc import Iterator

from gridloom.authoring.schema.spaces import of_model, of_parameters
from gridloom.authoring.schema.things import naming
from gridloom.authoring.schema.values import Schema, mapping, of_options, required
from gridloom.core.following import HELD_OUT, MONITOR
from gridloom.experiment.bind_training import BESIDE
from gridloom.registry.records import NETWORK, RESERVED_GROUPS, Callback, Engine, ModelBuilder
from gridloom.registry.registry import Provided, Registry

_BESIDE = dict.fromkeys(BESIDE.known, True)
"""What may stand beside the settings of any engine; what it takes is said elsewhere."""

_COMPLAINT = {
    "errorMessage": f"it monitors held-out rows; write 'validation: 0.2' under 'training:', or monitor a name without "
    f"'{HELD_OUT}'"
}


def of_builder(item: Provided[ModelBuilder], registry: Registry) -> Schema:
    """Where this builder is named, its options are what `space: model:` may search."""
    searched = _space({"properties": {"model": of_model(item.record)}})
    return {"if": _has("model", naming([item], registry)), "then": {"properties": searched}}


def of_kind(kind: str, registry: Registry) -> Iterator[Schema]:
    """Where the model is of this kind: families for networks alone, engines that train it, and what `auto` takes."""
    builders = [item for item in registry.of_kind(ModelBuilder) if item.record.makes == kind]
    able = registry.engines_for(kind)
    named = _has("model", naming(builders, registry))
    if not able:
        yield {"if": named, "then": {"properties": {"model": False}}}
        return
    complaint = f"it does not train models of the kind '{kind}'; write auto"
    yield {
        "if": named,
        "then": {"properties": {"engine": naming(able, registry, "auto", complaint=complaint)}},
    }
    if kind != NETWORK:
        yield {"if": named, "then": {"properties": _space({"propertyNames": {"enum": [*RESERVED_GROUPS]}})}}
    is_auto = {"properties": {"engine": naming([], registry, "auto")}}
    yield {"if": {"allOf": [named, is_auto]}, "then": _settings(able[0].record)}


def of_engine(item: Provided[Engine], registry: Registry) -> Schema:
    """Where this engine is named, what it says of settings counts."""
    return {"if": _has("engine", naming([item], registry)), "then": _settings(item.record)}


def of_callbacks(registry: Registry) -> Iterator[Schema]:
    """Where options of a callback are searched, it stands under `training:`; and what rows held out for it are needed for."""
    callbacks = registry.of_kind(Callback)
    for name in sorted({item.record.name for item in callbacks}):
        named = naming([item for item in callbacks if item.record.name == name], registry)
        present = {"properties": {"callbacks": {"contains": named}}, "required": ["callbacks"]}
        searched = _having("callbacks", name)
        space = {"anyOf": [searched, {"type": "array", "contains": searched}]}
        is_searched = _having("search", "space", value=space)
        yield {"if": is_searched, "then": {"properties": {"training": present}, "required": ["training"]}}
    if not callbacks:
        return
    defaults = [(item, item.record.options.known.get(MONITOR)) for item in callbacks]
    watching = [item for item, option in defaults if option and str(option.default).startswith(HELD_OUT)]
    names = naming(watching, registry)["anyOf"][0]["pattern"]
    other, elsewhere = ({"pattern": f"^(?!{text.removeprefix('^')})", **_COMPLAINT} for text in (names, HELD_OUT))
    says = {"required": [MONITOR]}
    items = {
        "if": {"type": "object"},
        "then": {"if": says, "then": {"properties": {MONITOR: elsewhere}}, "else": {"properties": {"name": other}}},
        "else": other,
    }
    values = {"if": {"type": "string"}, "then": elsewhere, "else": {"items": elsewhere}}
    tried = {"additionalProperties": {"properties": {MONITOR: {**values, "properties": {"values": values}}}}}
    without = {"not": {"required": ["validation"], "properties": {"validation": {"type": "number"}}}}
    yield {
        "if": {"properties": {"training": without}},
        "then": {
            "properties": {
                "training": {"properties": {"callbacks": {"items": items}}},
                **_space({"properties": {"callbacks": tried}}),
            }
        },
    }


def _settings(engine: Engine) -> Schema:
    """What stands under `training:`, what of it is searched, and whether there is a refit, with this engine."""
    refit: dict[str, Schema] = {} if engine.refit else {"refit": {"const": False}}
    options = engine.training_options
    if options is None:
        nothing = mapping(_BESIDE) | {"type": ["object", "null"]}
        return {"properties": {"training": nothing, **_space({"properties": {"training": False}}), **refit}}
    needed = required(options)
    settings = mapping({**of_options(options), **_BESIDE}, needed) | {
        "type": "object" if needed else ["object", "null"]
    }
    searched = _space({"properties": {"training": of_parameters(options)}})
    then: Schema = {"properties": {"training": settings, **searched, **refit}}
    return {**then, "required": ["training"]} if needed else then


def _has(key: str, value: Schema) -> Schema:
    """Whether an experiment has this key with such a value."""
    return {"properties": {key: value}, "required": [key]}


def _having(key: str, *inner: str, value: Schema | None = None) -> Schema:
    """Whether there is a mapping with this key, which holds one with the next, and so on, the last with such a value."""
    inside = _having(*inner, value=value) if inner else value
    return {"type": "object", "required": [key], **({"properties": {key: inside}} if inside else {})}


def _space(schema: Schema) -> dict[str, Schema]:
    """The property `search` of an experiment whose space is such, or each mapping of it where it is a list of them."""
    return {"search": {"properties": {"space": {**schema, "items": schema}}}}
