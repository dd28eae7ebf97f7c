"""Binds `training:`: the settings of the engine, the rows that a training is watched by, and its callbacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gridloom.core.domains import Choices, Domain, When, bare
from gridloom.core.following import MONITOR, TEST_FOLD, Watched, cannot_monitor, told_the_test_fold
from gridloom.core.spelling import spelled
from gridloom.errors import StopRun, near, nearest
from gridloom.experiment.bind_domains import domains_of_options
from gridloom.experiment.bound import Bound
from gridloom.experiment.keys import of_top_level, training_keys
from gridloom.experiment.problems import Binder, KeyPath
from gridloom.experiment.training import Training
from gridloom.registry.option_errors import shorten
from gridloom.registry.options import Options, belonging
from gridloom.registry.records import Callback, Engine, Family

BESIDE = Options(training_keys, 0)
"""What stands beside the settings of an engine."""

ANY: Watched = 1.0
"""A share in the place of one that is wrong, which is noted: what monitors these rows is right about there being some."""


def bind_training(binder: Binder, given: Mapping[str, Any], engine: Bound[Engine] | None, search: Any) -> Training:
    """What `training:` says; what is wrong with it is noted. `search` is what the experiment says of that."""
    before = len(binder.problems)
    known = {name: given[name] for name in BESIDE.known if name in given}
    if isinstance(known.get("callbacks"), str | dict):
        one = known.pop("callbacks")
        example = f"[{one}]" if isinstance(one, str) else "[{name: early_stopping, patience: 5}]"
        binder.report(Callback.place, f"write a list of callbacks, such as {example}")
    beside = binder.options(("training",), known, BESIDE)
    settings: Mapping[str, Any] = {}
    options = engine.record.training_options if engine else None
    rest = {name: value for name, value in given.items() if name not in BESIDE.known}
    said = [*rest]
    for name in [name for name in rest if not (options and name in options.known)]:
        if advice := _in_our_words(name, rest[name], options):
            binder.report(("training", name), f"unknown option {name!r}; {advice}", at_key=True)
            del rest[name]
    if options:
        records = [item.record for item in binder.registry.of_kind(Callback)]
        names = [name for record in records for name in (record.name, *record.options.known)]
        settings = binder.options(("training",), rest, options, belonging(names, "training.callbacks"))
    elif engine and rest:
        binder.report(("training",), f"engine '{engine.name}' has no training settings; remove them")
    is_misspelt = any(near(name, ["validation"]) or name.startswith("validation_") for name in said)
    unsaid: Watched = ANY if "validation" in known or is_misspelt else None
    watched: Watched = beside.get("validation", unsaid)
    callbacks = _callbacks(binder, beside.get("callbacks"), watched, _searched(search))
    return Training(settings, watched, callbacks, is_sound=len(binder.problems) == before)


def _in_our_words(name: str, value: Any, settings: Options | None) -> str:
    """What to write for other names in Keras, keys of the top level, and misspelt names of `BESIDE`; empty for the rest."""
    if name in (top_level := of_top_level()):
        return top_level[name]
    if name.startswith("validation_"):
        share = value if isinstance(value, float) and 0 < value < 1 else 0.2
        return f"write {spelled('validation', share)} to hold out some of the training rows of each fit"
    if settings and near(name, settings.known):
        return ""
    return nearest(name, BESIDE.known) if near(name, BESIDE.known) else ""


def _searched(search: Any) -> set[str]:
    """The names under `space: callbacks:`, and of families, before they are checked."""
    space = search.get("space") if isinstance(search, dict) else None
    found: set[str] = set()
    for mapping in space if isinstance(space, list) else [space]:
        if isinstance(mapping, dict):
            callbacks = mapping.get("callbacks")
            found |= {*mapping, *(callbacks if isinstance(callbacks, dict) else ())}
    return found


def _callbacks(
    binder: Binder, selection: Sequence[Any] | None, watched: Watched, searched: set[str]
) -> list[Bound[Callback]]:
    """The callbacks in their order, each of them once."""
    if selection == []:
        binder.report(Callback.place, "this list is empty; name a callback, or remove 'callbacks'")
    found: dict[str, Bound[Callback]] = {}
    for index, item in enumerate(selection or ()):
        path: KeyPath = (*Callback.place, index)
        before = len(binder.problems)
        bound = binder.bound(path, item, Callback)
        if bound is None:
            continue
        if bound.name in found:
            binder.report(path, f"the callback '{bound.name}' is in this list twice")
        found[bound.name] = bound
        if len(binder.problems) > before:
            continue
        if bound.record.keras and watched == TEST_FOLD:
            binder.report(path, told_the_test_fold(bound.name))
        elif problem := "" if bound.name in searched else _refusal(bound):
            binder.report(path, problem)
        elif problem := cannot_monitor(bound.record.options.resolve(bound.options).get(MONITOR), watched):
            is_said = isinstance(item, dict) and MONITOR in item
            binder.report((*path, MONITOR) if is_said else path, f"'{bound.name}' {problem}")
    return [*found.values()]


def _refusal(bound: Bound[Callback]) -> str:
    """Why there can be no callback with these options; empty where there can, or it is Keras's, which takes long to import."""
    if bound.record.keras:
        return ""
    try:
        bound.record.make(**bound.options)
    except (StopRun, ValueError) as error:
        return str(error)
    return ""


