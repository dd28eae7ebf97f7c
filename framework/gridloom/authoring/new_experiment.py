"""Composes the text of a new experiment: commented YAML that says what could be said, and is valid as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridloom.authoring.schema import HEADER
from gridloom.authoring.strategy_lines import strategy_lines
from gridloom.authoring.yaml_examples import may_watch
from gridloom.authoring.yaml_lines import pair
from gridloom.core.domains import Domain, Range
from gridloom.errors import CannotWrite, InvalidInput
from gridloom.experiment import yaml_document
from gridloom.experiment.bind import bind
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.source import Source
from gridloom.experiment.space_as_yaml import as_yaml
from gridloom.experiment.split_methods import DEFAULT_METHOD, METHODS, method_options
from gridloom.registry.option import Option
from gridloom.registry.options import Options
from gridloom.registry.record import Record
from gridloom.registry.records import Callback, Dataset, Engine, Family, ModelBuilder, Reporter, Strategy
from gridloom.registry.registry import Provided, Registry

COUNT = 5
"""How many values are tried of a range that does not say."""


@dataclass(frozen=True)
class Wanted:
    """What an experiment is to be about: each selection has a `name` and maybe options."""

    dataset: Mapping[str, Any]
    model: Mapping[str, Any]
    families: Sequence[str]
    name: str
    strategy: Mapping[str, Any] | None = None
    """The default one if it is None."""


def compose(wanted: Wanted, registry: Registry, file: Path) -> str:
    """The text of the experiment, to be written to `file`.

    Raises UnknownName for a thing that no plugin provides, and CannotWrite when the experiment would not be valid.
    """
    text = "\n".join(_lines(wanted, registry)) + "\n"
    bound(text, registry, file)
    return text


def bound(text: str, registry: Registry, file: Path) -> Experiment:
    """The experiment in a text that is to be written to `file`; CannotWrite when it is not valid."""
    node = yaml_document.read_text(text, str(file))
    try:
        return bind(Source(node, file.resolve().parent, file.stem), registry)
    except InvalidInput as error:  # without places: there is no such file
        reasons = "; ".join(problem.message for problem in error.problems)
        raise CannotWrite(f"this experiment would not be valid: {reasons}") from None


def _lines(wanted: Wanted, registry: Registry) -> Iterator[str]:
    model = registry.find(ModelBuilder, wanted.model["name"])
    yield HEADER
    yield "# `gridloom check` validates this file, `gridloom run` runs it; `gridloom plugins show NAME` describes a name."
    yield "# Commented lines are defaults, or other things you can write."
    yield pair("name", wanted.name)
    yield "# description: The question that this experiment answers."
    yield ""
    yield from _selection("dataset", registry.find(Dataset, wanted.dataset["name"]), wanted.dataset)
    yield "  # sample: 0.5  # use only half of the rows, to try things out"
    yield ""
    yield from _selection("model", model, wanted.model)
    yield ""
    families = [registry.find(Family, name).record for name in wanted.families]
    yield from _training(model.record, registry, is_watched=any(map(may_watch, families)))
    yield from strategy_lines(wanted.strategy or {"name": _default_strategy(registry)}, registry)
    yield "  space:  # a list of values, or a range such as {low: 1, high: 9, step: 2}"
    yield from _space(wanted, model, registry)
    yield ""
    validation = {"method": DEFAULT_METHOD, **method_options(DEFAULT_METHOD).resolve({})}
    yield f"{pair('validation', validation)}  # or {', '.join(sorted(METHODS.keys() - {DEFAULT_METHOD}))}"
    yield "# scoring: accuracy  # any scorer of scikit-learn; accuracy for classes and r2 for numbers"
    yield "seed: 7"
    yield f"engine: auto{_others(registry, Engine)}"
    reporters = [item.record.name for item in registry.defaults(Reporter)]
    yield f"{pair('reporters', reporters)}{_others(registry, Reporter)}"


def _selection(key: str, item: Provided[Any], given: Mapping[str, Any]) -> Iterator[str]:
    """A thing by name, with the options it was given, and those that it could be given as comments."""
    yield f"# {item.record.summary}"
    yield f"{key}:"
    for name, value in given.items():
        yield f"  {pair(name, value)}"
    yield from _commented(item.record.options, given)


def _commented(options: Options, given: Mapping[str, Any] = {}) -> Iterator[str]:
    """The options that were not given, with defaults and types."""
    defaults = options.resolve({})
    for option in options:
        if option.name not in given and option.name in defaults:
            yield f"  # {pair(option.name, defaults[option.name])}  # {option.type_name}"


def _training(model: ModelBuilder, registry: Registry, *, is_watched: bool) -> Iterator[str]:
    """The training settings of the engine that would be chosen, if it has any; rows are held out where something watches them."""
    engine = next((item.record for item in registry.engines_for(model.makes)), None)
    if engine is None or engine.training_options is None:
        return
    yield "# How a network is trained:"
    yield "training:"
    defaults = engine.training_options.resolve({})
    first, *_ = defaults
    yield f"  {pair(first, defaults[first])}"
    yield from _commented(engine.training_options, {first: None})
    if engine.validates:
        yield f"  {'' if is_watched else '# '}validation: 0.2  # the share of the training rows held out in every split to monitor training"
    callbacks = [item.record for item in registry.of_kind(Callback)] if engine.decides else []
    for callback in [item for item in callbacks if not any(option.is_required for option in item.options)][:1]:
        others = dict.fromkeys(item.name for item in callbacks if item is not callback)
        yield f"  # callbacks: [{callback.name}]  # what happens between epochs; others: {', '.join(others)}"
    yield ""


def _space(wanted: Wanted, model: Provided[ModelBuilder], registry: Registry) -> Iterator[str]:
    """The domains of the families; without families, values for one of the builder's options."""
    for name in wanted.families:
        family = registry.find(Family, name).record
        yield f"    # {family.summary}"
        yield f"    {name}:"
        for parameter in family.parameters:
            yield f"      {pair(parameter.name, _tried(parameter.default))}"
    if wanted.families:
        return
    for option in model.record.options:
        values = values_to_try(option)
        if len(values) > 1:
            yield "    # options of the model can be searched as well"
            yield "    model:"
            yield f"      {pair(option.name, values)}"
            return
    raise CannotWrite(
        f"there is nothing to search: '{model.record.name}' has no options to guess values for, and you named no family"
    )


