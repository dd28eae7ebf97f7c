"""Options of a plugin's callable: its named parameters, whose annotations validate what YAML says."""

from __future__ import annotations

import inspect
import re
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import Any, get_type_hints
from weakref import WeakKeyDictionary

from gridloom.core.spelling import spelled_place
from gridloom.errors import near, nearest
from gridloom.other_words import ours
from gridloom.registry.option import Option
from gridloom.registry.option_errors import Finding
from gridloom.registry.unannotated import annotation_of

NOWHERE: Mapping[str, str] = types.MappingProxyType({})
"""Options that belong elsewhere: none."""


def belonging(names: Iterable[str], path: str) -> dict[str, str]:
    """Advice on options with these names, which belong under another key: its path, with dots between keys."""
    return {name: f"it belongs under {spelled_place(name, path)}" for name in names}


def advice_on(name: str, known: Iterable[str], elsewhere: Mapping[str, str]) -> str:
    """What to say of an unknown name: where it belongs, or else our word for it, or the nearest known ones.

    `elsewhere` has advice on names that belong elsewhere, such as `belonging(names, path)`.
    """
    names = [*known]
    if name in elsewhere:
        return elsewhere[name]
    if not {*ours(name)} & {*names} and (other := next((word for word in ours(name) if word in elsewhere), None)):
        told = elsewhere[other]
        return told if other in told else f"did you mean '{other}'? {told}"
    return nearest(name, names) if names else "it takes none"


_END = re.compile(r"(?<=[.;])\s+(?=[A-Z`(\"'])")
"""Where a sentence of a docstring ends."""


_found: WeakKeyDictionary[Callable[..., Any], dict[int, dict[str, Option]]] = WeakKeyDictionary()
"""Options by callable and by the number of fixed parameters: evaluating annotations takes longer than validating values."""


class Options:
    """The options of a callable: every parameter after the first `fixed` ones, which the framework fills itself."""

    def __init__(self, function: Callable[..., Any], fixed: int) -> None:
        self.function = function
        self.fixed = fixed

    @cached_property
    def known(self) -> dict[str, Option]:
        """The options by name, in the order of the signature."""
        try:
            found = _found.setdefault(self.function, {})
        except TypeError:  # an object that is callable, but has no hash or no weak references
            found = {}
        if self.fixed not in found:
            found[self.fixed] = self._read()
        return found[self.fixed]

    def _read(self) -> dict[str, Option]:
        hints = hints_of(self.function)
        parameters = list(inspect.signature(self.function).parameters.values())[self.fixed :]
        return {item.name: Option(item.name, annotation_of(item, hints), item.default) for item in parameters}

    def __iter__(self) -> Iterator[Option]:
        return iter(self.known.values())

    @property
    def documentation(self) -> str:
        """The docstring of the callable; empty when there is none but a dataclass's own, which is its signature."""
        text = inspect.getdoc(target := _target(self.function)) or ""
        return "" if text.startswith(f"{target.__name__}(") else text

    def about(self, name: str) -> str:
        """The sentences of the docstring that name this option in `backticks`, else those with the name as a word."""
        paragraphs = [" ".join(part.split()) for part in self.documentation.split("\n\n")]
        sentences = [sentence for part in paragraphs for sentence in _END.split(part)]
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        found = [text for text in sentences if f"`{name}`" in text] or [text for text in sentences if word.search(text)]
        return " ".join(text if text[-1] in ".!?" else f"{text.rstrip(';')}." for text in found)

    def validate(
        self,
        given: Mapping[str, Any],
        folder: Path | None,
        elsewhere: Mapping[str, str] = NOWHERE,
        folders: Mapping[str, Path] = types.MappingProxyType({}),
    ) -> tuple[dict[str, Any], list[Finding]]:
        """The keyword arguments for the callable, and everything that is wrong with what was given.

        `elsewhere` has advice on names that belong elsewhere, such as `belonging(names, key)`. Files are relative to
        `folder`, or to that of the option in `folders`.
        """
        valid: dict[str, Any] = {}
        findings = []
        misspelt: set[str] = set()
        for name, value in given.items():
            if name not in self.known:
                misspelt.update(near(name, self.known)[:1])
                findings.append(
                    Finding((name,), f"unknown option {name!r}; {advice_on(name, self.known, elsewhere)}", at_key=True)
                )
                continue
            valid[name], wrong = self.known[name].validate(value, folders.get(name, folder))
            wrong = wrong or self.known[name].unwritable(valid[name])
            findings += [Finding((name, *finding.path), finding.message, finding.at_key) for finding in wrong]
        for option in self:
            if option.is_required and option.name not in {*given, *misspelt}:
                findings.append(Finding((), f"option '{option.name}' ({option.type_name}) is missing"))
        return valid, findings

    def converted(self, given: Mapping[str, Any], folder: Path | None) -> dict[str, Any]:
        """The keyword arguments for known options; ValueError for a value that an annotation does not admit."""
        valid = {}
        for name, value in given.items():
            if name not in self.known:
                raise ValueError(f"unknown option {name!r}; {advice_on(name, self.known, NOWHERE)}")
            valid[name], findings = self.known[name].validate(value, folder)
            for finding in findings:
                raise ValueError(f"{name}: {finding.message}")
        return valid

    def resolve(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What was given, with the defaults of all other options, as plain JSON data that `validate` reads again.

        A default that YAML cannot express (NaN, an object) is omitted: it is the default again when that is read.
        """
        resolved = {}
        for option in self:
            if option.name in given:
                resolved[option.name] = option.as_json(given[option.name])
            elif not option.is_required:
                with suppress(ValueError):
                    resolved[option.name] = option.as_json(option.default)
        return resolved


def _target(function: Callable[..., Any]) -> Any:
    """The function or class that decorators and partials wrap."""
    target: Any = inspect.unwrap(function)
    while isinstance(target, partial):
        target = target.func
    return target


def hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of the options; those that cannot be evaluated (of fixed parameters, say) are omitted."""
    target = _target(function)
    module = target.__module__
    if isinstance(target, type):  # whose `__init__` may be that of a class of another module
        target = inspect.getattr_static(target, "__init__")
        module = getattr(target, "__module__", module)
    is_loaded = module in sys.modules  # that of a function which was pickled by value need not be
    namespace = vars(sys.modules[module]) if is_loaded else getattr(target, "__globals__", {})
    hints = {}
    for name, annotation in inspect.get_annotations(target).items():
        holder = types.SimpleNamespace(__annotations__={name: annotation})
        try:
            hints.update(get_type_hints(holder, globalns=namespace, include_extras=True))
        except NameError:
            continue
    return hints
