"""Binds `preprocess:`, and what a search space says of its steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gridloom.core.domains import Domain, When
from gridloom.core.spelling import spelled
from gridloom.errors import nearest
from gridloom.experiment.bind_domains import choices, conditions_of, domains_of_options
from gridloom.experiment.bound import Bound
from gridloom.experiment.keys import preprocess_keys
from gridloom.experiment.preprocessing import BoundStep
from gridloom.experiment.problems import Binder, KeyPath
from gridloom.registry.option_errors import shorten
from gridloom.registry.options import Options
from gridloom.registry.records import Transform

_BESIDE = Options(preprocess_keys, 0)


def bind_preprocess(binder: Binder, selection: Sequence[Any] | None) -> list[BoundStep]:
    """The steps that `preprocess:` names, in their order; what is wrong with them is noted."""
    if selection == []:
        binder.report(Transform.place, "this list is empty; name a step, or remove 'preprocess'")
    steps: dict[str, BoundStep] = {}
    for index, item in enumerate(selection or ()):
        path: KeyPath = (*Transform.place, index)
        beside = {name: item[name] for name in _BESIDE.known if name in item} if isinstance(item, dict) else {}
        rest = {name: value for name, value in item.items() if name not in beside} if beside else item
        given = binder.options(path, beside, _BESIDE)
        bound = binder.bound(path, rest, Transform)
        if bound is None:
            continue
        name = given.get("step") or bound.name
        if name in steps:
            binder.report(path, f"a step '{name}' already exists; rename one of them with {spelled('step', 'NAME')}")
        columns = None if given.get("columns") is None else tuple(map(str, given["columns"]))
        steps[name] = BoundStep(name, {bound.name: bound}, columns, bound.location)
    return [*steps.values()]


def bind_searched_steps(
    binder: Binder, path: KeyPath, content: Any, steps: Sequence[BoundStep]
) -> tuple[dict[str, Domain], list[BoundStep]]:
    """The domains of what is searched of the steps, and the steps with all transforms that may stand in their place."""
    by_name = {step.name: step for step in steps}
    if not steps:
        binder.report(path, "there is no 'preprocess:' with steps to search", at_key=True)
        return {}, []
    if not isinstance(content, dict) or not content:
        binder.report(path, f"write a mapping of steps to transforms or values to try; known: {', '.join(by_name)}")
        return {}, [*steps]
    domains: dict[str, Domain] = {}
    for name, tried in content.items():
        here = (*path, name)
        if name not in by_name:
            binder.report(here, f"there is no step '{name}'; {nearest(name, by_name)}", at_key=True)
        elif isinstance(tried, list):
            if found := _transforms(binder, here, tried, by_name[name]):
                domains[name], by_name[name] = found
        elif isinstance(tried, dict) and tried.keys() == {"values", "when"} and isinstance(tried["values"], list):
            found = _transforms(binder, (*here, "values"), tried["values"], by_name[name])
            if (when := conditions_of(binder, (*here, "when"), tried["when"])) and found:
                domains[name], by_name[name] = When(found[0], when), found[1]
        elif isinstance(tried, dict):
            domains |= domains_of_options(binder, here, tried, next(iter(by_name[name].ways.values())), name)
        else:
            message = (
                f"write a list of transforms to try in this step, or a mapping of its options, not {shorten(tried)}"
            )
            binder.report(here, message)
    return domains, [*by_name.values()]


def _transforms(binder: Binder, path: KeyPath, tried: list[Any], step: BoundStep) -> tuple[Domain, BoundStep] | None:
    """The transforms that are tried in a step; null skips it."""
    before = len(binder.problems)
    ways: dict[str, Bound[Transform]] = {}
    for index, name in enumerate(tried):
        if name is None:
            continue
        if not isinstance(name, str):
            binder.report(
                (*path, index), f"write the name of a transform, or null to skip the step, not {shorten(name)}"
            )
        elif name in step.ways:
            continue
        elif bound := binder.bound((*path, index), name, Transform):
            ways[name] = bound
    domain = choices(binder, path, tried, None)
    if domain is None or len(binder.problems) > before:
        return None
    return domain, replace(step, ways={**step.ways, **ways}, may_be_left_out=step.may_be_left_out or None in tried)
