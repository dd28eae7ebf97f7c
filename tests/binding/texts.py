"""Texts of experiments that the tests of binding start from, and ways to change a line of them."""

from __future__ import annotations

NETWORK = """\
name: small
dataset: iris
model: mlp
search:
  strategy: grid
  space:
    neurons: {neurons: [1, 5]}
"""
ESTIMATOR = """\
name: small
dataset: iris
model: logistic_regression
search:
  strategy: grid
  space:
    model:
      C: [0.1, 1.0]
"""


def with_space(space: str, base: str = NETWORK) -> str:
    """An experiment with another search space, written on one line."""
    return base[: base.index("  space:")] + f"  space: {space}\n"


def with_line(line: str, base: str = NETWORK) -> str:
    """An experiment with one key more, or another value for a key that it has."""
    key = line.replace("►", "").partition(":")[0]
    return "".join(kept for kept in base.splitlines(keepends=True) if not kept.startswith(f"{key}:")) + line + "\n"
