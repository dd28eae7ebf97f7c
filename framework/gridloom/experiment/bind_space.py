"""Binds `search: space:`: groups of parameters to families or options, and what is to be tried to domains."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gridloom.core.domains import Domain
from gridloom.core.spelling import is_python, spelled, spelled_place, spelled_value
from gridloom.core.subspace import Domains
from gridloom.errors import UnknownName, near, nearest
from gridloom.experiment.bind_domains import domain_of
from gridloom.experiment.bind_preprocess import bind_searched_steps
from gridloom.experiment.bind_training import bind_searched_callbacks, unwatched_family
from gridloom.experiment.bound import Bound
from gridloom.experiment.preprocessing import BoundStep
from gridloom.experiment.problems import Binder, KeyPath
from gridloom.experiment.training import Training
from gridloom.registry.option import Option
from gridloom.registry.records import NETWORK, Engine, Family, ModelBuilder


@dataclass(frozen=True)
class Searched:
    """What a space may be about; without a model or an engine (their names were wrong, say) it is left unchecked."""

    model: Bound[ModelBuilder] | None
    engine: Bound[Engine] | None
    steps: Sequence[BoundStep]
    training: Training


@dataclass(frozen=True)
class FoundSpace:
    """The mappings of a space, the families that they name, and the steps of preprocessing with what is tried in their place."""

    subspaces: Sequence[Domains] = ()
    families: Mapping[str, Bound[Family]] = field(default_factory=dict)
    steps: Sequence[BoundStep] = ()


def bind_space(binder: Binder, path: KeyPath, given: Any, about: Searched) -> FoundSpace:
    """The mapping of a space, or the several of a union; problems are noted."""
    if not isinstance(given, list):
        return _subspace(binder, path, given, about)
    found = FoundSpace((), {}, about.steps)
    if not given:
        binder.report(path, "this list is empty; give the mappings of a union, or one mapping without a list")
    for index, mapping in enumerate(given):
        here = (*path, index)
        part = _subspace(binder, here, mapping, Searched(about.model, about.engine, found.steps, about.training))
        found = FoundSpace((*found.subspaces, *part.subspaces), {**found.families, **part.families}, part.steps)
    return found


def _subspace(binder: Binder, path: KeyPath, groups: Mapping[str, Any], about: Searched) -> FoundSpace:
    if not groups:
        binder.report(path, f"the space is empty; name a family, such as {spelled('dropout', 'default')}")
    domains: dict[str, dict[str, Domain]] = {}
    families: dict[str, Bound[Family]] = {}
    steps = about.steps
    for group, content in groups.items():
        here = (*path, group)
        if group == "model":
            domains[group] = _model(binder, here, content, about.model.record) if about.model else {}
        elif group == "training":
            domains[group] = _training(binder, here, content, about.engine) if about.engine else {}
        elif group == "callbacks":
            domains[group] = bind_searched_callbacks(binder, here, content, about.training)
        elif group == "preprocess":
            domains[group], steps = bind_searched_steps(binder, here, content, steps)
        elif family := _family(binder, here, group, about.model, about.engine):
            if any(family.record is other.record for other in families.values()):
                binder.report(here, f"the family '{family.name}' is in this space twice", at_key=True)
            families[group] = family
            domains[group] = _family_parameters(binder, here, content, family.record)
            if problem := unwatched_family(binder, family.record, domains[group], about.training):
                binder.report(here, problem, at_key=True)
    _report_searched_twice(binder, path, domains, families)
    return FoundSpace((domains,), families, steps)


def _report_searched_twice(
    binder: Binder, path: KeyPath, domains: Mapping[str, Mapping[str, Domain]], families: Collection[str]
) -> None:
    """Note every training setting that is searched by a family, too: what the family sets would hold."""
    for group in families:
        for name in domains[group].keys() & domains.get("training", {}).keys():
            told = f"'{name}' is also searched under 'training:', where the family would override it; search only one of them"
            binder.report((*path, group, name), told, at_key=True)


def _model(binder: Binder, path: KeyPath, content: Any, model: ModelBuilder) -> dict[str, Domain]:
    name, rest = _bare_name(content, model.options.known)
    if name == "default":
        if not model.domains:
            binder.report(path, f"the model '{model.name}' has no values of its own to try; write a mapping")
            return {}
        content = dict.fromkeys(model.domains, "default") | rest
    return _parameters(binder, path, content, model.options.known, model.domains)


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
        place = spelled_place(name, f"search.space.{group}") if is_python() else f"'{group}:'"
        told = f"'{name}' is not a family; it belongs under {place}" if group else binder.told(error)
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
        mapping = f"a dict of {names}" if is_python() else f"a mapping of {names}"
        tried = name if isinstance(name, list) and len(defaults) == 1 else None
        such = "" if tried is None else f": {spelled_value({next(iter(defaults)): tried})}"
        binder.report(path, f"write 'default', or {mapping} to values to try{such}")
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
