"""The strategy `bayesian`: candidates that a Gaussian process of the scores so far expects to improve on them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Le

from gridloom import Candidate, PlannedWave, Proposal, Space, Strategy, Trial
from gridloom_plugins.strategies.known import full_trials, most

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SPREAD = 10
"""Two to the power of this many points are spread over the space for each wave."""

MOST_SPREAD = 14
"""Requirements are given so many (two to the power of it) points less one to be met in."""

FEW = 2_000
"""A space of no more candidates is looked at as a whole."""

CENTRES, AROUND, ROUNDS = 10, 40, 3
"""How many promising candidates have neighbours looked at, how many each, and how often."""

Waves = Generator[Sequence[Proposal], Sequence[Trial], None]


def bayesian(
    space: Space,
    candidates: Annotated[int, Ge(1), Le(5_000)] = 60,
    wave: Annotated[int, Ge(1), Le(1_000)] = 8,
    initial: Annotated[int, Ge(1), Le(1_000)] | None = None,
) -> Waves:
    """Propose `candidates`, in waves of `wave` that are trained together: those with the largest expected improvement.

    The first `initial` candidates, by default one wave, are spread evenly over the space; candidates tried before count
    among them. Then a Gaussian process (Matern 5/2) is fitted to the scores, with their observed noise, and each wave
    consists of the candidates with the largest expected improvement, each chosen as if those before it had scored as
    expected. A failed candidate counts as the worst so far. Small waves learn more from each candidate, large waves
    train faster. Snoek, Larochelle and Adams, "Practical Bayesian optimization of machine learning algorithms", NIPS
    2012.
    """
    if initial is not None and initial > candidates + len(space.tried):
        raise ValueError(f"'initial' is {initial}, but must be at most 'candidates', which is {candidates}")
    search = _Search(space)
    first = max(0, min(initial or wave, candidates) - len(search.told))
    for start in range(0, candidates, wave):
        number = min(wave, candidates - start)
        is_spread = start < first or not search.can_learn
        chosen = search.spread(number) if is_spread else search.expected(number)
        if not chosen:
            return
        label = "spread" if is_spread else "expected improvement"
        search.told += yield [Proposal(candidate, label=label) for candidate in chosen]


class _Search:
    """What one search has proposed, and the scores it got."""

    def __init__(self, space: Space) -> None:
        from gridloom_plugins.strategies.encoding import Encoding

        self.space, self.rng = space, space.rng()
        self.told = full_trials(space)
        self.seen = {trial.candidate.key for trial in self.told}
        self.encoding = Encoding(space)
        self.theta: NDArray[np.float64] | None = None

    @property
    def can_learn(self) -> bool:
        """Whether there are two scores that differ."""
        return len({trial.mean for trial in self.told if trial.mean == trial.mean}) > 1

    def spread(self, number: int) -> list[Candidate]:
        """So many new candidates spread over the space, fewer where there are no more; ValueError where there is none at all."""
        is_small = most(self.space) <= FEW
        found: list[Candidate] = []
        for power in range((4 * number).bit_length(), MOST_SPREAD):
            found = self._new(self._points(power))[:number]
            if len(found) == number or is_small:
                break
        if len(found) < number and is_small:
            found = self._members()[:number]
        if not found and not self.told:
            found = [self.space.sample(self.rng)]
        return self._taken(found)

    def expected(self, number: int) -> list[Candidate]:
        """So many new candidates with the largest expected improvement, fewer where there are no more."""
        from threadpoolctl import threadpool_limits

        from gridloom_plugins.strategies.improvement import Beliefs, Learned

        with threadpool_limits(1):  # sums in another order would be other numbers
            learned = Learned(self.told, self.encoding, self.theta)
            self.theta = learned.theta
            pool = self._members()
            is_whole = bool(pool)
            if not is_whole:
                pool = self._new([*self._points(SPREAD), *self._around(learned.best(CENTRES))])
            if not pool:
                return self.spread(number)
            beliefs = Beliefs(learned, pool)
            for _ in range(0 if is_whole else ROUNDS):
                around = self._new(self._around(beliefs.best(CENTRES)))
                beliefs = beliefs.beside(around)
            return self._taken(beliefs.picks(number))

    def _taken(self, candidates: list[Candidate]) -> list[Candidate]:
        self.seen.update(candidate.key for candidate in candidates)
        return candidates

    def _members(self) -> list[Candidate]:
        """All new candidates of a small space in random order, none of a large one."""
        if most(self.space) > FEW:
            return []
        every = [candidate for candidate in self.space.enumerate() if candidate.key not in self.seen]
        return [every[place] for place in self.rng.permutation(len(every))]

    def _points(self, power: int) -> Iterable[Sequence[float]]:
        """Two to this power points, spread evenly over the unit cube."""
        from scipy.stats import qmc

        points: Iterable[Sequence[float]] = qmc.Sobol(self.space.dimensions, rng=self.rng).random_base2(power)
        return points

    def _around(self, centres: Sequence[Candidate]) -> Iterable[Sequence[float]]:
        """Points around these candidates."""
        from gridloom_plugins.strategies.neighbours import neighbours

        return neighbours([self.space.point_of(centre) for centre in centres], AROUND, self.rng)

    def _new(self, points: Iterable[Sequence[float]]) -> list[Candidate]:
        """The candidates at these points that were not proposed yet, none twice."""
        found = dict.fromkeys(candidate for candidate in map(self.space.at, points) if candidate)
        return [candidate for candidate in found if candidate.key not in self.seen]


def _plan(space: Space, candidates: int = 60, wave: int = 8, initial: int | None = None) -> list[PlannedWave]:  # noqa: ARG001
    candidates = min(candidates, int(min(most(space), candidates)))
    return [PlannedWave(min(wave, candidates - start)) for start in range(0, candidates, wave)]


STRATEGY = Strategy(
    name="bayesian",
    summary="Candidates with the largest expected improvement, by a Gaussian process.",
    propose=bayesian,
    plan=_plan,
)
