"""Binds `search:`: its strategies, its space, what is tried first, and when it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gridloom.core.candidate import Candidate
from gridloom.core.domains import CannotSearch
from gridloom.core.space import Extent, Space
from gridloom.core.subspace import axes_of
from gridloom.errors import GridloomError, nearest
from gridloom.experiment.bind_relations import bind_requirements, check_conditions, each_subspace, place_of
from gridloom.experiment.bind_space import FoundSpace, Searched, bind_space
from gridloom.experiment.bound import Bound
from gridloom.experiment.keys import limits_keys, of_top_level, search_keys, stop_keys
from gridloom.experiment.preprocessing import BoundStep
from gridloom.experiment.problems import Binder, KeyPath
from gridloom.experiment.proposing import first_wave
from gridloom.experiment.stopping import Stop, seconds_of
from gridloom.registry.options import Options, belonging
from gridloom.registry.records import RESERVED_GROUPS, Family, Strategy

SHAPES = {
    "strategy": (str | dict, "write one strategy, or {then: [random, zoom]} for several in sequence"),
    "first": (list, "write a list of candidates, such as [{dropout_rate: 0.2, neurons: 10}]"),
    "stop": (dict, "write a mapping of limits, such as {trials: 100, time: 10 min}"),
}
"""What some keys of a search are, and how to write them."""


@dataclass(frozen=True)
class Search:
    """What an experiment says of its search: there are no strategies or space where something is wrong with it.

    `families` are by the names that the document gives them; `steps` are those of preprocessing, with what is tried in
    their place.
    """

    strategies: Sequence[Bound[Strategy]] = ()
    space: Space | None = None
    families: Mapping[str, Bound[Family]] = field(default_factory=dict)
    steps: Sequence[BoundStep] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    first: Sequence[Candidate] = ()
    warm_start: Path | None = None
    stop: Stop = field(default_factory=Stop)


def bind_search(binder: Binder, given: Mapping[str, Any] | None, about: Searched, seed: int) -> Search:
    """What is searched, how, and for how long; problems are noted."""
    if given is None:
        return Search(steps=about.steps)
    before = len(binder.problems)
    well_shaped = _well_shaped(binder, given)
    search = binder.options(("search",), well_shaped, Options(search_keys, 0), _elsewhere(binder))
    strategies = _strategies(binder, search)
    found = bind_space(binder, Family.place, search["space"], about) if "space" in search else FoundSpace()
    space = _space(binder, found, search, seed) if found.subspaces and len(binder.problems) == before else None
    first = _first(binder, space, search.get("first") or ()) if space else []
    limits = _options(binder, ("search", "limits"), search.get("limits"), Options(limits_keys, 0))
    stop = _options(binder, ("search", "stop"), search.get("stop"), Options(stop_keys, 0))
    if "time" in stop:
        stop["seconds"] = seconds_of(stop.pop("time"))
    return Search(
        strategies,
        None if len(binder.problems) > before else space,
        found.families,
        found.steps or about.steps,
        limits,
        first,
        search.get("warm_start"),
        Stop(**stop),
    )


def _well_shaped(binder: Binder, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a search without what is a list or a single value by mistake, which is noted."""
    wrong = {key: told for key, (kind, told) in SHAPES.items() if not isinstance(given.get(key), kind | None)}
    for key, told in wrong.items():
        binder.report(("search", key), told)
    return {key: value for key, value in given.items() if key not in wrong}


def _elsewhere(binder: Binder) -> dict[str, str]:
    """Advice on names that belong under a key of the search, or at the top level."""
    groups = [*RESERVED_GROUPS, *(family.record.name for family in binder.registry.of_kind(Family))]
    options = [name for strategy in binder.registry.of_kind(Strategy) for name in strategy.record.options.known]
    stop = Options(stop_keys, 0).known
    return (
        of_top_level()
        | belonging(options, "search.strategy")
        | belonging(stop, "search.stop")
        | belonging(groups, "search.space")
    )


def _options(binder: Binder, path: KeyPath, given: Mapping[str, Any] | None, options: Options) -> dict[str, Any]:
    """What is valid of an optional mapping."""
    return {} if given is None else binder.options(path, given, options)