def bind_searched_callbacks(binder: Binder, path: KeyPath, content: Any, training: Training) -> dict[str, Domain]:
    """The domains of what is searched of the callbacks' options, as `callback.option`."""
    known = {item.name: item for item in training.callbacks}
    if not known:
        if training.is_sound:
            binder.report(path, "there are no 'callbacks:' under 'training:' with options to search", at_key=True)
        return {}
    if not isinstance(content, dict) or not content:
        binder.report(path, f"write a mapping of callbacks to options to try; known: {', '.join(known)}")
        return {}
    domains: dict[str, Domain] = {}
    for name, tried in content.items():
        here = (*path, name)
        if name not in known:
            if training.is_sound:
                told = f"there is no callback '{name}' under 'training:'; {nearest(name, known)}"
                binder.report(here, told, at_key=True)
        elif isinstance(tried, dict):
            domains |= domains_of_options(binder, here, tried, known[name], name)
            for place, value in _places_of((*here, MONITOR), tried.get(MONITOR)):
                if problem := cannot_monitor(value, training.watched):
                    binder.report(place, f"'{name}' {problem}")
        else:
            binder.report(here, f"write a mapping of the callback's options to values to try, not {shorten(tried)}")
    return domains


def _places_of(path: KeyPath, tried: Any) -> Iterator[tuple[KeyPath, Any]]:
    """Each value to try, with its place: of a list, of one fixed value, or of either where there is a condition."""
    if isinstance(tried, dict):
        yield from _places_of((*path, "values"), tried.get("values"))
    elif isinstance(tried, list):
        yield from (((*path, index), value) for index, value in enumerate(tried))
    elif tried is not None:
        yield path, tried


def unwatched_family(binder: Binder, family: Family, domains: Mapping[str, Domain], training: Training) -> str:
    """Why a family that says what a callback monitors, by a parameter `monitor`, cannot have it do so; empty where it can.

    What it does not say, it leaves to the callback of its own name, which need not stand under `training:`.
    """
    if MONITOR not in family.options.known:
        return ""
    domain = domains.get(MONITOR)
    tried = [*domain.values()] if domain is not None and isinstance(bare(domain), Choices) else []
    if not tried or isinstance(domain, When):  # where it is not there, its default counts
        tried.append(family.options.known[MONITOR].default)
    if None in tried and all(item.name != family.name for item in training.callbacks):
        records = [item.record for item in binder.registry.of_kind(Callback) if item.record.name == family.name]
        tried += [record.options.known[MONITOR].default for record in records if MONITOR in record.options.known]
    problems = [problem for value in tried if (problem := cannot_monitor(value, training.watched))]
    return f"the family '{family.name}' {problems[0]}" if problems else ""
