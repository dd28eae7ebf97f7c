"""What changed in the public surface since the snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from surface.public import as_text, surface

SNAPSHOT = Path(__file__).with_name("public.txt")
UPDATE = "python tests/regenerate.py"

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


def problem(old: Entries, new: Entries) -> str:
    """What is to be done about a changed surface; empty when it has not changed."""
    listing = "\n".join(difference(old, new).values())
    advice = f"If that is meant (docs/stability.md), tell users in CHANGELOG.md and write the snapshot anew: {UPDATE}"
    return f"the public surface has changed:\n{listing}\n{advice}" if listing else ""


def update() -> None:
    """Write the snapshot anew."""
    SNAPSHOT.write_text(as_text(surface()), "utf-8")
