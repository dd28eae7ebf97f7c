"""Where an experiment comes from: its document, and what else it takes to bind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from gridloom.experiment.settings_files import Settings
from gridloom.experiment.yaml_document import Node
from gridloom.registry.in_memory import InMemory


@dataclass(frozen=True)
class Source:
    """All it takes to bind the experiment again in another process."""

    node: Node
    folder: Path | None
    """What file names are relative to; None for a run that is read, whose files need not be there any more."""
    default_name: str
    plugins: tuple[str | InMemory, ...] = ()
    without: tuple[str, ...] = ()
    passed_over: tuple[tuple[str, str], ...] = ()
    """Engines that `auto` must not choose (any more), each with the reason."""
    settings: Settings = field(default_factory=Settings)
    """What `gridloom.toml` says of the executor."""

    @property
    def file(self) -> str:
        """The name of the experiment file in messages."""
        return self.node.location.source
