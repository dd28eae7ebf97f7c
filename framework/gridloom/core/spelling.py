"""How messages spell what the user may write: as YAML and options of the command line, or as a Python call."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Any


class Speech(Enum):
    """How a user says an experiment and the options of a run."""

    COMMAND = "a YAML file, and a command"
    FILE = "a YAML file, and a call of gridloom.run"
    DICT = "a dict, and a call of gridloom.run"
    ARGUMENTS = "the arguments of gridloom.search"


_speech: ContextVar[Speech] = ContextVar("speech", default=Speech.COMMAND)


@contextmanager
def speaking(speech: Speech) -> Iterator[None]:
    """Let messages that are made in here spell everything as this user does."""
    before = _speech.set(speech)
    try:
        yield
    finally:
        _speech.reset(before)


def spelled(key: str, value: Any, under: str | None = None) -> str:
    """How the user writes an entry of an experiment, for a message such as f"write {spelled('positive', 'yes')}".

    `under` is the key that the entry belongs under, which is then part of the text; "" stands for the top level. Without
    it, the message is about the mapping that the entry belongs to.

    >>> spelled("drop", ["name", "ticket no"], "dataset")
    "'drop: [name, ticket no]' next to the data set's name"
    >>> spelled("validation", 0.2, "training")
    "'validation: 0.2' under 'training:'"
    >>> with speaking(Speech.ARGUMENTS):
    ...     spelled("validation", 0.2, "training")
    "training={'validation': 0.2}"
    """
    speech = _speech.get()
    if speech is Speech.ARGUMENTS and under is not None:
        return _as_argument(key, value, under)
    if not is_python():
        return f"'{key}: {_flow(value)}'{_place(under)}"
    return f"{key!r}: {value!r}{_place(under)}"


def spelled_option(name: str, value: Any = True) -> str:
    """How the user gives an option of a run, by the name that it has in Python; without a value where that is None.

    >>> spelled_option("fresh"), spelled_option("out", None), spelled_option("n_jobs", 8)
    ('--fresh', '--out', '-j 8')
    >>> with speaking(Speech.FILE):
    ...     spelled_option("fresh"), spelled_option("out", None), spelled_option("plugins", ["mine.py"])
    ('fresh=True', 'out=', "plugins=['mine.py']")
    """
    if _speech.get() is not Speech.COMMAND:
        return f"{name}={'' if value is None else repr(value)}"
    command = _OPTIONS.get(name, f"--{name.replace('_', '-')}")
    values = [] if value is None or value is True else value if isinstance(value, list) else [value]
    return " ".join(f"{command} {item}" for item in values) or command


def spelled_setting(under: str, key: str, value: Any) -> str:
    """An entry with the key that it belongs under, in a line.

    >>> spelled_setting("validation", "seeds", 20)
    'validation.seeds: 20'
    >>> with speaking(Speech.ARGUMENTS):
    ...     spelled_setting("validation", "seeds", 20)
    "validation={'seeds': 20}"
    """
    if _speech.get() is Speech.ARGUMENTS:
        return _as_argument(key, value, under)
    return f"{under}.{key}: {_flow(value)}"


def spelled_value(value: Any) -> str:
    """How the user writes a value."""
    return repr(value) if is_python() else _flow(value)


def spelled_key(path: str) -> str:
    """How messages name a key of an experiment, given the keys that lead to it with dots between them.

    >>> spelled_key("search.stop")
    "'search: stop:'"
    >>> with speaking(Speech.ARGUMENTS):
    ...     spelled_key("search.stop"), spelled_key("validation.seeds")
    ("'stop'", "'validation.seeds'")
    """
    speech = _speech.get()
    if speech is Speech.ARGUMENTS:
        return f"'{path.removeprefix(f'{_SEARCH}.')}'"
    return f"'{path}'" if speech is Speech.DICT else f"'{path.replace('.', ': ')}:'"


def spelled_place(name: str, under: str) -> str:
    """Where an entry of this name belongs; for a call, with the argument to write.

    >>> spelled_place("epochs", "training")
    "'training:'"
    >>> with speaking(Speech.ARGUMENTS):
    ...     spelled_place("candidates", "search.strategy")
    "'strategy', as in strategy={'name': ..., 'candidates': ...}"
    """
    place = spelled_key(under)
    return f"{place}, as in {_as_argument(name, _Any(), under)}" if _speech.get() is Speech.ARGUMENTS else place


class _Any:
    """Stands for a value that the user knows."""

    def __repr__(self) -> str:
        return "..."


def spelled_rerun() -> str:
    """What resumes a run: for a Python program, the call that began it.

    >>> spelled_rerun()
    'rerun the command'
    >>> with speaking(Speech.ARGUMENTS):
    ...     spelled_rerun()
    'make the same call again'
    """
    return "rerun the command" if _speech.get() is Speech.COMMAND else "make the same call again"


def is_call() -> bool:
    """Whether the experiment is a call of `gridloom.search`."""
    return _speech.get() is Speech.ARGUMENTS


def is_python() -> bool:
    """Whether the user writes the values of an experiment in Python."""
    return _speech.get() in (Speech.DICT, Speech.ARGUMENTS)


_OPTIONS = {"n_jobs": "-j", "plugins": "-p", "without": "--no-plugin", "settings": "--set"}
"""What options of `gridloom run` are called whose names differ from those of `gridloom.run`."""

_DATA = "dataset"
_SEARCH = "search"
_NAMED = ("strategy",)
_ARGUMENTS_OF_DATA = ("positive", "sample", "task")


def _as_argument(key: str, value: Any, under: str) -> str:
    """An entry as an argument of `gridloom.search`, which has the keys of `search:` and those of rows side by side."""
    if under == _DATA and key == "drop":
        return f"X.drop(columns={value!r})"
    if under in ("", _SEARCH) or (under == _DATA and key in _ARGUMENTS_OF_DATA):
        return f"{key}={value!r}"
    outer, *inner = under.removeprefix(f"{_SEARCH}.").split(".")
    for name in [key, *reversed(inner)]:
        value = {name: value}
    if outer in _NAMED:
        value = {"name": _Any(), **value}
    return f"{outer}={value!r}"


def _place(under: str | None) -> str:
    """Where an entry stands."""
    if not under:
        return ""
    return " next to the data set's name" if under == _DATA else f" under {spelled_key(under)}"


_PLAIN = re.compile(r"[A-Za-z_][\w./-]*(?: [\w./-]+)*")
_MEANS_SOMETHING = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
"""Texts that this or another version of YAML takes for something else."""


def _flow(value: Any) -> str:
    """The value as YAML on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_flow(key)}: {_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(_flow, value))}]"
    is_plain = isinstance(value, str) and _PLAIN.fullmatch(value) and value.casefold() not in _MEANS_SOMETHING
    return str(value) if is_plain else json.dumps(value, ensure_ascii=False, default=str)
