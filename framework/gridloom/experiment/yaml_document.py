"""Strict YAML: YAML 1.2 scalars, no surprises, and the line and column of every value."""

from __future__ import annotations

import codecs
import math
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gridloom.core.regular_files import check_regular
from gridloom.errors import InvalidInput, Location, Problem

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 64

_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MAX_DIGITS = 400


@dataclass(frozen=True)
class Node:
    """A value and where it stands: a scalar, a tuple of nodes, or a mapping from key to (key's place, node)."""

    value: Any
    location: Location

    def plain(self) -> Any:
        """The value as plain dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, (_, node) in self.value.items()}
        if isinstance(self.value, tuple):
            return [node.plain() for node in self.value]
        return self.value

    def locate(self, path: Sequence[str | int], *, at_key: bool = False) -> Location:
        """Where the value at `path` stands (or its key), or the nearest value around it that exists."""
        node, location = self, self.location
        for key in path:
            if isinstance(node.value, dict) and key in node.value:
                key_location, node = node.value[key]
            elif isinstance(node.value, tuple) and isinstance(key, int) and key < len(node.value):
                key_location, node = node.location, node.value[key]
            else:
                break
            location = key_location if at_key else node.location
        return location

    def replaced(self, path: Sequence[str], new: Node) -> Node:
        """A copy with the value at `path` replaced or added; mappings on the way are made.

        A bare name on the way stands for `{name: it}`. Raises InvalidInput where the path meets a list or a number.
        """
        if not path:
            return new
        entries = self.value
        if isinstance(entries, str):
            entries = {"name": (self.location, self)}
        if entries is None:
            entries = {}
        if not isinstance(entries, dict):
            raise InvalidInput.at(new.location, f"'{path[0]}' cannot be set inside the value at {self.location}")
        key_location, child = entries.get(path[0], (new.location, Node(None, new.location)))
        return Node({**entries, path[0]: (key_location, child.replaced(path[1:], new))}, self.location)


def read_file(path: Path, source: str | None = None) -> Node:
    """The document in a file (named `source` in messages); raises InvalidInput for anything that is not right."""
    source = source or str(path)
    check_regular(path, sys.maxsize)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidInput.at(Location(source), f"cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise InvalidInput.at(Location(source), "is larger than 1 MiB, the largest size of an experiment file")
    return read_bytes(content, source)


def read_bytes(content: bytes, source: str) -> Node:
    """The document in UTF-8 bytes, with or without a byte-order mark."""
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(errors="replace")
        location = Location(source, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        raise InvalidInput.at(location, "this is not UTF-8 text; save the file as UTF-8") from None
    return read_text(text, source)


def read_text(text: str, source: str) -> Node:
    """The one document in a text."""
    return _Composer(source).compose(text)


def write_text(plain: Any) -> str:
    """YAML text for plain dicts, lists and scalars, as experiment files have it: read strictly, it gives the same values."""
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)


class _Dumper(yaml.SafeDumper):
    """PyYAML's dumper follows YAML 1.1: what is text there may be a number here, so most texts are quoted."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    is_word = _WORD.fullmatch(text) and not _BOOL.fullmatch(text) and not _NULL.fullmatch(text)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_word else '"')


_Dumper.add_representer(str, _represent_text)


