"""Binds what is to be tried for one parameter: a list of values, a range, or the parameter's own default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gridloom.core.candidate import canonical_json
from gridloom.core.domains import Choices, Domain, Range, When, bare
from gridloom.errors import nearest
from gridloom.experiment.bound import Bound
from gridloom.experiment.problems import Binder, KeyPath
from gridloom.registry.option import Option
from gridloom.registry.option_errors import shorten
from gridloom.registry.options import Options

OTHER_WORDS = {
    **dict.fromkeys(("min", "min_value", "lower"), "low"),
    **dict.fromkeys(("max", "max_value", "upper"), "high"),
    **dict.fromkeys(("steps", "num"), "step' or 'count"),
    **dict.fromkeys(("log", "sampling", "prior"), "scale: log"),
}
"""What a range says instead of the words that other libraries have."""


def domain_of(
    binder: Binder, path: KeyPath, values: Any, option: Option, default: Domain | None = None
) -> Domain | None:
    """What is to be tried for one parameter; None after noting what is wrong."""
    if isinstance(values, dict) and "when" in values:
        return _conditional(binder, path, values, option, default)
    if values == "default" and default is not None:
        return default
    if isinstance(values, list):
        return choices(binder, path, values, option)
    if isinstance(values, dict) and {"low", "high", *OTHER_WORDS} & values.keys():
        return _range(binder, path, values, option)
    if isinstance(values, bool | int | float) or (isinstance(values, str) and values != "default"):
        return choices(binder, path[:-1], [values], option, keys=[path[-1]])
    binder.report(
        path,
        f"{shorten(values)} is neither a list of values to try, such as [1, 2], nor a range, such as "
        f"{{low: 1, high: 9, step: 2}} or {{low: 0.001, high: 10, scale: log}}, nor one fixed value",
    )
    return None


def _conditional(
    binder: Binder, path: KeyPath, given: dict[str, Any], option: Option, default: Domain | None
) -> Domain | None:
    """What is to be tried where other parameters have certain values; None after noting what is wrong."""
    rest = {key: value for key, value in given.items() if key != "when"}
    conditions = conditions_of(binder, (*path, "when"), given["when"])
    if rest.keys() == {"values"} and not isinstance(rest["values"], dict):
        domain = domain_of(binder, (*path, "values"), rest["values"], option, default and bare(default))
    elif rest.keys() & {"low", "high"}:
        domain = _range(binder, path, rest, option)
    else:
        told = (
            "write 'values', or 'low' and 'high', along with 'when', such as "
            "{values: [0.0, 0.9], when: {optimizer: sgd}}"
        )
        binder.report(path, told)
        return None
    return When(domain, conditions) if domain and conditions else None


def conditions_of(binder: Binder, path: KeyPath, when: Any) -> dict[str, tuple[Any, ...]]:
    """The values that other parameters have where one is there, by their names; empty after noting what is wrong."""
    if not isinstance(when, dict) or not when:
        binder.report(path, "write a mapping of other parameters to their values, such as {optimizer: sgd}")
        return {}
    before = len(binder.problems)
    found = {name: tuple(value) if isinstance(value, list) else (value,) for name, value in when.items()}
    for name, values in found.items():
        if not values:
            binder.report((*path, name), "this list is empty, so the condition is never met")
    return found if len(binder.problems) == before else {}


def choices(
    binder: Binder, path: KeyPath, values: list[Any], option: Option | None, keys: Sequence[str | int] = ()
) -> Choices | None:
    """The values of a list, each valid for the option if there is one; None after noting what is wrong.

    Each stands at its index below `path`, or at its one of the `keys`.
    """
    if not values:
        binder.report(path, "this list is empty; there is nothing to try")
        return None
    seen: set[str] = set()
    chosen: list[Any] = []
    for index, value in zip(keys or range(len(values)), values, strict=True):
        text = canonical_json(value)
        if text in seen:
            binder.report((*path, index), f"{shorten(value)} is in this list twice")
        seen.add(text)
        if option is None:
            chosen.append(value)
            continue
        valid, findings = option.validate(value, binder.source.folder)
        binder.report_findings((*path, index), findings)
        is_input_file = isinstance(valid, Path) and valid.is_absolute()
        chosen.append(str(valid) if is_input_file else value)  # as the run's experiment.yaml names it from elsewhere
    return Choices(*chosen)


def _range(binder: Binder, path: KeyPath, given: dict[str, Any], option: Option) -> Range | None:
    before = len(binder.problems)
    for word in OTHER_WORDS.keys() & given.keys():
        binder.report((*path, word), f"a range has no {word!r}; write '{OTHER_WORDS[word]}'", at_key=True)
    if len(binder.problems) > before:
        return None
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


def domains_of_options(
    binder: Binder, path: KeyPath, tried: Mapping[str, Any], bound: Bound[Any], of: str
) -> dict[str, Domain]:
    """What is to be tried for options of one thing among several, as `of.option`; what is wrong is noted."""
    known = bound.record.options.known
    if not tried:
        binder.report(path, f"write a mapping of options to values to try; known: {', '.join(known)}")
    domains: dict[str, Domain] = {}
    for name, values in tried.items():
        here = (*path, name)
        if name not in known:
            advice = nearest(name, known) if known else f"'{bound.name}' has none"
            binder.report(here, f"unknown option {name!r}; {advice}", at_key=True)
        elif domain := domain_of(binder, here, values, known[name]):
            domains[f"{of}.{name}"] = domain
    return domains
