"""`gridloom.toml`: where the fits of a project, or of a user, are trained, whatever experiments leave open."""

from __future__ import annotations

import math
import os
import stat
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gridloom.core.regular_files import check_regular
from gridloom.errors import InvalidInput, Location, Problem
from gridloom.experiment.keys import A_NAME, settings_keys
from gridloom.experiment.toml_errors import problem_of
from gridloom.experiment.yaml_document import Node
from gridloom.registry.options import Options
from gridloom.registry.record import NAME

FILE = "gridloom.toml"
MAX_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """What the files of a project and of a user say."""

    executor: Node | None = None
    """A name, or a mapping of a name and options."""
    n_jobs: int | None = None
    executors: Mapping[str, Node] = field(default_factory=dict)
    """Executors by names of their own: mappings of the name of one that a plugin provides, and options."""
    folders: Mapping[str, Path] = field(default_factory=dict)
    """What file names among options are relative to, by the source of their locations."""

    @property
    def meant(self) -> dict[str, str]:
        """The names of executors that these files give, each with that of the executor it stands for."""
        return {name: node.plain()["name"] for name, node in self.executors.items()}

    def over(self, other: Settings) -> Settings:
        """These settings, and what they leave open by the other ones."""
        return Settings(
            self.executor or other.executor,
            other.n_jobs if self.n_jobs is None else self.n_jobs,
            {**other.executors, **self.executors},
            {**other.folders, **self.folders},
        )


def read_settings(folder: Path) -> Settings:
    """What the project of this folder says, and the user where it says nothing; InvalidInput for files that are not right."""
    return _read(project_file(folder)).over(_read(user_file()))


def project_file(folder: Path) -> Path | None:
    """The nearest `gridloom.toml` upward from a folder, up to one that holds `.git`; None where there is none."""
    for place in (folder, *folder.parents):
        if os.path.lexists(place / FILE):
            return place / FILE
        if os.path.lexists(place / ".git"):
            return None
    return None


def user_file() -> Path | None:
    """The user's `gridloom.toml`, if there is one."""
    from platformdirs import user_config_path

    file = user_config_path("gridloom", appauthor=False) / FILE
    return file if os.path.lexists(file) else None


def _read(file: Path | None) -> Settings:
    if file is None:
        return Settings()
    plain = _parsed(file)
    place = str(shown(file))
    nodes = {name: _node(value, place, name) for name, value in plain.items()}
    valid, findings = Options(settings_keys, 0).validate({name: node.plain() for name, node in nodes.items()}, None)
    problems = [Problem(Location(place), _at(finding.path, finding.message)) for finding in findings]
    executor = nodes.get("executor")
    named = {} if problems or "executors" not in nodes else _entries(nodes["executors"])
    problems += _unusable(named)
    if problems:
        raise InvalidInput(problems)
    options = [node for table in (executor, *named.values()) if table for node in _entries(table).values()]
    folders = dict.fromkeys([node.location.source for node in options], file.absolute().parent)
    return Settings(executor, valid.get("n_jobs"), named, folders)


def _at(path: tuple[str | int, ...], message: str) -> str:
    """A message with the key that it is about, unless it names that."""
    key = ".".join(map(str, path))
    return message if not key or repr(path[-1]) in message else f"{key}: {message}"


def _entries(node: Node) -> dict[str, Node]:
    """What is in a table; nothing in another value."""
    return {name: inner for name, (_, inner) in node.value.items()} if isinstance(node.value, dict) else {}


def _unusable(named: Mapping[str, Node]) -> Iterator[Problem]:
    """What is wrong with named executors, whatever plugins there are."""
    for name, node in named.items():
        if not NAME.fullmatch(name):
            yield Problem(node.location, f"{name!r} cannot name an executor: {A_NAME}")
        if not isinstance(node.plain().get("name"), str):
            text = f"say with 'name' which executor '{name}' is, such as name = \"loky\"; its options go next to it"
            yield Problem(node.location, text)


def shown(file: Path) -> Path:
    """A path as messages have it: relative to the working folder where it is in there."""
    with suppress(OSError, ValueError):
        return file.relative_to(Path.cwd())
    return file


def _parsed(file: Path) -> dict[str, Any]:
    """The plain content of a TOML file."""
    place = Location(str(shown(file)))
    check_regular(file, MAX_BYTES)
    try:
        _check_owner(file, place)
        text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise InvalidInput.at(place, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InvalidInput.at(place, "this is not UTF-8 text; save the file as UTF-8") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput([problem_of(error, place.source, text)]) from None
    except RecursionError:
        raise InvalidInput.at(place, "this is nested too deeply") from None


def _check_owner(file: Path, place: Location) -> None:
    """Refuse what somebody else has left where everybody may: it could have data sent anywhere."""
    if sys.platform == "win32":
        return
    everybody_writes = file.parent.stat().st_mode & stat.S_IWOTH
    if everybody_writes and file.stat().st_uid != os.getuid():
        raise InvalidInput.at(
            place,
            f"belongs to another user, in a folder that everybody can write to; put a {FILE} of your own (it may be "
            f"empty) next to the experiment",
        )


def _node(value: Any, place: str, path: str) -> Node:
    """A value of TOML as those of YAML are, with its keys as its place: without dates, and numbers that are not finite."""
    location = Location(f"{place} ({path})")
    if isinstance(value, dict):
        inner = {name: _node(entry, place, f"{path}.{name}") for name, entry in value.items()}
        return Node({name: (node.location, node) for name, node in inner.items()}, location)
    if isinstance(value, list):
        return Node(tuple(_node(item, place, f"{path}[{index}]") for index, item in enumerate(value)), location)
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidInput.at(location, f"{value} is not a finite number; write it in quotes if it is a name")
    if not isinstance(value, str | int | float):
        raise InvalidInput.at(location, f"the date or time {value} needs quotes here")
    return Node(value, location)
