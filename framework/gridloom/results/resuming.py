"""What to write to resume a run, or to change it: a command and YAML, or for a call from Python that call."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from gridloom.core.file_names import EXPERIMENT
from gridloom.core.spelling import Speech, speaking
from gridloom.results.experiment_text import given_in_python


def resuming_command(name: str, folder: Path, manifest: Mapping[str, Any]) -> str:
    """The command that resumes the run in a folder from the current one; for a run of `gridloom.search`, the call."""
    if given_in_python(manifest) is not None:
        return f"gridloom.search(..., name={name!r})"
    folder = folder.resolve()
    parts = ["gridloom", "run", _from_here(folder / EXPERIMENT)]
    if folder.parent != Path("runs").resolve():
        parts += ["--out", _from_here(folder.parent)]
    for plugin in manifest.get("asked_for", []):
        parts += ["-p", _from_here(Path(plugin)) if plugin.endswith(".py") else plugin]
    return shlex.join(parts)


def speaking_as_given(manifest: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Have messages spell settings as the arguments of a call where the run was one of `gridloom.search`."""
    return nullcontext() if given_in_python(manifest) is None else speaking(Speech.ARGUMENTS)


def _from_here(path: Path) -> str:
    """The path as the current folder knows it, or from the root of the system where it lies elsewhere."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
