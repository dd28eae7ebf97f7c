"""What changed in the public surface since the snapshot, and whether CHANGELOG.md tells it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from surface.public import as_text, from_text, surface

SNAPSHOT = Path(__file__).with_name("public.txt")
CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
UPDATE = "python tests/regenerate.py"

NAMED_AREAS = ("journal", "results.json")
"""The areas that an item of the changelog must name; the others are clear from the names in them."""

Entries = Mapping[tuple[str, ...], str]


def difference(old: Entries, new: Entries) -> dict[tuple[str, ...], str]:
    """What was added, removed or changed, each with a line about it; a new class or command stands for all it has."""
    lines = {}
    for path in sorted(old.keys() | new.keys()):
        parent_alike = all(
            _is_there(path[:length], old) == _is_there(path[:length], new) for length in range(len(path))
        )
        if old.get(path) == new.get(path) or not parent_alike:
            continue
        before = [f"- {' '.join(path)}: {old[path]}"] if path in old else []
        after = [f"+ {' '.join(path)}: {new[path]}"] if path in new else []
        lines[path] = "\n".join(before + after)
    return lines


def _is_there(path: tuple[str, ...], entries: Entries) -> bool:
    return path in entries


def untold(paths: Mapping[tuple[str, ...], str], changelog: str) -> list[str]:
    """The entries that no item of the changelog's top section names."""
    top = re.split(r"^## ", changelog, flags=re.MULTILINE)[1]
    items = [set(re.findall(r"--[\w-]+|[\w.-]*\w", item)) for item in re.split(r"^- ", top, flags=re.MULTILINE)[1:]]
    known = [words | {part for word in words for part in word.split(".")} for words in items]
    return [" ".join(path) for path in paths if not any(_words(path) <= words for words in known)]


def _words(path: tuple[str, ...]) -> set[str]:
    """What an item of the changelog must name: the thing and what it belongs to."""
    named = path if path[0] in NAMED_AREAS else path[1:]
    return {word.rpartition(".")[2].removesuffix("[]") for word in named[-2:]}


def problem(old: Entries, new: Entries, changelog: str) -> str:
    """What is to be done about a changed surface; empty when it has not changed."""
    changed = difference(old, new)
    if not changed:
        return ""
    listing = "\n".join(changed.values())
    missing = untold(changed, changelog)
    advice = f"then write the snapshot anew: {UPDATE}"
    if missing:
        names = "\n".join(f"  {name}" for name in missing)
        advice = f"tell users in the top section of CHANGELOG.md, in an item that names each of\n{names}\n{advice}"
    return f"the public surface has changed:\n{listing}\nIf that is meant (docs/stability.md), {advice}"


def update() -> str:
    """Write the snapshot anew, and return nothing; or return what CHANGELOG.md must tell first."""
    new = surface()
    old = from_text(SNAPSHOT.read_text("utf-8")) if SNAPSHOT.exists() else new
    if untold(difference(old, new), changelog := CHANGELOG.read_text("utf-8")):
        return problem(old, new, changelog)
    SNAPSHOT.write_text(as_text(new), "utf-8")
    return ""
