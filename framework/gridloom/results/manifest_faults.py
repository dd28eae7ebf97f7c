"""Whether a manifest is one that a run has written: what reports, statistics and a resumed run take from it is as it should be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gridloom.experiment.split_methods import METHODS, method_options
from gridloom.experiment.splits import validation_keys
from gridloom.registry.option_errors import shorten
from gridloom.registry.options import Options

MOST_NESTED = 200
MOST_ROWS = 2**63
SHA256 = re.compile("[0-9a-f]{64}")
_BESIDE = Options(validation_keys, 0)

Check = Callable[[Any], bool]


def fault(manifest: Any) -> str:
    """What in a manifest no run has written, in words that follow "its manifest"; empty where all is well."""
    if not isinstance(manifest, Mapping):
        return "is not a mapping"
    if _depth(manifest) > MOST_NESTED:
        return "is nested too deeply"
    return next(_faults(manifest, _WHOLE, ""), "") or next(_scores(manifest), "") or next(_validation(manifest), "")


def _faults(found: Mapping[str, Any], known: Mapping[str, Check | Mapping[str, Any]], inside: str) -> Iterator[str]:
    """What is missing or of another kind than it should be; a name that ends in `?` may be missing."""
    for name, check in known.items():
        key = name.removesuffix("?")
        told = f"{inside}.{key}" if inside else key
        if key not in found:
            if key == name:
                yield f"has no '{told}'"
        elif isinstance(check, Mapping):
            value = found[key]
            yield from _faults(value, check, told) if isinstance(value, Mapping) else [_other(told, value)]
        elif not check(found[key]):
            yield _other(told, found[key])


def _other(told: str, value: Any) -> str:
    return f"has {shorten(value)} as '{told}', which is not valid"


def _scores(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Faults of the names of scores: the one that ranks, and those that are about one class, are among them."""
    scores = manifest["scoring"]
    scores = [scores] if isinstance(scores, str) else scores
    if len(set(scores)) < len(scores) or not scores:
        yield _other("scoring", manifest["scoring"])
    if manifest.get("rank_by", next(iter(scores), None)) not in scores:
        yield _other("rank_by", manifest["rank_by"])
    if not set(manifest.get("positive", {})) <= set(scores):
        yield _other("positive", manifest["positive"])


def _validation(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Faults of the settings of the splits, which statistics depend on: each option of the method is there and valid."""
    settings = dict(manifest["experiment"]["validation"])
    if (method := settings.pop("method")) not in METHODS:
        yield _other("experiment.validation.method", method)
        return
    beside = {name: settings.pop(name) for name in _BESIDE.known if name in settings}
    cuts = [("", settings), *([(".nested", nested)] if (nested := beside.get("nested")) else [])]
    yield from _options(_BESIDE, beside, "", {"nested"})
    for inside, given in cuts:
        yield from _options(method_options(method), given, inside, set())


def _options(options: Options, given: Mapping[str, Any], inside: str, may_miss: set[str]) -> Iterator[str]:
    place = f"experiment.validation{inside}"
    _, findings = options.validate(given, None)
    for finding in findings:
        key = str(finding.path[0]) if finding.path else ""
        yield _other(f"{place}.{key}", given.get(key))
    for name in options.known:
        if name not in {*given, *may_miss}:
            yield f"has no '{place}.{name}'"


def _depth(value: Any) -> int:
    """How deep mappings and lists are nested, as far as it matters."""
    depth, level = 0, [value]
    while level and depth <= MOST_NESTED:
        depth += 1
        nested = [item for item in level if isinstance(item, dict | list)]
        level = [inner for item in nested for inner in (item.values() if isinstance(item, dict) else item)]
    return depth


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _are_named_texts(value: Any) -> bool:
    return isinstance(value, Mapping) and all(map(_is_text, value.values()))


def _are_mappings(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_mapping, value))


def _is_strategy(value: Any) -> bool:
    """One strategy by name, or several that follow each other."""
    if isinstance(value, Mapping) and "then" in value:
        return _are_mappings(value["then"]) and all(map(_is_strategy, value["then"]))
    return isinstance(value, Mapping) and _is_text(value.get("name"))


def _whole(lowest: int, highest: int) -> Check:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and lowest <= value < highest


_NAMED: Mapping[str, Check] = {"name": _is_text}

_WHOLE: Mapping[str, Any] = {
    "experiment": {
        "name": _is_text,
        "dataset": _NAMED,
        "model": _NAMED,
        "engine": _NAMED,
        "training": _is_mapping,
        "search": {"strategy": _is_strategy, "space": lambda value: _is_mapping(value) or _are_mappings(value)},
        "validation": {"method": _is_text},
        "scoring": lambda value: value is None or isinstance(value, list | dict),
        "seed": _whole(0, 2**32),
    },
    "scoring": lambda value: _is_text(value) or _are_texts(value),
    "rank_by?": _is_text,
    "positive?": _are_named_texts,
    "data": {"rows": _whole(1, MOST_ROWS), "sha256": lambda value: _is_text(value) and bool(SHA256.fullmatch(value))},
    "plugins": _are_named_texts,
    "asked_for?": _are_texts,
    "in_memory?": lambda value: _is_mapping(value) and all(map(_is_mapping, value.values())),
    "engine_notes?": _are_texts,
    "engine_reason?": _is_text,
    "passed_over?": _are_named_texts,
    "predictions?": _is_text,
    "warm_start?": _is_text,
    "packages": _are_named_texts,
}
"""The keys of a manifest, and what they hold; those that end in `?` are not in every format."""
