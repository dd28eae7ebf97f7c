"""JSON Schema of the keys of an experiment, whatever model and engine it names."""

from __future__ import annotations

from collections.abc import Mapping

from gridloom.authoring.schema.spaces import DEFAULT, of_parameters
from gridloom.authoring.schema.things import families, naming, renamed, selection, selections
from gridloom.authoring.schema.values import NULL, Schema, folded, mapping, of_option, of_options, one_of, required
from gridloom.core.relations import WORDS
from gridloom.experiment.keys import (
    dataset_keys,
    experiment_keys,
    limits_keys,
    preprocess_keys,
    published_keys,
    search_keys,
    stop_keys,
    training_keys,
)
from gridloom.experiment.split_methods import DEFAULT_METHOD, METHODS, method_options
from gridloom.experiment.splits import validation_keys
from gridloom.registry.options import Options
from gridloom.registry.records import (
    KINDS,
    RESERVED_GROUPS,
    Callback,
    Dataset,
    Executor,
    ModelBuilder,
    Strategy,
    Transform,
)
from gridloom.registry.registry import Registry


def experiment_properties(registry: Registry, named: Mapping[str, str]) -> Schema:
    """The mapping that an experiment is; the engine's settings and some groups of the space are left open.

    `named` are executors by other names.
    """
    special: dict[str, list[Schema]] = {
        **{kind.place[0]: selections(registry, kind) for kind in KINDS if len(kind.place) == 1},
        "dataset": selection(registry, Dataset, of_options(Options(dataset_keys, 0))),
        "executor": [*selections(registry, Executor), *renamed(registry, Executor, named)],
        "preprocess": [_preprocess(registry)],
        "search": [_search(registry)],
        "training": [_training(registry)],
        "validation": _validation(),
        "published": _published(),
    }
    return _keys(Options(experiment_keys, 0), special)


def _keys(options: Options, special: Mapping[str, list[Schema]]) -> Schema:
    """A mapping of these keys; the special ones take these alternatives, or null where their annotation does."""
    properties: dict[str, Schema] = {}
    for option in options:
        ways = special.get(option.name)
        if ways is None:
            properties[option.name] = of_option(options, option)
            continue
        admits_null = NULL in option.json_schema.get("anyOf", [])
        schema = one_of([*ways, NULL] if admits_null else ways, description=options.about(option.name))
        properties[option.name] = folded(schema)
    return mapping(properties, required(options))


def _training(registry: Registry) -> Schema:
    """What may stand beside the settings of an engine, and anything else."""
    callbacks = {"type": "array", "minItems": 1, "items": one_of(selection(registry, Callback))}
    beside = _keys(Options(training_keys, 0), {"callbacks": [callbacks]})
    return {"type": "object", "properties": beside["properties"]}


def _preprocess(registry: Registry) -> Schema:
    """A list of steps."""
    steps = selection(registry, Transform, of_options(Options(preprocess_keys, 0)))
    return {"type": "array", "minItems": 1, "items": one_of(steps)}


def _searched_steps(registry: Registry) -> Schema:
    """What is tried of steps, by their names, which are the experiment's own: transforms, or values for options."""
    name = one_of([*naming(registry.of_kind(Transform), registry)["anyOf"][:1], NULL])
    transforms: Schema = {"type": "array", "minItems": 1, "uniqueItems": True, "items": name}
    options = {"type": "object", "minProperties": 1}
    about = RESERVED_GROUPS["preprocess"]
    return {
        "type": "object",
        "description": about,
        "minProperties": 1,
        "additionalProperties": {"anyOf": [transforms, options]},
    }


def _searched_callbacks(registry: Registry) -> Schema:
    """What is tried of callbacks, by their names, which are those without a plugin's in front."""
    found: dict[str, list[Schema]] = {}
    for item in registry.of_kind(Callback):
        found.setdefault(item.record.name, []).append(of_parameters(item.record.options))
    options = {name: one_of(ways) for name, ways in found.items()}
    return mapping(options, minProperties=1, description=RESERVED_GROUPS["callbacks"])


def _search(registry: Registry) -> Schema:
    """What stands under `search:`."""
    options = Options(search_keys, 0)
    groups: dict[str, Schema] = {
        group: {"type": "object", "description": text} for group, text in RESERVED_GROUPS.items()
    }
    if any(item.record.domains for item in registry.of_kind(ModelBuilder)):
        groups["model"] = {"anyOf": [DEFAULT, groups["model"]], "description": RESERVED_GROUPS["model"]}
    found = families(registry)
    space = {"type": "object", "minProperties": 1, **found, "additionalProperties": False}
    special = {"callbacks": _searched_callbacks(registry), "preprocess": _searched_steps(registry)}
    space["properties"] = {**found["properties"], **groups, **special}
    strategy = selection(registry, Strategy)
    special_keys: dict[str, list[Schema]] = {
        "space": [space, {"type": "array", "minItems": 1, "items": space}],
        "strategy": [*strategy, _then(strategy)],
        "require": [{"type": "array", "items": _relation()}],
        "warm_start": [{"type": "string"}],  # with `default: null` beside it, an editor would offer less than all keys
        "stop": [_keys(Options(stop_keys, 0), {})],
        "limits": [_keys(Options(limits_keys, 0), {})],
    }
    schema = _keys(options, special_keys)
    if len(registry.defaults(Strategy)) != 1:
        schema["required"] = [*schema["required"], "strategy"]
    return schema


def _then(strategy: list[Schema]) -> Schema:
    """Strategies that follow each other."""
    about = "strategies in sequence: each learns from the trials of those before it"
    several = {"type": "array", "minItems": 1, "items": one_of(strategy), "description": about}
    return mapping({"then": several}, ["then"])


def _relation() -> Schema:
    """What must hold between parameters: a relation and their names."""
    names = {"type": "array", "minItems": 2, "uniqueItems": True, "items": {"type": "string"}}
    words: dict[str, Schema] = {
        kind: {**names, "description": f"each must be {words}"} for kind, words in WORDS.items()
    }
    return mapping(words, minProperties=1, maxProperties=1)


def _validation() -> list[Schema]:
    """The ways to say how candidates are scored."""
    bare = [{"const": method, "description": method_options(method).documentation} for method in METHODS]
    return [*bare, *(_method(method) for method in METHODS)]


def _method(method: str) -> Schema:
    """A mapping with this method, named by `method` or by `name` (the default one by neither, too), and its options."""
    options, beside = of_options(method_options(method)), of_options(Options(validation_keys, 0))
    about = method_options(method).documentation
    name = {"const": method, "description": about}
    beside["nested"] = {**mapping(options), **beside["nested"], "additionalProperties": False}
    named = _one_key("method", "name")
    if method == DEFAULT_METHOD:
        named.pop("anyOf")
    keys = mapping({"method": name, **options, **beside}, title=f"validation by {method}", description=about)
    return {**keys, "patternProperties": {"^name$": name}, **named}


def _published() -> list[Schema]:
    """The ways to name published scores: a path, or a mapping of `file` (or `name`) and `experiment`."""
    keys = of_options(Options(published_keys, 0))
    named = {"patternProperties": {"^name$": keys["file"]}, **_one_key("file", "name")}
    return [{"type": "string"}, {**mapping(keys), **named}]


def _one_key(*names: str) -> Schema:
    """What a mapping matches that has one of two keys; editors complete this better than `oneOf`."""
    return {"anyOf": [{"required": [name]} for name in names], "not": {"required": [*names]}}
