"""Why fits failed: a line for each reason, and the tracebacks if they are asked for."""

from __future__ import annotations

import pytest
from reporters.outcomes import failed
from reporters.searches import grid, searched

from gridloom.cli import failures


@pytest.fixture
def result(tmp_path):
    """Four candidates, of which all but the first fail, two of them in the same way."""
    found = searched(grid(x=[1, 2, 3, 4]), tmp_path, folds=2, seeds=1)
    errors = {1: "ValueError: no", 2: "ValueError: no", 3: f"TypeError: a\x1b[2J\n\n  {'long ' * 99}"}
    for number, error in errors.items():
        object.__setattr__(found.trials[number], "results", (failed(error),) * 2)
    return found


def test_equal_reasons_have_one_line(result, tmp_path):
    head, first, second = failures.reasons(result)
    assert head == f"\nFailed fits ('gridloom show {tmp_path} --tracebacks' prints the tracebacks):"
    assert first == "  4 fits of 2 candidates, such as {'x': 2}: ValueError: no"
    assert second.startswith("  2 fits of {'x': 4}: TypeError: a\\x1b[2J long long ")
    assert second.endswith("…")
    assert len(second) < 200


def test_many_reasons_are_counted(tmp_path):
    found = searched(grid(x=[*range(30)]), tmp_path, folds=1, seeds=1)
    for trial in found.trials:
        object.__setattr__(trial, "results", (failed(f"ValueError: {trial.number}"),))
    lines = list(failures.reasons(found))
    assert len(lines) == 1 + failures.MOST + 1
    assert lines[-1] == "  ... and 10 more reasons"


def test_tracebacks_are_whole(result):
    first, _ = failures.tracebacks(result)
    assert first.startswith(
        "\n{'x': 2} failed in repeat 0, fold 0, seed 0, and 3 more fits in the same way:\nTraceback"
    )


def test_where_nothing_failed_nothing_is_said(tmp_path):
    assert not list(failures.reasons(searched(grid(x=[1, 2]), tmp_path)))
