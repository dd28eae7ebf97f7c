"""What all steps of binding share: the document, the registry, and the list of problems found so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from gridloom.errors import Problem, UnknownName
from gridloom.experiment.bound import Bound
from gridloom.experiment.missing_plugins import plugins_beside, with_way_out
from gridloom.experiment.source import Source
from gridloom.registry.option_errors import Finding, shorten
from gridloom.registry.options import NOWHERE, Options
from gridloom.registry.record import Record
from gridloom.registry.registry import Registry

KeyPath = tuple[str | int, ...]
"""The keys and indexes that lead to a value of the document."""

T = TypeVar("T", bound=Record)


class Binder:
    """Collects the problems of one document while its parts are bound."""

    def __init__(self, source: Source, registry: Registry) -> None:
        self.source = source
        self.node = source.node
        self.registry = registry
        self.problems: list[Problem] = []

    def report(self, path: KeyPath, message: str, *, at_key: bool = False) -> None:
        """Note a problem with the value at `path`, or with its key."""
        self.problems.append(Problem(self.node.locate(path, at_key=at_key), message))

    @cached_property
    def _plugins_beside(self) -> list[Path]:
        return list(plugins_beside(self.source))

    def told(self, error: UnknownName) -> str:
        """What to say of a name that nothing provides."""
        return with_way_out(error, self._plugins_beside, self.registry)

    def report_findings(self, path: KeyPath, findings: Sequence[Finding]) -> None:
        """Note problems inside the value at `path`."""
        for finding in findings:
            self.report((*path, *finding.path), finding.message, at_key=finding.at_key)

    def options(
        self, path: KeyPath, given: Mapping[str, Any], options: Options, elsewhere: Mapping[str, str] = NOWHERE
    ) -> dict[str, Any]:
        """What is valid among the options given at `path`; the rest is noted, as is what belongs `elsewhere`."""
        valid, findings = options.validate(given, self.source.folder, elsewhere, self._folders(path, given))
        self.report_findings(path, findings)
        wrong = {finding.path[0] for finding in findings if finding.path}
        return {name: value for name, value in valid.items() if name not in wrong}

    def _folders(self, path: KeyPath, given: Iterable[str]) -> dict[str, Path]:
        """What file names are relative to in those options that stand in another file."""
        folders = self.source.settings.folders
        sources = {name: self.node.locate((*path, name)).source for name in given} if folders else {}
        return {name: folders[source] for name, source in sources.items() if source in folders}

    def report_nested_options(self, path: KeyPath, given: Mapping[str, Any], known: Iterable[str], key: str) -> bool:
        """Note that a selection is written `{NAME: {OPTION: ...}}`, if it is, and how to name it by `key` instead."""
        for name, options in given.items():
            if name in known and isinstance(options, Mapping | None):
                others = {other: value for other, value in given.items() if other != name}
                beside = "".join(
                    f", {option}: {shorten(value)}" for option, value in {**(options or {}), **others}.items()
                )
                self.report((*path, name), f"options go next to the name: {{{key}: {name}{beside}}}", at_key=True)
                return True
        return False

    def selected(self, kind: type[T], selection: Any) -> list[Bound[T]]:
        """The things of a kind that stand in its place: one, or each of a list; what is wrong with them is noted."""
        path: KeyPath = kind.place
        if not isinstance(selection, list):
            return [found] if (found := self.bound(path, selection, kind)) else []
        each = (self.bound((*path, index), item, kind) for index, item in enumerate(selection))
        return [item for item in each if item]

    def bound(self, path: KeyPath, selection: Any, kind: type[T]) -> Bound[T] | None:
        """The thing that a selection names, with its options; None after noting what is wrong."""
        if selection is None:
            return None
        given = {"name": selection} if isinstance(selection, str) else dict(selection)
        name = given.pop("name", None)
        if name is None:
            known = sorted([*kind.beside, *(item.record.name for item in self.registry.of_kind(kind))])
            if not self.report_nested_options(path, given, known, "name"):
                self.report(path, f"this {kind.kind} has no 'name'; known: {', '.join(known)}")
            return None
        if not isinstance(name, str):
            self.report((*path, "name"), f"the name of a {kind.kind} should be text, not {shorten(name)}")
            return None
        try:
            provided = self.registry.find(kind, name)
        except UnknownName as error:
            self.report(
                (*path, "name") if isinstance(selection, dict) else path,
                self.told(error),
            )
            return None
        valid = self.options(path, given, provided.record.options)
        return Bound(provided, valid, self.node.locate(path))
