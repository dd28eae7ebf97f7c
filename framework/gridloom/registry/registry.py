"""Finds plugins, indexes what they provide, and explains clashes and breakage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from typing import Any, Generic, TypeVar

import pluggy

from gridloom.errors import PluginError, UnknownName, nearest
from gridloom.registry import hookspecs
from gridloom.registry.in_memory import IN_PYTHON, InMemory
from gridloom.registry.installed import with_entry_points
from gridloom.registry.loading import load_plugin, name_of, one_line, place_of
from gridloom.registry.plugin_info import PluginInfo, is_editable
from gridloom.registry.record import Record
from gridloom.registry.records import KINDS, Engine, Reporter, Scorer, Strategy

R_co = TypeVar("R_co", bound=Record, covariant=True)
T = TypeVar("T", bound=Record)
D = TypeVar("D", Strategy, Scorer, Reporter)


@dataclass(frozen=True)
class Provided(Generic[R_co]):
    """A record and the plugin that provides it."""

    record: R_co
    plugin: PluginInfo

    @property
    def full_name(self) -> str:
        """`plugin:name`, which is never ambiguous."""
        return f"{self.plugin.name}:{self.record.name}"


class Registry:
    """All plugins that were found, and what they provide."""

    def __init__(self, plugins: Sequence[PluginInfo], provided: Sequence[Provided[Record]]) -> None:
        self.plugins = tuple(plugins)
        self.provided = tuple(provided)

    @property
    def broken(self) -> list[PluginInfo]:
        """The plugins that were disabled because they are broken."""
        return [plugin for plugin in self.plugins if plugin.broken]

    @property
    def remark(self) -> str:
        """Lines to add to an error about an unknown name: one for every disabled plugin, since it might provide it.

        Each follows a line break.
        """
        return "".join(f"\n  the plugin {plugin} is disabled: {plugin.broken}" for plugin in self.broken)

    def shortest_name(self, item: Provided[Record]) -> str:
        """The name of a thing in YAML, with the plugin before it where another one provides the same name."""
        return item.record.name if len(self._namesakes(item)) == 1 else item.full_name

    @property
    def choices(self) -> list[str]:
        """A line for every name that several plugins provide, with what to write instead."""
        groups = (self._namesakes(item) for item in self.provided)
        return list(dict.fromkeys(_choice(group) for group in groups if len(group) > 1))

    def _namesakes(self, item: Provided[Record]) -> list[Provided[Record]]:
        """All things of the kind and the name of this one, itself included, by plugin."""
        return [other for other in self.of_kind(type(item.record)) if other.record.name == item.record.name]

    def of_kind(self, kind: type[T]) -> list[Provided[T]]:
        """Everything of one kind, by name."""
        found = [Provided(item.record, item.plugin) for item in self.provided if isinstance(item.record, kind)]
        return sorted(found, key=lambda item: (item.record.name, item.plugin.name))

    def defaults(self, kind: type[D]) -> list[Provided[D]]:
        """The strategies, scorers or reporters that experiments use which name none."""
        return [item for item in self.of_kind(kind) if item.record.default]

    def engines_for(self, makes: str) -> list[Provided[Engine]]:
        """The engines that train models of this kind, in the order in which `engine: auto` tries them."""
        able = [item for item in self.of_kind(Engine) if makes in item.record.kinds]
        return sorted(able, key=lambda item: -item.record.preference)

    def find(self, kind: type[T], name: str) -> Provided[T]:
        """The thing of this kind with this name, or `plugin:name`.

        Raises UnknownName when there is none, or when several plugins provide it and `name` does not choose.
        """
        candidates = self.of_kind(kind)
        matches = [item for item in candidates if name in (item.record.name, item.full_name)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise UnknownName(_choice(matches))
        if name.startswith(f"{IN_PYTHON}:"):
            raise UnknownName(
                f"the {kind.kind} '{name}' exists only in the Python program that called gridloom.search; run that again"
            )
        known = [*kind.beside, *(item.full_name if ":" in name else item.record.name for item in candidates)]
        raise UnknownName(f"unknown {kind.kind} {name!r}; {nearest(name, known)}{self.remark}")


def _choice(providers: Sequence[Provided[Record]]) -> str:
    """That several plugins provide one name, and what to write."""
    record = providers[0].record
    plugins = " and ".join(str(item.plugin) for item in providers)
    names = " or ".join(f"'{item.full_name}'" for item in providers)
    return f"{record.kind} '{record.name}' is provided by the plugins {plugins}; write {names}"


def load_registry(plugins: Iterable[object] = (), without: Iterable[str] = ()) -> Registry:
    """The registry of all installed plugins and of `plugins`.

    Those are files ending in .py, names of modules, modules, plugins in memory, or other objects with hooks; one that is
    also installed counts once. `without` names plugins to disable. An installed plugin that is broken is disabled; one
    named here that is broken, missing or unknown raises PluginError.
    """
    loader = _Loader(frozenset(without))
    loader.add_all_installed()
    return loader.load(tuple(plugins))


def registry_of(plugins: Iterable[object]) -> Registry:
    """The registry of these plugins (see `load_registry`) and of nothing that is installed."""
    return _Loader(frozenset()).load(tuple(plugins))


class _Loader:
    """Gathers plugins one by one; pluggy finds their hook implementations."""

    def __init__(self, without: frozenset[str]) -> None:
        self.without = without
        self.seen: set[str] = set()
        self.plugins: list[PluginInfo] = []
        self.provided: list[Provided[Record]] = []
        self.registered: list[object] = []

    def add_all_installed(self) -> None:
        for name, distribution in with_entry_points():
            if points := self._entry_points(name, distribution):
                info = _info_of(name, distribution)
                for point in points:
                    self._add_installed(point, replace(info, name=point.name, file=point.value))

    def load(self, extra: tuple[object, ...]) -> Registry:
        for source in {place_of(source): source for source in extra}.values():
            self._add_extra(source)
        unknown = self.without - self.seen
        if unknown:
            name = min(unknown)
            raise PluginError(f"there is no plugin '{name}' to disable; {nearest(name, self.seen)}")
        return Registry(self.plugins, self.provided)

    def _entry_points(self, name: str, distribution: Distribution) -> list[EntryPoint]:
        try:
            return [point for point in distribution.entry_points if point.group == hookspecs.PROJECT]
        except Exception as error:
            if f"[{hookspecs.PROJECT}]" in (distribution.read_text("entry_points.txt") or ""):
                info = _info_of(name, distribution)
                self.plugins.append(info.set_aside(f"its entry points cannot be read: {one_line(error)}"))
            return []

    def _add_installed(self, entry_point: EntryPoint, info: PluginInfo) -> None:
        if self._is_unwanted(info):
            return
        try:
            module = entry_point.load()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit, too
            self.plugins.append(info.set_aside(f"it cannot be imported: {one_line(error)}"))
            return
        self._register(module, info)

    def _add_extra(self, source: object) -> None:
        name = name_of(source)
        plugin = None if name in self.without else load_plugin(source)
        info = _info_of_extra(name, source, plugin)
        if plugin is not None and any(plugin is other for other in self.registered):
            return
        if self._is_unwanted(info):
            if name not in self.without:
                raise PluginError(f"plugin '{source}' cannot be used: another plugin has the same name")
            return
        self._register(plugin, info)
        if self.plugins[-1].broken:
            raise PluginError(f"plugin '{source}' cannot be used: {self.plugins[-1].broken}")

    def _is_unwanted(self, info: PluginInfo) -> bool:
        known = info.name in self.seen
        self.seen.add(info.name)
        if known and info.name not in self.without:
            self.plugins.append(info.set_aside("another plugin has the same name"))
        return known or info.name in self.without

    def _register(self, module: Any, info: PluginInfo) -> None:
        info = replace(info, file=getattr(module, "__file__", None) or info.file)
        manager = pluggy.PluginManager(hookspecs.PROJECT)
        try:
            manager.register(module, info.name)
            hooks = _checked_hooks(manager)
            manager.add_hookspecs(hookspecs)  # later, since pluggy's own words about arguments are for others
            info = replace(info, hooks=tuple(hooks))
            records = [record for hook, function in hooks.items() for record in _records(hook, function)]
            _refuse_doubles(records)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit, too
            self.plugins.append(info.set_aside(one_line(error)))
            return
        self.plugins.append(info)
        self.registered.append(module)
        self.provided += [Provided(record, info) for record in records]


def _info_of(name: str, distribution: Distribution) -> PluginInfo:
    """A distribution as where plugins come from; each of them has a name and a file of its own."""
    return PluginInfo(name, name, distribution.version, "entry_points.txt", editable=is_editable(distribution))


def _info_of_extra(name: str, source: object, plugin: object) -> PluginInfo:
    """What identifies a plugin that is not installed; it is None where nobody wants it."""
    if isinstance(source, InMemory):
        return PluginInfo(name, "in memory", source.version, source.file)
    if isinstance(source, str) and source.endswith(".py"):
        file = Path(source)
        version = hashlib.sha256(file.read_bytes()).hexdigest()[:12] if plugin is not None else "-"
        return PluginInfo(name, "file", version, source)
    version = str(getattr(plugin, "__version__", "-"))
    return PluginInfo(name, "module", version, str(source), editable=True)


def _checked_hooks(manager: pluggy.PluginManager) -> dict[str, Any]:
    """The hook functions of the one registered plugin, by hook; PluginError for those that cannot be right."""
    known = {kind.hook for kind in KINDS}
    (plugin,) = manager.get_plugins()
    hooks = {}
    for caller in manager.get_hookcallers(plugin) or []:
        for implementation in caller.get_hookimpls():
            if caller.name not in known:
                raise PluginError(f"there is no hook '{caller.name}'; {nearest(caller.name, known)}{_OTHER_VERSION}")
            if names := [*implementation.argnames, *implementation.kwargnames]:
                message = f"the hook '{caller.name}' takes no arguments, not even with defaults, but here it has"
                raise PluginError(f"{message} {' and '.join(map(repr, names))}{_OTHER_VERSION}")
            if implementation.wrapper or implementation.hookwrapper:
                raise PluginError(f"the hook '{caller.name}' cannot be wrapped: it only yields records")
            if caller.name in hooks:
                raise PluginError(f"it implements the hook '{caller.name}' twice")
            hooks[caller.name] = implementation.function
    if not hooks:
        raise PluginError("it implements no hook; mark a function such as gridloom_families() with @gridloom.hookimpl")
    return hooks


_OTHER_VERSION = " (the plugin may be made for another version of Gridloom)"


def _records(hook: str, function: Any) -> list[Record]:
    (kind,) = (kind for kind in KINDS if kind.hook == hook)
    try:
        records = list(function() or ())
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit, too
        raise PluginError(f"{hook}() raises {one_line(error)}") from None
    for record in records:
        if not isinstance(record, kind):
            raise PluginError(f"{hook}() must yield gridloom.{kind.__name__} records, not {record!r:.80}")
    return records


def _refuse_doubles(records: Sequence[Record]) -> None:
    seen: set[tuple[str, str]] = set()
    for record in records:
        if (record.kind, record.name) in seen:
            raise PluginError(f"it provides the {record.kind} '{record.name}' twice")
        seen.add((record.kind, record.name))
