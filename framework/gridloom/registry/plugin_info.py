"""Where a plugin comes from, and what tells its code apart where its version does not."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from importlib.metadata import Distribution
from pathlib import Path


@dataclass(frozen=True)
class PluginInfo:
    """Where a plugin comes from, and why it is disabled, if it is.

    `editable` is whether its code may change without its version.
    """

    name: str
    distribution: str
    version: str
    file: str
    hooks: tuple[str, ...] = ()
    broken: str | None = None
    editable: bool = False

    def __str__(self) -> str:
        return f"'{self.name}' ({self.distribution} {self.version}, {self.file})"

    @property
    def state(self) -> str:
        """What scores depend on: distribution and version, and a hash of code that is editable."""
        code = code_hash(self.file) if self.editable else ""
        return f"{self.distribution} {self.version}" + (code and f", code {code}")

    def set_aside(self, reason: str) -> PluginInfo:
        """The same plugin, not used for this reason."""
        return replace(self, broken=reason)


def is_editable(distribution: Distribution) -> bool:
    """Whether a distribution runs from its sources.

    Installers say so in `direct_url.json` (https://packaging.python.org/en/latest/specifications/direct-url/). The metadata that
    setuptools leaves beside the sources, which a process may find there first, list these and nothing that is installed.
    """
    if distribution.read_text("SOURCES.txt") and not any(
        map(distribution.read_text, ("RECORD", "installed-files.txt"))
    ):
        return True
    try:
        return bool(json.loads(distribution.read_text("direct_url.json") or "{}")["dir_info"]["editable"])
    except (KeyError, TypeError, ValueError):
        return False


def code_hash(file: str) -> str:
    """Twelve hexadecimal digits of the module in this file, or of all modules in its package; none without a file."""
    path = Path(file)
    modules = sorted(path.parent.rglob("*.py")) if path.name == "__init__.py" else [path]
    digest = hashlib.sha256()
    for module in modules:
        if not module.is_file():
            return ""
        content = module.read_bytes()
        digest.update(f"{module.relative_to(path.parent).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:12]
