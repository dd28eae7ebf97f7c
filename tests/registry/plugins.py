"""The text of small plugins, and what a registry knows of one of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gridloom.registry.plugin_info import PluginInfo
from gridloom.registry.record import Record
from gridloom.registry.registry import Registry

Install = Callable[..., Path]

HEADER = """
import gridloom
import pluggy
from gridloom import Choices, Dataset, Family, Parameter, Reporter

marker = pluggy.HookimplMarker("gridloom")

def report(result, filename: str = "best.txt"):
    '''Write the best candidate.'''

def apply_rate(draft, rate: float): ...
"""

BEST = "yield Reporter('best', 'The best candidate.', report)"
"""The body of a good `gridloom_reporters`."""


def plugin(
    body: str = BEST, *, hook: str = "gridloom_reporters", mark: str = "gridloom.hookimpl", parameters: str = ""
) -> str:
    """The text of a plugin module with one hook function."""
    return f"{HEADER}\n@{mark}\ndef {hook}({parameters}):\n    {body}\n"


def dropout() -> str:
    """The text of a plugin with a family of the name of a built-in one."""
    return plugin(
        "yield Family('dropout', 'Another.', apply_rate, (Parameter('rate', Choices(0.25)),))", hook="gridloom_families"
    )


def only(registry: Registry, distribution: str) -> PluginInfo:
    """The one plugin of a distribution."""
    (info,) = [info for info in registry.plugins if info.distribution == distribution]
    return info


def provided_by(registry: Registry, plugin: str) -> list[Record]:
    """What a plugin provides."""
    return [item.record for item in registry.provided if item.plugin.name == plugin]
