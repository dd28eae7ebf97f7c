"""Binds `search:`: its strategy, and its space: groups of parameters to families or options, and what is to be tried to domains."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gridloom.core.space import Domain, Space
from gridloom.errors import GridloomError, UnknownName, near, nearest
from gridloom.experiment.bind_domains import domain_of
from gridloom.experiment.bind_preprocess import bind_searched_steps
from gridloom.experiment.bind_training import bind_searched_callbacks, unwatched_family
from gridloom.experiment.bound import Bound
from gridloom.experiment.experiment import first_wave
from gridloom.experiment.keys import limits_keys, search_keys
from gridloom.experiment.preprocessing import BoundStep
from gridloom.experiment.problems import Binder, KeyPath
from gridloom.experiment.training import Training
from gridloom.registry.options import Option, Options
from gridloom.registry.records import NETWORK, RESERVED_GROUPS, Engine, Family, ModelBuilder, Strategy


@dataclass(frozen=True)
class Search:
    """What an experiment says of its search: there is no strategy or space where something is wrong with it.

    `families` are by the names that the document gives them; `steps` are those of preprocessing, with what is tried in
    their place.
    """

    strategy: Bound[Strategy] | None = None
    space: Space | None = None
    families: Mapping[str, Bound[Family]] = field(default_factory=dict)
    steps: Sequence[BoundStep] = ()
    limits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Searched:
    """What a space may be about; without a model or an engine (their names were wrong, say) it is left unchecked."""

    model: Bound[ModelBuilder] | None
    engine: Bound[Engine] | None
    steps: Sequence[BoundStep]
    training: Training


def bind_search(binder: Binder, given: Mapping[str, Any] | None, about: Searched, seed: int) -> Search:
    """The strategy, the space and what the space is about; problems are noted."""
    if given is None:
        return Search(steps=about.steps)
    before = len(binder.problems)
    groups = [*RESERVED_GROUPS, *(family.record.name for family in binder.registry.of_kind(Family))]
    search = binder.options(("search",), given, Options(search_keys, 0), dict.fromkeys(groups, "space:"))
    strategy = _strategy(binder, search)
    found = _space(binder, search["space"], about, seed) if "space" in search else Search(steps=about.steps)
    if strategy and found.space and about.model and about.engine and len(binder.problems) == before:
        _try_first_wave(binder, strategy, found.space)
    space = None if len(binder.problems) > before else found.space
    limits = (
        binder.options(("search", "limits"), search.get("limits") or {}, Options(limits_keys, 0))
        if search.get("limits") is not None
        else {}
    )
    return Search(strategy, space, found.families, found.steps, limits)


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


def _space(binder: Binder, groups: Mapping[str, Any], about: Searched, seed: int) -> Search:
    path: KeyPath = Family.place
    if not groups:
        binder.report(path, "the space is empty; name a family, such as 'dropout: default'")
    domains: dict[str, dict[str, Domain]] = {}
    families: dict[str, Bound[Family]] = {}
    steps = about.steps
    for group, content in groups.items():
        here = (*path, group)
        if group == "model":
            domains[group] = _parameters(binder, here, content, about.model.record.options.known) if about.model else {}
        elif group == "training":
            domains[group] = _training(binder, here, content, about.engine) if about.engine else {}
        elif group == "callbacks":
            domains[group] = bind_searched_callbacks(binder, here, content, about.training)
        elif group == "preprocess":
            domains[group], steps = bind_searched_steps(binder, here, content, steps)
        elif family := _family(binder, here, group, about.model, about.engine):
            if any(family.record is other.record for other in families.values()):
                binder.report(here, f"the family '{family.name}' stands in this space twice", at_key=True)
            families[group] = family
            domains[group] = _family_parameters(binder, here, content, family.record)
            if problem := unwatched_family(binder, family.record, domains[group], about.training):
                binder.report(here, problem, at_key=True)
    _report_searched_twice(binder, domains, families)
    return Search(None, Space(domains, seed), families, steps)


def _report_searched_twice(
    binder: Binder, domains: Mapping[str, Mapping[str, Domain]], families: Collection[str]
) -> None:
    """Note every training setting that is searched by a family, too: what the family sets would hold."""
    for group in families:
        for name in domains[group].keys() & domains.get("training", {}).keys():
            told = f"'{name}' is searched under 'training:' as well, and what the family sets would hold; search one of them"
            binder.report((*Family.place, group, name), told, at_key=True)


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
        elif domain := domain_of(binder, here, values, known[name], (defaults or {}).get(name)):
            domains[name] = domain
    return domains
