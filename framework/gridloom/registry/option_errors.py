"""What is wrong with the value of an option, in words of those who write YAML and not of pydantic."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from gridloom.core.spelling import is_python, spelled_value
from gridloom.errors import nearest
from gridloom.registry.loading import one_line

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

MAX_SHOWN = 60
"""How many characters of a value a message shows."""


@dataclass(frozen=True)
class Finding:
    """Something wrong with a value: the path of keys and indexes that leads to it, and what would be right."""

    path: tuple[str | int, ...]
    message: str
    at_key: bool = False


_KINDS = {
    "bool_type": "true or false",
    "dataclass_type": "a mapping",
    "dict_type": "a mapping",
    "float_type": "a number",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_type": "a mapping",
    "set_type": "a list",
    "string_type": "text",
    "tuple_type": "a list",
}
"""What a value should be, in words of YAML, by the type of pydantic's error."""

_KINDS_IN_PYTHON = {"true or false": "True or False", "a mapping": "a dict", "text": "a string"}
"""The same in words of Python, where they differ."""


def _kind(name: str) -> str:
    """What a value should be, by the type of pydantic's error."""
    kind = _KINDS[name]
    return _KINDS_IN_PYTHON.get(kind, kind) if is_python() else kind


_ENUMERATIONS = ("enum", "literal_error")
_UNKNOWN_KEYS = ("unexpected_keyword_argument", "extra_forbidden")
_GLUED = re.compile(r"\w+:\S+")
_TERMS = re.compile(r"^(Value error, |(Input|List|Set|String|Tuple|Dictionary) (?=should))| after validation")


def findings_of(error: ValidationError, name: str, value: Any) -> list[Finding]:
    """What pydantic has found wrong with a value of the option `name`, each where it is."""
    by_path: dict[tuple[str | int, ...], list[ErrorDetails]] = {}
    for item in error.errors(include_url=False):
        path = _path_to(item["input"], tuple(item["loc"]), value) or ()
        by_path.setdefault(path, []).append(item)
    findings = []
    for path, items in by_path.items():
        goes_deeper = any(len(other) > len(path) and other[: len(path)] == path for other in by_path)
        if goes_deeper and all(map(_is_of_another_kind, items)):
            continue  # branches of a union that were not meant
        got = value
        for key in path:
            got = got[key]
        is_unknown_key = all(item["type"] in _UNKNOWN_KEYS for item in items)
        findings.append(Finding(path, _complaint(items, name, got), at_key=is_unknown_key))
    return findings


def own_error(error: Exception, value: Any) -> Finding:
    """What a plugin's check raised that is no ValueError."""
    return Finding((), f"{shorten(value)} cannot be used: {one_line(error)}")


def _is_of_another_kind(item: ErrorDetails) -> bool:
    return item["type"] in _KINDS or item["type"] in _ENUMERATIONS


def _complaint(items: Sequence[ErrorDetails], name: str, got: Any) -> str:
    """What is wrong with a value of the option `name`, from what pydantic says of every branch of a union."""
    if all(map(_is_of_another_kind, items)):
        return _complaint_of_kind(items, name, got)
    parts = [_in_words(item) for item in items if not _is_of_another_kind(item)]
    message = " or ".join(dict.fromkeys(parts))
    own_words = any(item["type"] == "value_error" for item in items)  # of a plugin, which may say what it got
    names_it = re.search(r"\w", str(got)) and re.search(rf"(?<!\w|\.){re.escape(str(got))}(?!\w|\.\d)", message)
    quotes_it = isinstance(got, str) and repr(got) in message
    is_of_key = all(item["type"] in ("missing", *_UNKNOWN_KEYS) for item in items)
    is_complete = is_of_key or isinstance(got, dict | list) or (own_words and (names_it or quotes_it))
    return message if is_complete else f"{message}, not {shorten(got)}"


def _in_words(item: ErrorDetails) -> str:
    """What pydantic says, without its own terms."""
    key = item["loc"][-1] if item["loc"] else None
    if item["type"] == "missing":  # from a list of a fixed length, or a mapping with such keys
        return f"'{key}' is missing" if isinstance(key, str) else "an item is missing"
    if item["type"] in _UNKNOWN_KEYS:
        return f"unknown key '{key}'"
    return _TERMS.sub("", item["msg"])


def _complaint_of_kind(items: Sequence[ErrorDetails], name: str, got: Any) -> str:
    enumerations = [item["ctx"]["expected"] for item in items if item["type"] in _ENUMERATIONS]
    texts = [expected for expected in enumerations if not re.search(r"(^|, | or )[^']", expected)]
    known = [found for expected in texts for found in re.findall(r"'([^']*)'", expected)]
    kinds = {_kind(item["type"]) for item in items if item["type"] in _KINDS}
    if known and (isinstance(got, str) or not kinds):
        return f"unknown {name} {quoted(got)}; {nearest(str(got), known)}"
    if "a number" in kinds:
        kinds.discard("a whole number")
    wanted = [*sorted(kinds), *(f"one of {expected}" if " or " in expected else expected for expected in enumerations)]
    hint = (
        "; is a space missing behind the colon?"
        if "a mapping" in kinds and not is_python() and _GLUED.fullmatch(str(got))
        else ""
    )
    if wanted == ["a list"] and isinstance(got, str) and got.isprintable() and len(got) <= MAX_SHOWN:
        hint = f"; write {spelled_value([got])}"
    return f"should be {' or '.join(wanted)}, not {shorten(got)}{hint}"


def _path_to(
    wrong: Any, loc: tuple[str | int, ...], value: Any, path: tuple[str | int, ...] = ()
) -> tuple[str | int, ...] | None:
    """The part of pydantic's location that leads to the wrong input: it also names branches of unions."""
    if not loc:
        return path if value == wrong else None
    key, *rest = loc
    leads_on = isinstance(value, dict) and key in value
    leads_on = leads_on or (isinstance(value, list) and isinstance(key, int) and key < len(value))
    deeper = _path_to(wrong, tuple(rest), value[key], (*path, key)) if leads_on else None
    return _path_to(wrong, tuple(rest), value, path) if deeper is None else deeper


def quoted(value: Any) -> str:
    """The value as messages name it: text in single quotes, with what cannot be seen in it, anything else as JSON."""
    is_short = isinstance(value, str) and len(value) <= MAX_SHOWN
    return repr(value) if is_short else shorten(value)


def shorten(value: Any, limit: int = MAX_SHOWN) -> str:
    """The value as JSON, or as Python where that is what the user writes, cut to `limit` characters."""
    text = repr(value) if is_python() else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= limit else text[: limit - 3] + "..."
