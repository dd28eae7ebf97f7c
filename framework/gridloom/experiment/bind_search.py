"""Binds `search:`: its strategy, and its space: groups of parameters to families or options, and what is to be tried to domains."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gridloom.core.space import Choices, Domain, Range, Space, canonical_json
from gridloom.errors import GridloomError, UnknownName, near, nearest
from gridloom.experiment.bound import Bound
from gridloom.experiment.experiment import first_wave
from gridloom.experiment.keys import search_keys
from gridloom.experiment.problems import Binder, KeyPath
from gridloom.registry.option_errors import shorten
from gridloom.registry.options import Option, Options
from gridloom.registry.records import NETWORK, RESERVED_GROUPS, Engine, Family, ModelBuilder, Strategy


def bind_search(
    binder: Binder,
    given: Mapping[str, Any] | None,
    model: Bound[ModelBuilder] | None,
    engine: Bound[Engine] | None,
    seed: int,
) -> tuple[Bound[Strategy] | None, Space | None, dict[str, Bound[Family]]]:
    """The strategy, the space, and its families by the name that the document gives them; problems are noted.

    There is no space where something is wrong with the search.

    Without a model or an engine (their names were wrong, say) what depends on them is left out.
    """
    if given is None:
        return None, None, {}
    before = len(binder.problems)
    groups = [*RESERVED_GROUPS, *(family.record.name for family in binder.registry.of_kind(Family))]
    search = binder.options(("search",), given, Options(search_keys, 0), dict.fromkeys(groups, "space:"))
    strategy = _strategy(binder, search)
    space, families = _space(binder, search["space"], model, engine, seed) if "space" in search else (None, {})
    if strategy and space and model and engine and len(binder.problems) == before:
        _try_first_wave(binder, strategy, space)
    return strategy, None if len(binder.problems) > before else space, families


def _strategy(binder: Binder, search: Mapping[str, Any]) -> Bound[Strategy] | None:
    """The strategy that the search names, or the default one."""
    if "strategy" in search:
        return binder.bound(Strategy.place, search["strategy"], Strategy)
    defaults = binder.registry.defaults(Strategy)
    if "space" in search and len(defaults) != 1:
        binder.report(("search",), "'strategy' is missing, and there is no one default strategy")
    return Bound(defaults[0], {}, binder.node.locate(("search",))) if len(defaults) == 1 else None


def _try_first_wave(binder: Binder, strategy: Bound[Strategy], space: Space) -> None:
    try:
        if not first_wave(strategy, space):
            binder.report(("search", "strategy"), "this strategy proposes nothing")
    except (GridloomError, ValueError) as error:
        if not _report_endless(binder, space):
            binder.report(("search", "space"), str(error))


def _report_endless(binder: Binder, space: Space) -> bool:
    """Note every domain that cannot be enumerated; returns whether there is one."""
    before = len(binder.problems)
    for group, domains in space.domains.items():
        for name, domain in domains.items():
            try:
                domain.values()
            except ValueError as error:
                binder.report(("search", "space", group, name), str(error))
    return len(binder.problems) > before


def _space(
    binder: Binder,
    groups: Mapping[str, Any],
    model: Bound[ModelBuilder] | None,
    engine: Bound[Engine] | None,
    seed: int,
) -> tuple[Space, dict[str, Bound[Family]]]:
    path: KeyPath = Family.place
    if not groups:
        binder.report(path, "the space is empty; name a family, such as 'dropout: default'")
    domains: dict[str, dict[str, Domain]] = {}
    families: dict[str, Bound[Family]] = {}
    for group, content in groups.items():
        here = (*path, group)
        if group == "model":
            domains[group] = _parameters(binder, here, content, model.record.options.known) if model else {}
        elif group == "training":
            domains[group] = _training(binder, here, content, engine) if engine else {}
        elif family := _family(binder, here, group, model, engine):
            if any(family.record is other.record for other in families.values()):
                binder.report(here, f"the family '{family.name}' stands in this space twice", at_key=True)
            families[group] = family
            domains[group] = _family_parameters(binder, here, content, family.record)
    return Space(domains, seed), families


def _training(binder: Binder, path: KeyPath, content: Any, engine: Bound[Engine]) -> dict[str, Domain]:
    options = engine.record.training_options
    if options is None:
        binder.report(path, f"engine '{engine.name}' has no training settings to search", at_key=True)
        return {}
    return _parameters(binder, path, content, options.known)


def _family(
    binder: Binder, path: KeyPath, name: str, model: Bound[ModelBuilder] | None, engine: Bound[Engine] | None
) -> Bound[Family] | None:
    try:
        provided = binder.registry.find(Family, name)
    except UnknownName as error:
        group = _group_of(binder, name, model, engine)
        told = f"'{name}' is no family; it belongs under '{group}:'" if group else binder.told(error)
        binder.report(path, told, at_key=True)
        return None
    if model and model.record.makes != NETWORK:
        binder.report(
            path,
            f"family '{name}' edits networks, but '{model.name}' makes another kind of model; search its options under "
            "'model:'",
            at_key=True,
        )
    return Bound(provided, {}, binder.node.locate(path, at_key=True))


def _group_of(binder: Binder, name: str, model: Bound[ModelBuilder] | None, engine: Bound[Engine] | None) -> str | None:
    """The group of a space that has a parameter of this name, if one does."""
    if model and name in model.record.options.known:
        return "model"
    if engine and engine.record.training_options and name in engine.record.training_options.known:
        return "training"
    families = [item.record for item in binder.registry.of_kind(Family)]
    return next((family.name for family in families if name in family.options.known), None)


def _family_parameters(binder: Binder, path: KeyPath, content: Any, family: Family) -> dict[str, Domain]:
    defaults: dict[str, Domain] = {parameter.name: parameter.default for parameter in family.parameters}
    name, content = _bare_name(content, family.options.known)
    if name == "default":
        content = dict.fromkeys(defaults, "default") | content
    if not content or name not in ("default", None):
        names = ", ".join(f"'{name}'" for name in defaults)
        binder.report(path, f"write 'default', or a mapping of {names} to values to try")
        return {}
    misspelt = [match for name in content if name not in defaults for match in near(name, defaults)[:1]]
    for option in family.options:
        if option.is_required and option.name not in {*content, *misspelt}:
            binder.report(path, f"'{option.name}' is missing; give values to try, or 'default'", at_key=True)
    return _parameters(binder, path, content, family.options.known, defaults)


def _bare_name(content: Any, known: Mapping[str, Option]) -> tuple[Any, dict[str, Any]]:
    """The bare name that stands for `content`, if one does, and the mapping: either, or both with a setting over it.

    A setting makes `{name: default, dropout_rate: [0.1]}` of `default`, as it does wherever it meets a bare name.
    """
    if not isinstance(content, dict):
        return content, {}
    rest = {key: value for key, value in content.items() if key in known or key != "name"}
    return (content["name"] if len(rest) < len(content) else None), rest


def _parameters(
    binder: Binder,
    path: KeyPath,
    content: Any,
    known: Mapping[str, Option],
    defaults: Mapping[str, Domain] | None = None,
) -> dict[str, Domain]:
    if not isinstance(content, dict) or not content:
        binder.report(path, f"write a mapping of parameters to values to try; known: {', '.join(known)}")
        return {}
    domains: dict[str, Domain] = {}
    for name, values in content.items():
        here = (*path, name)
        if name not in known:
            binder.report(here, f"unknown parameter {name!r}; {nearest(name, known)}", at_key=True)
        elif values == "default" and defaults:
            domains[name] = defaults[name]
        elif isinstance(values, list):
            domains |= {name: choices} if (choices := _choices(binder, here, values, known[name])) else {}
        elif isinstance(values, dict) and {"low", "high"} & values.keys():
            domains |= {name: span} if (span := _range(binder, here, values, known[name])) else {}
        else:
            binder.report(
                here,
                f"{shorten(values)} is no list of values to try, such as [1, 2], nor a range such as "
                "{low: 1, high: 9, step: 2}",
            )
    return domains


def _choices(binder: Binder, path: KeyPath, values: list[Any], option: Option) -> Choices | None:
    if not values:
        binder.report(path, "this list is empty; there is nothing to try")
        return None
    seen: set[str] = set()
    chosen: list[Any] = []
    for index, value in enumerate(values):
        text = canonical_json(value)
        if text in seen:
            binder.report((*path, index), f"{shorten(value)} stands in this list twice")
        seen.add(text)
        valid, findings = option.validate(value, binder.source.folder)
        binder.report_findings((*path, index), findings)
        is_input_file = isinstance(valid, Path) and valid.is_absolute()
        chosen.append(str(valid) if is_input_file else value)  # as the run's experiment.yaml names it from elsewhere
    return Choices(*chosen)


def _range(binder: Binder, path: KeyPath, given: dict[str, Any], option: Option) -> Range | None:
    before = len(binder.problems)
    binder.options(path, given, Options(Range, 0))
    if len(binder.problems) > before:
        return None
    try:
        span = Range(**given)
        ends = (span.low, span.high) if span.step is span.count is None else span.values()
    except ValueError as error:
        binder.report(path, str(error))
        return None
    for value in ends:
        for finding in option.validate(value, binder.source.folder)[1]:
            binder.report(path, f"its value {value} {finding.message.removesuffix(f', not {shorten(value)}')}")
            return None
    return span
