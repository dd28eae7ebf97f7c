"""Parameters without an annotation: their defaults say which values are surely wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gridloom.registry.options import Options

PLUGIN = '''
import gridloom


def wide(width=16, dropout=0, activation="relu"):
    """A network of this `width`."""


@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("wide", "A network.", wide)
'''

EXPERIMENT = """
dataset: pima
model: wide
search:
  space:
    model:
      width: {low: 4.0, high: 64.5}
      dropout: [0, 0.5, none]
      activation: [relu, 3]
"""


def build(width=16, dropout=0, rate=0.5, bias=True, norm=None, activation="relu", open_to_all: Any = 16):
    """Parameters with all kinds of defaults."""


OPTIONS = Options(build, 0).known
ANYTHING = [3, 0.5, 4.0, "text", None, True, [3, 3], {"a": 1}]


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("width", [0.5, 4.0, "text"]),
        ("dropout", ["text"]),
        ("rate", ["text"]),
        ("bias", []),
        ("norm", []),
        ("activation", []),
        ("open_to_all", []),
    ],
)
def test_the_default_rules_out_what_would_fail_in_training(name, refused):
    for value in ANYTHING:
        valid, findings = OPTIONS[name].validate(value, Path())
        assert bool(findings) is (value in refused and not isinstance(value, bool)), value
        assert findings or (valid == value and type(valid) is type(value))


def test_values_are_refused_with_their_place_and_what_would_allow_them(gridloom, tmp_path):
    (tmp_path / "wide.py").write_text(PLUGIN)
    (tmp_path / "wide.yaml").write_text(EXPERIMENT)
    done = gridloom("check", "wide.yaml", "-p", "wide.py")
    assert done.returncode == 2
    assert done.stderr.splitlines()[1:] == [
        (
            "wide.yaml:7:14: its value 4.0 should be a whole number like the default, 16 "
            "(else annotate the parameter, such as width: float)"
        ),
        (
            "wide.yaml:8:25: should be a number like the default, 0 "
            '(else annotate the parameter, such as dropout: int | str), not "none"'
        ),
    ]
