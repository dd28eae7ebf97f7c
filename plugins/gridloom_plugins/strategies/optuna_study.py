"""A study of Optuna that is asked for candidates of a space and told their trials; it lives in memory and is replayed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import optuna
from optuna.trial import TrialState

from gridloom import Candidate, GridloomError, Space, Status, Trial, nearest
from gridloom_plugins.strategies.known import full_trials, most
from gridloom_plugins.strategies.optuna_asking import Asking
from gridloom_plugins.strategies.optuna_kinds import Said, quiet
from gridloom_plugins.strategies.optuna_parts import make_pruner, make_sampler

MOST_ASKED = 8
"""How often the sampler is asked for a candidate that is new and meets what is required, before one is drawn at random."""

MOST_DRAWN = 200
"""How often one is drawn then at most."""

COSTS = ("epochs", "fit_seconds", "parameters")
"""Objectives that are minimized."""


class Study:
    """A study with the trials that were finished before. ValueError where sampler, objectives and pruner do not go together."""

    def __init__(
        self, space: Space, sampler: Said, wave: int, objectives: Sequence[str], pruner: tuple[Said, list[int]] | None
    ) -> None:
        name = sampler["name"] if isinstance(sampler, dict) else sampler
        _check_objectives(objectives, name, pruner is not None)
        self._sampler = name
        self.space, self.objectives, self.rng = space, tuple(objectives), space.rng()
        self._asking = Asking(space)
        self._pending: dict[str, optuna.Trial] = {}
        earlier = full_trials(space)
        self._seen = {trial.candidate.key for trial in earlier}
        with quiet():
            self._study = optuna.create_study(
                study_name="gridloom",  # from which Optuna's Hyperband makes its brackets: not a random one
                directions=["minimize" if each in COSTS else "maximize" for each in self.objectives or ("score",)],
                sampler=make_sampler(sampler, int(self.rng.integers(2**31)), wave),
                pruner=make_pruner(*pruner) if pruner else optuna.pruners.NopPruner(),
            )
            for trial in earlier:
                self._add(trial)

    def asked(self, number: int) -> list[Candidate]:
        """So many candidates of the space, none of which was there before; fewer where no more are found."""
        found: list[Candidate] = []
        with quiet():
            while len(found) < number and (candidate := self._ask() or self._draw()):
                found.append(candidate)
        return found

    def told(self, trials: Sequence[Trial], epochs: int | None) -> list[Candidate]:
        """Tell their results after so many epochs (None: at their end), and get the candidates that are not pruned."""
        going: list[Candidate] = []
        with quiet():
            for trial in trials:
                asked = self._pending[trial.candidate.key]
                if trial.status is not Status.COMPLETE:
                    self._study.tell(asked, state=TrialState.FAIL)
                elif epochs is None:
                    self._study.tell(asked, self._values(trial))
                else:
                    asked.report(self._values(trial)[0], epochs)
                    going.append(trial.candidate)
            return [candidate for candidate in going if not self._is_pruned(candidate)]

    def _is_pruned(self, candidate: Candidate) -> bool:
        asked = self._pending[candidate.key]
        is_pruned = asked.should_prune()
        if is_pruned:
            self._study.tell(asked, state=TrialState.PRUNED)
        return is_pruned

    def _ask(self) -> Candidate | None:
        """A new candidate that the sampler suggests, None after MOST_ASKED vain attempts.

        What does not meet the requirements counts as pruned, which samplers take for worse than anything trained; what was
        there before as failed, of which they learn nothing.
        """
        infeasible = TrialState.FAIL if len(self.objectives) > 1 else TrialState.PRUNED
        for _ in range(MOST_ASKED):
            trial = self._study.ask()
            try:
                candidate = self._asking.suggested(trial)
            except ValueError as error:  # Optuna checks some options only when it needs them
                raise GridloomError(f"the sampler '{self._sampler}' cannot suggest a candidate: {error}") from error
            if candidate.key in self._seen:
                self._study.tell(trial, state=TrialState.FAIL)
            elif candidate not in self.space:
                self._study.tell(trial, state=infeasible)
            else:
                return self._taken(trial, candidate)
        return None

    def _draw(self) -> Candidate | None:
        """A new candidate drawn at random, and told to the study as one that it asked for; None where none is found."""
        if len(self._seen) >= most(self.space):
            return None
        for _ in range(MOST_DRAWN):
            candidate = self.space.sample(self.rng)
            if candidate.key not in self._seen:
                self._study.enqueue_trial(self._asking.numbers(candidate)[0])
                trial = self._study.ask()
                return self._taken(trial, self._asking.suggested(trial))
        return None

    def _taken(self, trial: optuna.Trial, candidate: Candidate) -> Candidate:
        self._seen.add(candidate.key)
        self._pending[candidate.key] = trial
        return candidate

    def _add(self, trial: Trial) -> None:
        """Tell of a trial that was finished before."""
        numbers, distributions = self._asking.numbers(trial.candidate)
        is_complete = trial.status is Status.COMPLETE
        given: dict[str, Any] = {"values": self._values(trial)} if is_complete else {"state": TrialState.FAIL}
        self._study.add_trial(optuna.create_trial(params=numbers, distributions=distributions, **given))

    def _values(self, trial: Trial) -> list[float]:
        """The means of the objectives over all fits."""
        if not self.objectives:
            return [trial.mean]
        return [self._mean(trial, name) for name in self.objectives]

    def _mean(self, trial: Trial, name: str) -> float:
        results = [result for result in trial.results if result]
        known = results[0].scores
        if name not in known and name not in COSTS:
            raise GridloomError(
                f"unknown objective {name!r} of the strategy 'optuna'; {nearest(name, [*known, *COSTS])}"
            )
        found = [result.scores[name] if name in known else float(getattr(result, name) or 0) for result in results]
        if name in ("epochs", "parameters") and not any(found):
            raise GridloomError(f"the strategy 'optuna' cannot minimize {name}: this engine does not count them")
        return math.fsum(found) / len(found)


def _check_objectives(objectives: Sequence[str], sampler: str, is_pruned: bool) -> None:
    if len(set(objectives)) < len(objectives):
        raise ValueError("an objective is listed twice")
    if len(objectives) > 1 and sampler == "cmaes":
        raise ValueError(
            f"the sampler '{sampler}' supports one objective; nsgaii, nsgaiii, tpe, gp, qmc and random support several"
        )
    if len(objectives) > 1 and is_pruned:
        raise ValueError("a pruner decides by one score, so it needs a single objective")
