"""Binds the executor: what the command line or the experiment names, or else `gridloom.toml`."""

from __future__ import annotations

from typing import Any

from gridloom.errors import Problem, near, nearest
from gridloom.experiment.bound import Bound
from gridloom.experiment.problems import Binder
from gridloom.experiment.yaml_document import Node
from gridloom.registry.records import Executor

KEY = Executor.place[0]


def bind_executor(binder: Binder, selection: Any) -> tuple[Bound[Executor] | None, str]:
    """The executor that is chosen, and what chose it; None where nothing does, or what is chosen is wrong."""
    settings = binder.source.settings
    _check_names(binder)
    chosen: Node | None = None
    if selection is not None:
        _, chosen = binder.node.value[KEY]
    elif settings.executor is not None:
        chosen = settings.executor
    if chosen is None:
        return None, ""
    by = "the experiment" if chosen.location.source == binder.source.file else _file_of(chosen)
    reason = f"named by {by}"
    name = _name_in(chosen)
    if name is not None and name in settings.executors:
        table = settings.executors[name]
        reason += f" as {name}" + ("" if _file_of(table) == by else f", which {_file_of(table)} defines")
        beside = chosen.value if isinstance(chosen.value, dict) else {}
        chosen = Node({**table.value, **beside, "name": table.value["name"]}, table.location)
    binder.node = binder.node.replaced([KEY], chosen)
    if _report_near(binder, name):
        return None, reason
    return binder.bound(Executor.place, chosen.plain(), Executor), reason


def _file_of(node: Node) -> str:
    """The file, or option, that says a value, without the keys of a `gridloom.toml` that lead to it."""
    source = node.location.source
    return source.rpartition(" (")[0] if source.endswith(")") else source


def _name_in(chosen: Node) -> str | None:
    plain = chosen.plain()
    name = plain.get("name") if isinstance(plain, dict) else plain
    return name if isinstance(name, str) else None


def _check_names(binder: Binder) -> None:
    """Note named executors that would hide one that a plugin provides."""
    provided = {item.record.name: item.plugin for item in binder.registry.of_kind(Executor)}
    for name, node in binder.source.settings.executors.items():
        if name in provided:
            text = f"the plugin {provided[name]} already provides an executor '{name}'; choose another name"
            binder.problems.append(Problem(node.location, text))


def _report_near(binder: Binder, name: str | None) -> bool:
    """Note a name that nothing has, where a named executor is meant; whether that is so."""
    named = binder.source.settings.executors
    provided = [item.record.name for item in binder.registry.of_kind(Executor)]
    if name is None or name in named or name in provided or not near(name, named):
        return False
    binder.report((KEY,), f"unknown {Executor.kind} {name!r}; {nearest(name, [*named, *provided])}")
    return True
