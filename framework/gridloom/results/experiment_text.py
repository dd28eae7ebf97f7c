"""The experiment of a run as YAML, with comments about a function and data that a Python program gave it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridloom.core.printable import printable
from gridloom.experiment.yaml_document import write_text
from gridloom.registry.in_memory import IN_PYTHON


def experiment_text(resolved: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """The resolved experiment as YAML, below comments that explain the names of what a Python program gave."""
    lines = [f"# {printable(line)}\n" for line in _remarks(manifest)]
    return "".join(lines) + write_text(dict(resolved))


def _remarks(manifest: Mapping[str, Any]) -> list[str]:
    if (description := given_in_python(manifest)) is None:
        return []
    data = f"{IN_PYTHON}:data stands for the data of the call, which the options of the data set describe."
    lines = ["This experiment was a call of gridloom.search: only that Python program can run it again."]
    if build := description.get("build"):
        code = description.get("code")
        version = code.get(build, "") if isinstance(code, Mapping) else ""
        lines.append(f"{IN_PYTHON}:{build} stands for the function {description.get('signature', build)}, {version}.")
    return [*(" ".join(line.split()) for line in lines), data]


def given_in_python(manifest: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The manifest's description of the function that a Python program gave; None for a run of a file."""
    found = manifest.get("in_memory", {})
    return found.get(IN_PYTHON) if isinstance(found, Mapping) else None
