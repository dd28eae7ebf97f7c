"""Install plugins on the path, or write them to files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from registry.plugins import Install


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Put a distribution first on the path: `install("nice", plugin())` has the plugin `nice` in the module `nice`."""
    installed = []

    def install(
        distribution: str,
        code: str,
        *,
        name: str = "",
        version: str = "1.0",
        value: str = "",
        entry_points: str | None = None,
    ) -> Path:
        folder = tmp_path / f"site-{distribution}-{version}"
        info = folder / f"{distribution}-{version}.dist-info"
        info.mkdir(parents=True)
        (folder / f"{distribution}.py").write_text(code)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        text = f"[gridloom]\n{name or distribution} = {value or distribution}\n"
        (info / "entry_points.txt").write_text(text if entry_points is None else entry_points)
        monkeypatch.syspath_prepend(folder)
        installed.append(distribution)
        return folder

    yield install
    for module in installed:
        sys.modules.pop(module, None)


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    """Write a plugin file and return its path as text."""

    def file(code: str, name: str = "mine.py") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)
        return str(path)

    return file
