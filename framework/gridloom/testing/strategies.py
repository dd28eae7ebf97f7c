"""The contract of strategies: they end, propose what is in the space, and replay."""

from __future__ import annotations

from typing import Any

import pytest

from gridloom.core.space import Space
from gridloom.errors import GridloomError
from gridloom.registry.records import Strategy
from gridloom.testing.contract import Contract
from gridloom.testing.experiments import run_tiny
from gridloom.testing.recording import Recorder
from gridloom.testing.searching import (
    ENDLESS,
    SPACES,
    Score,
    Wave,
    described,
    explore,
    failed,
    half_failed,
    outside,
    scored,
    trials_of,
)


class StrategyContract(Contract):
    """Inherit to test a strategy, on simulated scores in small spaces and in a run that is resumed.

    A full training has two splits and eight seeds in the spaces, and two splits and four seeds in the run.
    """

    kind = Strategy

    def explore(self, space: Space, score: Score = scored) -> list[Wave]:
        """All waves that the strategy proposes in a space."""
        return explore(lambda: self.bound(space), score)

    @pytest.mark.parametrize("space", SPACES)
    def test_it_proposes_and_ends(self, space: str) -> None:
        """It proposes something, no wave is empty, and it ends."""
        assert self.explore(SPACES[space]), "it proposes nothing"

    @pytest.mark.parametrize("space", SPACES)
    def test_its_proposals_are_in_the_space(self, space: str) -> None:
        """Every candidate has a value from the domain of every parameter."""
        for wave in self.explore(SPACES[space]):
            for proposal in wave:
                problems = outside(proposal.candidate, SPACES[space])
                assert not problems, "; ".join(problems)

    @pytest.mark.parametrize("space", SPACES)
    def test_it_proposes_the_same_given_the_same_trials(self, space: str) -> None:
        """Given the space, its seed and the trials, it always proposes the same, whatever else draws numbers."""
        import random

        import numpy as np

        first = described(self.explore(SPACES[space]))
        random.seed()
        np.random.seed()  # noqa: NPY002  (a strategy that draws from the global generators would be caught)
        assert described(self.explore(SPACES[space])) == first, "it proposes something else the second time"

    def test_it_proposes_the_same_in_another_process(self) -> None:
        """Resuming is replaying in a new process, where sets of text have another order."""
        here = [described(self.explore(space)) for space in SPACES.values()]
        assert self._elsewhere("proposals") == here, "it proposes something else in another process"

    @pytest.mark.parametrize("space", SPACES)
    def test_two_searches_at_once_do_not_disturb_each_other(self, space: str) -> None:
        """Nested cross-validation runs several searches in one process: they must not affect each other."""
        alone = described(self.explore(SPACES[space]))
        other = self.bound(SPACES[space])
        wave: Any = next(other)
        seen, told = [wave], 0
        self.explore(SPACES[space], half_failed)
        while True:
            trials = trials_of(wave, told)
            told += len(wave)
            try:
                wave = other.send(trials)
            except StopIteration:
                break
            seen.append(wave)
        assert described(seen) == alone, "it proposes something else while another search is running"

    @pytest.mark.parametrize("score", [failed, half_failed])
    @pytest.mark.parametrize("space", SPACES)
    def test_it_ends_when_trials_fail(self, space: str, score: Score) -> None:
        """A failed trial has no mean (it is NaN); the strategy continues or ends, and does not raise."""
        assert self.explore(SPACES[space], score)

    def test_it_draws_from_ranges_without_steps_or_refuses_them(self) -> None:
        """A range that cannot be enumerated is drawn from, or refused with a ValueError or GridloomError."""
        try:
            waves = self.explore(ENDLESS)
        except (GridloomError, ValueError):
            return
        for wave in waves:
            for proposal in wave:
                assert not outside(proposal.candidate, ENDLESS)

    def test_a_run_with_it_is_resumed_by_replaying(self, tmp_path: Any) -> None:
        """A run that is read from its journal has the same trials, and nothing new is proposed."""
        from gridloom.runs.reading import load_result
        from gridloom.testing.experiments import read_tiny

        keys = {
            "search": {"strategy": self.selection, "space": {"model": {"C": [0.1, 1.0, 10.0]}}},
            "validation": {"method": "kfold", "folds": 2, "seeds": 4},
        }
        recorder = Recorder()
        result = run_tiny(tmp_path, *self.plugins, recorder=recorder, **keys)
        assert result.is_complete
        assert recorder.results == [result]
        again = load_result(read_tiny(tmp_path, *self.plugins, **keys), result.folder)
        assert [trial.proposal for trial in again.trials] == [trial.proposal for trial in result.trials]
        assert again.is_complete, "when resumed, it proposes candidates that were never trained"
