"""Bad plugins: each is written as a file, and held against the contract of its kind."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HEAD = """
import gridloom
from gridloom import Choices, Data, Parameter, Proposal
"""


@dataclass(frozen=True)
class Bad:
    """A plugin that breaks one check of its contract: its text, and what the check says."""

    text: str
    message: str
    arguments: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    error: type[BaseException] = AssertionError


def held_against(contract: type, text: str, folder: Path, **attributes: Any) -> Any:
    """The contract for the thing `bad` of a plugin file."""
    file = folder / "bad_plugin.py"
    file.write_text(HEAD + inspect.cleandoc(text))
    return type("TestBad", (contract,), {"plugin": str(file), "name": "bad", "__module__": __name__, **attributes})()


def checks_of(contract: type) -> set[str]:
    """The names of a contract's own checks."""
    return {name for name in vars(contract) if name.startswith("test_")}


def breaks(contract: type, check: str, bad: Bad, folder: Path, **fixtures: Any) -> None:
    """Fail unless the check fails for the bad plugin, with the message."""
    held = held_against(contract, bad.text, folder, **bad.attributes)
    method = getattr(held, check)
    wanted = inspect.signature(method).parameters
    given = {name: value for name, value in {**fixtures, **bad.arguments}.items() if name in wanted}
    with pytest.raises(bad.error, match=bad.message):
        method(**given)
