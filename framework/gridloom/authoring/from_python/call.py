"""The experiment that a call of `gridloom.search` is: its function and its data as a plugin, all else as a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gridloom.authoring.from_python.builders import GivenBuilder, builder_of, content_of
from gridloom.authoring.from_python.given_data import NAME, GivenData, given_data
from gridloom.errors import InvalidInput, Location, Problem
from gridloom.experiment.bind import bind
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.python_document import node_of
from gridloom.experiment.settings_files import read_settings
from gridloom.experiment.source import Source
from gridloom.experiment.yaml_document import Node
from gridloom.registry.hooks_in_memory import Hooks, packed
from gridloom.registry.in_memory import IN_PYTHON, InMemory
from gridloom.registry.loading import known_anywhere
from gridloom.registry.registry import load_registry

CALL = "gridloom.search"


@dataclass(frozen=True)
class Call:
    """What a call says: the builder and the data; what else there is about rows; and the keys of an experiment.

    `searched` are those that stand under `search:` in a file, `beside` those beside the name of the data set. What is None is not said.
    """

    build: Any
    X: Any
    y: Any
    task: str | None
    rows: Mapping[str, Any]
    keys: Mapping[str, Any]
    searched: Mapping[str, Any]
    beside: Mapping[str, Any]
    plugins: Sequence[str] = ()
    without: Sequence[str] = ()
    folder: Path = field(default_factory=Path.cwd)
    """What file names are relative to."""


def experiment_of(call: Call) -> Experiment:
    """The call as an experiment, bound; InvalidInput with the arguments that are wrong, and the keys in them."""
    registry = load_registry(call.plugins, call.without)
    search = _node(_nodes(call.searched), "space")
    given = given_data(call.X, call.y, call.task, call.rows, registry)
    builder = None
    if not isinstance(call.build, str | Mapping):
        space = search.plain().get("space")
        builder = builder_of(call.build, space, given.data.task, registry)
    memory = _plugin(builder, given)
    document = _document(call, search, builder, given)
    files = map(known_anywhere, call.plugins)
    source = Source(
        document,
        call.folder,
        builder.record.name if builder else _name_in(call.build),
        (*files, memory),
        tuple(call.without),
        settings=read_settings(call.folder),
    )
    return bind(source, load_registry([*call.plugins, memory], call.without))


def _plugin(builder: GivenBuilder | None, given: GivenData) -> InMemory:
    """The function, if there is one, and the data, as a plugin."""
    if builder is None:
        return InMemory("data alone", packed(Hooks((), ())), hooks=Hooks((given.record,), ()))
    return InMemory(
        version=f"code {builder.parts.version}",
        content=content_of(builder.record, builder.parts),
        description=builder.description,
        hooks=Hooks((given.record,), (builder.record,)),
        file=builder.file,
    )


def _document(call: Call, search: Node, builder: GivenBuilder | None, given: GivenData) -> Node:
    data = {"name": f"{IN_PYTHON}:{NAME}", **given.lines}
    model = call.build if builder is None else {"name": f"{IN_PYTHON}:{builder.record.name}", **builder.first}
    beside = _nodes(call.beside)
    dataset = Node({**_nodes(data, Location("X and y")), **beside}, Location("X and y"))
    return _node(
        {
            "dataset": (dataset.location, dataset),
            "model": (Location("build"), node_of(model, "build", inside="build")),
            "search": (search.location, search),
            **_nodes(call.keys),
        },
        CALL,
    )


def _node(entries: dict[str, tuple[Location, Node]], place: str) -> Node:
    return Node(entries, Location(place))


def _nodes(values: Mapping[str, Any], place: Location | None = None) -> dict[str, tuple[Location, Node]]:
    """The nodes of arguments that are given, each by its name; InvalidInput with all that no file could say."""
    problems: list[Problem] = []
    found = {}
    for name, value in values.items():
        if value is None:
            continue
        try:
            node = node_of(value, name, inside=name)
        except InvalidInput as error:
            problems += error.problems
        else:
            found[name] = (place or Location(name), Node(node.value, place) if place else node)
    if problems:
        raise InvalidInput(problems)
    return found


def _name_in(build: Any) -> str:
    """The name of the model builder that a call names."""
    name = build.get("name") if isinstance(build, Mapping) else build
    return name.rpartition(":")[2] if isinstance(name, str) else "search"
