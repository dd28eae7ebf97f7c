"""What to do about a name that no plugin provides: name the file of one that may, or install it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from gridloom.core.spelling import spelled_option
from gridloom.errors import UnknownName
from gridloom.experiment.source import Source
from gridloom.registry.loading import place_of
from gridloom.registry.registry import Registry

MOST_FILES = 100
"""So many files are looked into, and so many bytes of each: no more are plugins by chance."""
MOST_BYTES = 200_000


def with_way_out(error: UnknownName, beside: Sequence[Path], registry: Registry) -> str:
    """What an error says of an unknown name, and the way out where a plugin that is not loaded may provide it.

    `beside` are files that may be such plugins. If plugins are disabled, the error says so: they come first.
    """
    text = str(error)
    if registry.broken or not text.startswith("unknown "):
        return text
    if beside:
        options = " or ".join(spelled_option("plugins", [str(file)]) for file in beside[:2])
        return f"{text}; if a plugin in this folder provides it, add {options}"
    return (
        f"{text}; if a plugin provides it, install that or name its file with {spelled_option('plugins', None)}"
        if "; known: " in text
        else text
    )


def plugins_beside(source: Source) -> Iterator[Path]:
    """The files in the folder of an experiment that are plugins by the look of them, and not loaded."""
    loaded = {place_of(plugin) for plugin in source.plugins}
    found = sorted(source.folder.glob("*.py"))[:MOST_FILES] if source.folder else ()
    for file in found:
        try:
            if file.is_file() and place_of(str(file)) not in loaded:
                with file.open("rb") as content:
                    if b"hookimpl" in content.read(MOST_BYTES):
                        yield file
        except OSError:
            continue