def _strategies(binder: Binder, search: Mapping[str, Any]) -> Sequence[Bound[Strategy]]:
    """The strategy that the search names, or several that follow each other, or the default one."""
    chosen = search.get("strategy")
    if isinstance(chosen, dict) and "then" in chosen:
        path: KeyPath = (*Strategy.place, "then")
        if len(chosen) > 1 or not isinstance(chosen["then"], list) or not chosen["then"]:
            binder.report(path, "write only a list of strategies here, such as {then: [random, zoom]}", at_key=True)
            return ()
        found = [_bound(binder, (*path, index), item) for index, item in enumerate(chosen["then"])]
        return [item for item in found if item]
    if "strategy" in search:
        bound = binder.bound(Strategy.place, chosen, Strategy)
        return [bound] if bound else []
    defaults = binder.registry.defaults(Strategy)
    if "space" in search and len(defaults) != 1:
        binder.report(("search",), "'strategy' is missing, and there is no single default strategy")
    return [Bound(defaults[0], {}, binder.node.locate(("search",)))] if len(defaults) == 1 else []


def _bound(binder: Binder, path: KeyPath, selection: Any) -> Bound[Strategy] | None:
    """One of several strategies."""
    if isinstance(selection, str | dict):
        return binder.bound(path, selection, Strategy)
    binder.report(path, "write the name of a strategy, or a mapping of its name and options")
    return None


def _space(binder: Binder, found: FoundSpace, search: Mapping[str, Any], seed: int) -> Space | None:
    """The space, whose conditions and requirements make sense; None after noting what is wrong."""
    before = len(binder.problems)
    check_conditions(binder, found.subspaces, found.families)
    require = bind_requirements(binder, search.get("require"), found.subspaces)
    if len(binder.problems) > before:
        return None
    try:
        return Space(*found.subspaces, seed=seed, require=require)
    except ValueError as error:
        binder.report(Family.place, str(error))
        return None


def _first(binder: Binder, space: Space, given: Sequence[Any]) -> list[Candidate]:
    """The candidates that are tried first; those that are not in the space are noted."""
    found: dict[Candidate, None] = {}
    for index, item in enumerate(given):
        here: KeyPath = ("search", "first", index)
        unknown = [name for name in item if name not in space.names]
        for name in unknown:
            binder.report(
                (*here, name), f"no parameter {name!r} is searched; {nearest(name, space.names)}", at_key=True
            )
        if unknown:
            continue
        try:
            candidate = space.named(item)
        except ValueError as error:
            binder.report(here, f"this is not in the space: {error}")
            continue
        if problems := space.problems(candidate):
            binder.report(here, f"this is not in the space: {'; '.join(problems)}")
        elif candidate in found:
            binder.report(here, "this candidate is listed twice")
        found[candidate] = None
    return [*found]


def check_first_waves(
    binder: Binder, strategies: Sequence[Bound[Strategy]], searched: Space, full: Extent | None
) -> None:
    """Note where a strategy proposes nothing in the space, or cannot search it.

    Without what a full training takes, since something is wrong with it, the space alone is looked at.
    """
    space, several = searched.within(full or Extent()), len(strategies) > 1
    for index, strategy in enumerate(strategies):
        path: KeyPath = (*Strategy.place, "then", index) if several else Strategy.place
        try:
            if not first_wave(strategy, space) and full:
                binder.report(path, "this strategy proposes no candidates")
        except CannotSearch as error:
            if not _report_endless(binder, space, str(error)):
                binder.report(Family.place, str(error))
        except (GridloomError, ValueError) as error:
            if full:
                binder.report(path, str(error))


def check_fits(binder: Binder, search: Search, full: Extent) -> None:
    """Note a limit of fits that no candidate would keep: nothing would be trained."""
    if search.stop.fits is None or search.space is None:
        return
    wave = [] if search.first else first_wave(search.strategies[0], search.space.within(full))
    needed = min(wave[0].budget.cells or full.cells, full.cells) if wave else full.cells
    if search.stop.fits < needed:
        binder.report(
            ("search", "stop", "fits"), f"the first candidate alone needs {needed} fits, more than this limit"
        )


def _report_endless(binder: Binder, space: Space, told: str) -> bool:
    """Note every domain that cannot be enumerated, if a strategy met one; returns whether it did."""
    found: list[tuple[KeyPath, str]] = []
    for path, domains in each_subspace(binder, space.subspaces):
        for axis in axes_of(domains):
            try:
                axis.domain.values()
            except ValueError as error:
                found.append((place_of(path, axis), str(error)))
    if told not in [text for _, text in found]:
        return False
    for here, text in found:
        binder.report(here, text)
    return True
