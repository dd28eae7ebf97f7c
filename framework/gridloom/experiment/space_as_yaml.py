"""What YAML would say for a space and its domains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from gridloom.core.calls import CALLBACKS, PREPROCESS
from gridloom.core.domains import Domain, Range, When
from gridloom.core.subspace import Domains


def subspace_as_yaml(domains: Domains, steps: Sequence[str]) -> dict[str, Any]:
    """What YAML would say for one mapping of a space, whose steps of preprocessing are called so."""
    found = {
        group: {name: as_yaml(domain) for name, domain in parameters.items()} for group, parameters in domains.items()
    }
    for group in found.keys() & {PREPROCESS, CALLBACKS}:
        found[group] = _nested(found[group], steps)
    return found


def as_yaml(domain: Domain) -> Any:
    """What YAML would say for a domain."""
    if isinstance(domain, When):
        inner = as_yaml(domain.domain)
        when = {name: _condition(values) for name, values in domain.when.items()}
        return (inner if isinstance(inner, dict) else {"values": inner}) | {"when": when}
    if isinstance(domain, Range):
        return {key: value for key, value in asdict(domain).items() if value is not None}
    return list(domain.values())


def _condition(values: Sequence[Any]) -> Any:
    """What YAML would say for the values of a condition: the value itself where there is one, unless it is a list."""
    return values[0] if len(values) == 1 and not isinstance(values[0], list) else list(values)


def _nested(searched: Mapping[str, Any], steps: Sequence[str]) -> dict[str, Any]:
    """What is searched of several things, by thing and option; candidates call it `thing.option`, or by the name of a step."""
    found: dict[str, Any] = {}
    for name, values in searched.items():
        thing, _, option = name.rpartition(".")
        if name in steps:
            found[name] = values
        else:
            found.setdefault(thing, {})[option] = values
    return found
