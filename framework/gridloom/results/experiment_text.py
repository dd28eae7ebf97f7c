"""The experiment of a run as YAML text, with a remark where a Python program was part of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridloom.core.printable import printable
from gridloom.experiment.yaml_document import write_text
from gridloom.registry.in_memory import IN_PYTHON


def experiment_text(resolved: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """The resolved experiment as YAML; the names of what a Python program gave are explained in comments above."""
    lines = [f"# {printable(line)}\n" for line in _remarks(manifest)]
    return "".join(lines) + write_text(dict(resolved))


def _remarks(manifest: Mapping[str, Any]) -> list[str]:
    if (description := given_in_python(manifest)) is None:
        return []
    data = f"'{IN_PYTHON}:data' is X and y of the call, described under dataset."
    lines = ["This experiment was a call of gridloom.search in Python, which is needed to run it again."]
    if build := description.get("build"):
        code = description.get("code")
        version = code.get(build, "") if isinstance(code, Mapping) else ""
        lines.append(f"'{IN_PYTHON}:{build}' is the function {description.get('signature', build)} ({version}).")
    return [*(" ".join(line.split()) for line in lines), data]


def given_in_python(manifest: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a manifest says of the function that a Python program gave; None where no Python program made the run."""
    found = manifest.get("in_memory", {})
    return found.get(IN_PYTHON) if isinstance(found, Mapping) else None
