"""What tests share: small experiments on scikit-learn estimators, and the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, settings

from gridloom.registry.registry import Registry, load_registry

SMALL: dict[str, Any] = {
    "name": "small",
    "dataset": "iris",
    "model": "logistic_regression",
    "search": {"strategy": "grid", "space": {"model": {"C": [0.1, 1.0, 10.0]}}},
    "validation": {"method": "stratified_kfold", "folds": 3},
    "seed": 7,
    "reporters": ["console", "csv"],
}
"""A valid experiment that trains in a second without Keras."""

# on a busy machine a slow example is no failure
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The registry of the built-in plugins."""
    return load_registry()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write an experiment: `write(seed=3)` is SMALL with another seed, `write("text")` is any text; returns the file."""

    def write(text: str | None = None, *, file: str = "small.yaml", **changes: Any) -> Path:
        path = tmp_path / file
        if text is None:
            content = {key: value for key, value in (SMALL | changes).items() if value is not None}
            text = yaml.safe_dump(content, sort_keys=False)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def gridloom(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line in `tmp_path` as a user does: `gridloom("run", file)`; returns the finished process."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gridloom", *map(str, arguments)]
        return subprocess.run(
            command,
            cwd=tmp_path,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    return run
