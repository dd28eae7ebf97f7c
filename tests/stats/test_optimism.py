"""How much too high the score of a winner is."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scored import normal

from gridloom.results.statistics.optimism import optimism
from gridloom.results.statistics.questions import NewData, Seeds


def by_the_book(units, draws):
    """The bootstrap bias correction, step by step, with other random numbers."""
    rng = np.random.default_rng(123)
    found = []
    while len(found) < draws:
        drawn = rng.integers(units.shape[1], size=units.shape[1])
        unseen = sorted(set(range(units.shape[1])) - set(drawn.tolist()))
        if unseen:
            winner = max(range(len(units)), key=lambda row: units[row, drawn].mean())
            found.append(units[winner, unseen].mean())
    return np.mean(found)


@pytest.mark.parametrize("question", [Seeds(), NewData(0.25)], ids=lambda question: question.name)
def test_it_is_what_the_bootstrap_gives_step_by_step(question):
    scores = normal((8, 1, 5, 6)) + np.linspace(0, 0.01, 8).reshape(8, 1, 1, 1)
    found = optimism(scores, question)
    assert found.corrected == pytest.approx(by_the_book(question.units(scores), 2000), abs=4e-4)
    assert found.score == pytest.approx(scores.mean(axis=(1, 2, 3)).max())
    assert found.excess == pytest.approx(found.score - found.corrected)


def test_the_winner_of_equals_is_corrected_to_their_common_mean():
    found = [optimism(normal((30, 1, 3, 5), seed), Seeds()) for seed in range(40)]
    assert np.mean([item.score for item in found]) > 0.705
    assert np.mean([item.corrected for item in found]) == pytest.approx(0.7, abs=0.001)


def test_a_winner_by_far_is_hardly_too_high():
    scores = normal((5, 1, 10, 4))
    scores[3] += 1
    for question in (Seeds(), NewData(1 / 9)):
        assert abs(optimism(scores, question).excess) < 1e-4


def test_a_single_run_cannot_be_resampled():
    assert optimism(normal((5, 1, 3, 1)), Seeds()) is None


def test_many_candidates_are_drawn_in_steps_without_changing_what_comes_out(monkeypatch):
    scores = normal((8, 1, 5, 6))
    before = optimism(scores, Seeds())
    monkeypatch.setattr(sys.modules["gridloom.results.statistics.optimism"], "CELLS", 1000)
    assert optimism(scores, Seeds()).corrected == pytest.approx(before.corrected, rel=1e-12)