def values_to_try(option: Option) -> list[Any]:
    """Values for an option, as its default and annotation suggest: the default first, then others that are valid."""
    if option.is_required or option.default is None:
        return []
    default = json.loads(json.dumps(option.default, default=str))
    if isinstance(default, bool):
        others: list[Any] = [not default]
    elif isinstance(default, int):
        others = [max(1, default // 2), default * 2]
    elif isinstance(default, float):
        others = [default / 10, default * 10]
    elif isinstance(default, list) and default and all(isinstance(item, int) for item in default):
        others = [[2 * item for item in default], [*default, *default]]
    else:
        others = []
    values = [value for value in [default, *others] if not option.validate(value, Path())[1]]
    return [value for place, value in enumerate(values) if value not in values[:place]]


def _tried(domain: Domain) -> Any:
    """What YAML would say for a domain, such that it can be enumerated."""
    if isinstance(domain, Range):
        said = as_yaml(domain)
        try:
            domain.values()
        except ValueError:
            said["count"] = COUNT
        return said
    return as_yaml(domain)


def _default_strategy(registry: Registry) -> str:
    for item in registry.defaults(Strategy):
        return item.record.name
    raise CannotWrite("no plugin provides a default strategy")


def _others(registry: Registry, kind: type[Record]) -> str:
    """A comment with what else there is of a kind, or nothing."""
    names = [item.record.name for item in registry.of_kind(kind) if not getattr(item.record, "default", False)]
    return f"  # others: {', '.join(dict.fromkeys(names))}" if names else ""
