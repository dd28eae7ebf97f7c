"""What a shell offers where TAB is pressed: experiment files, runs, and names of plugins and of what they provide.

A shell waits for these, and shows what is printed among the words: they import nothing heavy, and never complain.
zsh evaluates help texts, and an experiment may be anybody's: they are without characters that mean something to a shell.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import typer

if TYPE_CHECKING:
    from gridloom.registry.record import Record
    from gridloom.registry.registry import Provided, Registry

P = ParamSpec("P")
Offers = list[tuple[str, str]]
"""Words, each with a help text."""

EXPERIMENT_SUFFIXES = (".yaml", ".yml")
"""What files that are found in a folder end in, if they are experiments."""

_DESCRIPTION = re.compile(r"^description:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_PLAIN = re.compile(r"[^\s\"'\\$`;&|<>()*?\[\]{}!#]+")
"""Words that every shell takes as they are."""
_MEANING = re.compile(r"[\s\"\\$`\[\]]+")
"""What a shell would evaluate in a help text, or `rich` would drop from it."""


def _quiet(offers: Callable[P, Iterator[tuple[str, str]]]) -> Callable[P, Offers]:
    """The offers as a list, as many as there are until something goes wrong; nothing is printed meanwhile."""

    @wraps(offers)
    def listed(*args: P.args, **kwargs: P.kwargs) -> Offers:
        found: Offers = []
        with (
            Path(os.devnull).open("w", encoding="utf-8") as nowhere,
            redirect_stdout(nowhere),
            redirect_stderr(nowhere),
            suppress(Exception, SystemExit),
        ):
            found.extend(offers(*args, **kwargs))
        return [(word, _harmless(text)) for word, text in found if _PLAIN.fullmatch(word)]

    return listed


@_quiet
def experiments(incomplete: str) -> Iterator[tuple[str, str]]:
    """YAML files and folders; where one folder is all there is, what it holds as well, so that one can go on into it."""
    found = list(_entries(incomplete))
    yield from found
    if len(found) == 1 and found[0][0].endswith("/"):
        yield from _entries(found[0][0])


@_quiet
def runs(ctx: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """Names of runs in the folder of `--out`."""
    from gridloom.core.file_names import EXPERIMENT

    if "/" in incomplete:
        return  # a folder: shells know those
    out = Path(ctx.params.get("out") or "runs")
    for file in sorted(out.glob(f"*/{EXPERIMENT}")):
        yield file.parent.name, _described(file)


@_quiet
def plugins(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    """Names of installed plugins."""
    for plugin in _registry(ctx).plugins:
        provides = ", ".join(hook.removeprefix("gridloom_") for hook in plugin.hooks)
        yield plugin.name, f"{plugin.distribution} {plugin.version}: {plugin.broken or provides}"


@_quiet
def things(ctx: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """Names of all that plugins provide, those of one name together; with plugins once there is a colon."""
    registry = _registry(ctx)
    by_name: dict[str, list[Provided[Record]]] = {}
    for item in registry.provided:
        by_name.setdefault(item.full_name if ":" in incomplete else item.record.name, []).append(item)
    for name, items in sorted(by_name.items()):
        yield name, " / ".join(f"{item.record.kind}: {item.record.summary}" for item in items)


def of_kind(hook: str) -> Callable[[typer.Context], Offers]:
    """What offers the names of a kind, given its hook, and those that mean something in their place besides."""

    def names(ctx: typer.Context) -> Iterator[tuple[str, str]]:
        from gridloom.registry.records import KINDS

        (kind,) = (kind for kind in KINDS if kind.hook == hook)
        yield from kind.beside.items()
        registry = _registry(ctx)
        for item in registry.of_kind(kind):
            yield registry.shortest_name(item), item.record.summary

    return _quiet(names)


engines = of_kind("gridloom_engines")
reporters = of_kind("gridloom_reporters")


@_quiet
def executors(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    """Names of executors: those that plugins provide, and those of the `gridloom.toml` that counts for the first file."""
    from gridloom.experiment.settings_files import read_settings

    yield from of_kind("gridloom_executors")(ctx)
    beside = Path(next(iter(ctx.params.get("paths") or ()), ".")).absolute()
    for name, meant in read_settings(beside if beside.is_dir() else beside.parent).meant.items():
        yield name, f"{meant}, as gridloom.toml says"


def _harmless(text: str) -> str:
    """A help text without what a shell would evaluate; an apostrophe is a typographical one."""
    return _MEANING.sub(" ", text).replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")


def _registry(ctx: typer.Context) -> Registry:
    """The installed plugins, and those that the words before name."""
    from gridloom.registry.registry import load_registry

    contexts = [ctx, *([ctx.parent] if ctx.parent else [])]
    asked_for = [name for context in contexts for key in ("plugins", "extra") for name in context.params.get(key) or ()]
    return load_registry(asked_for)


def _entries(incomplete: str) -> Iterator[tuple[str, str]]:
    """YAML files and folders that what is written may become; hidden ones only where a dot is written."""
    head, slash, tail = incomplete.rpartition("/")
    for path in sorted(Path(head + slash or ".").expanduser().iterdir()):
        if not path.name.startswith(tail) or (path.name.startswith((".", "__")) and not tail):
            continue
        if path.is_dir():
            yield f"{head}{slash}{path.name}/", "a folder"
        elif path.suffix in EXPERIMENT_SUFFIXES:
            yield f"{head}{slash}{path.name}", _described(path)


def _described(file: Path) -> str:
    """The description in an experiment file, as far as one line tells it."""
    found = _DESCRIPTION.search(file.read_text(encoding="utf-8", errors="replace"))
    return found[1].strip("\"'") if found else ""