class _Composer:
    """Builds nodes from PyYAML's events."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.doubles: list[Problem] = []

    def compose(self, text: str) -> Node:
        parser: Any = None
        try:
            parser = yaml.SafeLoader(text)
            document = self._document(iter(parser.get_event, None))
        except yaml.reader.ReaderError as error:
            before = text[: error.position]
            location = Location(self.source, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
            raise InvalidInput.at(location, f"the character U+{error.character:04X} is not allowed") from None
        except yaml.MarkedYAMLError as error:
            mark, words = _in_words(error)
            raise self._error(mark, f"this is not YAML: {words}") from None
        except (
            ValueError,
            OverflowError,
        ) as error:  # of numbers in escapes and directives, which PyYAML takes as given
            raise self._error(parser.get_mark(), f"this is not YAML: {error}") from None
        if self.doubles:
            raise InvalidInput(self.doubles)
        return document

    def _document(self, events: Iterator[Any]) -> Node:
        document: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if document is not None:
                    raise self._error(event.start_mark, "a second document begins here; a file may contain only one")
                root = next(events)
                if isinstance(root, yaml.ScalarEvent) and not root.value and root.style is None:
                    break
                document = self._node(root, events, depth=1)
        if document is None:
            raise InvalidInput.at(Location(self.source, 1, 1), "the file is empty")
        return document

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        self._refuse_features(event, depth)
        location = self._location(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            return Node(self._scalar(event), location)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(tuple(self._items(events, depth)), location)
        return Node(self._entries(events, depth), location)

    def _items(self, events: Iterator[Any], depth: int) -> Iterator[Node]:
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            yield self._node(event, events, depth + 1)

    def _entries(self, events: Iterator[Any], depth: int) -> dict[str, tuple[Location, Node]]:
        entries: dict[str, tuple[Location, Node]] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._node(event, events, depth + 1)
            if not isinstance(event, yaml.ScalarEvent):
                raise InvalidInput.at(key.location, "a key must be a name, not a list or mapping")
            if not isinstance(key.value, str):
                raise InvalidInput.at(key.location, f"a key must be a name; write '{event.value}' in quotes")
            if key.value in entries:
                line = entries[key.value][0].line
                message = f"the key '{key.value}' is repeated here; it is first in line {line}"
                self.doubles.append(Problem(key.location, message))
            entries[key.value] = (key.location, self._node(next(events), events, depth + 1))
        return entries

    def _refuse_features(self, event: Any, depth: int) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise self._error(event.start_mark, f"aliases (*{event.anchor}) are not supported; write the value out")
        if event.anchor is not None:
            raise self._error(event.start_mark, f"anchors (&{event.anchor}) are not supported; write the value out")
        if event.tag is not None:
            raise self._error(event.start_mark, f"tags ({event.tag}) are not supported; write the plain value")
        if depth > MAX_DEPTH:
            raise self._error(event.start_mark, f"this is nested more than {MAX_DEPTH} levels deep")

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self._error(event.start_mark, "this text contains half of a surrogate pair, which is not a character")
        if event.style is not None:
            return text
        if _NULL.fullmatch(text) or _BOOL.fullmatch(text):
            return {"t": True, "f": False}.get(text[:1].lower())
        if _NOT_FINITE.fullmatch(text):
            raise self._error(event.start_mark, f"{text} is not a finite number; write it in quotes if it is a name")
        if not (_HEX.fullmatch(text) or _FLOAT.fullmatch(text)):
            return text
        if len(text) > _MAX_DIGITS or (isinstance(number := _number(text), float) and not math.isfinite(number)):
            raise self._error(event.start_mark, "this number is too large")
        return number

    def _location(self, mark: Any) -> Location:
        return Location(self.source, mark.line + 1, mark.column + 1)

    def _error(self, mark: Any, message: str) -> InvalidInput:
        location = Location(self.source) if mark is None else self._location(mark)
        return InvalidInput.at(location, message)


_SYNTAX = (
    (r"found character '\\t' that cannot start any token", "a tab cannot indent or begin a value; use spaces"),
    (r"found character '(.+)' that cannot start any token", r"text that begins with '\1' needs quotes"),
    (
        "mapping values are not allowed here",
        "unexpected colon: text that contains ': ' needs quotes, and the keys of a mapping need equal indentation",
    ),
    ("expected <block end>, but found .*", "this line is not indented like the lines it belongs to"),
)
"""What PyYAML says of the commonest mistakes, and words for it."""

_OPEN = (
    ("found unexpected end of stream", "the quote that opens here is not closed"),
    ("could not find expected ':'", "a colon is missing after this"),
    ("expected ',' or .*", "the bracket that opens here is not closed, or a comma is missing in it"),
)
"""The same for mistakes that are best reported where the context begins."""


def _in_words(error: yaml.MarkedYAMLError) -> tuple[Any, str]:
    """Where a mistake is, and what it is, in words of those who write YAML and not of those who parse it."""
    problem, mark, context = error.problem or "", error.problem_mark, error.context_mark
    for pattern, words in _SYNTAX:
        if found := re.fullmatch(pattern, problem):
            return mark, found.expand(words)
    for pattern, words in _OPEN if context else ():
        if re.fullmatch(pattern, problem):
            return context, words
    return mark or context, f"{problem} {error.context or ''}".strip()


def _number(text: str) -> float:
    """The number that a text matching one of the patterns stands for."""
    if _HEX.fullmatch(text):
        return int(text, 16)
    return int(text) if _INT.fullmatch(text) else float(text)
