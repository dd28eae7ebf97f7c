"""The strategy `hyperband`: successive halving from several numbers of candidates at once."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Annotated

from annotated_types import Ge, Le

from gridloom import Budget, Candidate, PlannedWave, Proposal, Space, Strategy, Trial
from gridloom_plugins.strategies.drawing import MOST, at_random, size_of
from gridloom_plugins.strategies.rungs import Amounts, Factor, Shares, dropped, growth, survivors

Rounds = Annotated[int, Ge(1), Le(1_000)]


@dataclass(frozen=True)
class Bracket:
    """One successive halving: its number (rungs that it could have, less one), and how many candidates each rung has."""

    number: int
    sizes: tuple[int, ...]


def hyperband(
    space: Space,
    epochs: Amounts = None,
    share: Shares = None,
    cells: Amounts = None,
    factor: Factor = 3,
    rounds: Rounds = 1,
) -> Generator[Sequence[Proposal], Sequence[Trial], None]:
    """Successive halving in several brackets, from many candidates with small budgets to a few full trainings.

    One thing grows: the `epochs`, the `share` of the rows that train, or the `cells`, fits of different splits and seeds.
    `epochs: 9` begins with no fewer than 9 and ends with a full training, `epochs: [9, 100]` with 100. Without any of the three,
    epochs grow from a 27th of a full training, or where none are counted or they are searched, the share from a ninth.

    Rungs are counted down from the largest budget, each smaller by `factor`. This determines how many candidates are
    drawn, like those of `random`; each of several `rounds` draws as many again.

    The rungs with the same budget form one wave across all brackets: brackets do not wait for each other, all trainings
    of a wave are equally long, and a candidate drawn by two brackets is trained once. Bracket 0 is a random search with
    full trainings.

    Li, Jamieson, DeSalvo, Rostamizadeh and Talwalkar, "Hyperband", JMLR 18 (2018).
    """
    grown = growth(space, epochs, share, cells)
    budgets = [grown.budget(amount) for amount in grown.down(factor, grown.rungs(factor))]
    pool = at_random(space, rounds * drawn_by(len(budgets), factor, rounds), space.rng())
    brackets = brackets_of(len(budgets), factor, len(pool))
    deck = cycle(pool)  # a bracket draws no candidate twice, another one does when all were drawn
    known: dict[tuple[Candidate, Budget], Trial] = {}
    for number in range(rounds):
        before = f"round {number}, " if rounds > 1 else ""
        hands = {bracket: list(islice(deck, bracket.sizes[0])) for bracket in brackets}
        for level, budget in enumerate(budgets):
            running = rungs_at(level, brackets)
            wanted = _wanted(running, hands, before)
            wave = [Proposal(one, budget, label) for one, label in wanted.items() if (one, budget) not in known]
            trials = (yield wave) if wave else []
            known |= {(trial.candidate, budget): trial for trial in trials}
            for bracket, rung in running:
                hand = [known[candidate, budget] for candidate in hands[bracket]]
                hands[bracket] = survivors(hand, bracket.sizes[rung + 1]) if rung + 1 < len(bracket.sizes) else []


def _wanted(
    running: Sequence[tuple[Bracket, int]], hands: Mapping[Bracket, Sequence[Candidate]], before: str
) -> dict[Candidate, str]:
    """The candidates of these rungs with their labels; of those in several brackets the first has it."""
    wanted: dict[Candidate, str] = {}
    for bracket, rung in running:
        for candidate in hands[bracket]:
            wanted.setdefault(candidate, f"{before}bracket {bracket.number}, rung {rung}")
    return wanted


def brackets_of(levels: int, factor: int, most: float = float("inf")) -> list[Bracket]:
    """The brackets for so many budgets, as in the paper; with `most` candidates in all, no bracket begins with more.

    Where that is fewer than the paper has it, rungs that would keep more than half of them are skipped.
    """
    brackets = []
    for number in reversed(range(levels)):
        begun = _begun(levels, factor, number)
        kept = [begun // factor**rung for rung in range(1, number + 1)]
        while kept and 2 * kept[0] > most:
            del kept[0]
        brackets.append(Bracket(number, (int(min(begun, most)), *kept)))
    return brackets


def rungs_at(level: int, brackets: Sequence[Bracket]) -> list[tuple[Bracket, int]]:
    """The brackets that have a rung with this budget, of all budgets from 0, and which of its rungs that is."""
    levels = len(brackets)
    rungs = [(bracket, level - levels + len(bracket.sizes)) for bracket in brackets]
    return [(bracket, rung) for bracket, rung in rungs if rung >= 0]


def drawn_by(levels: int, factor: int, rounds: int) -> int:
    """How many candidates all brackets of a round draw; ValueError where that is too many in all rounds."""
    drawn = sum(_begun(levels, factor, number) for number in range(levels))
    if drawn * rounds > MOST:
        raise ValueError(
            f"these brackets would draw {drawn * rounds:,} candidates, more than {MOST:,}; start with a larger budget, "
            f"or use fewer rounds"
        )
    return drawn


def _begun(levels: int, factor: int, number: int) -> int:
    """With how many candidates a bracket begins."""
    grown: int = factor**number
    return math.ceil(levels * grown / (number + 1))


def plan(
    space: Space,
    epochs: Amounts = None,
    share: Shares = None,
    cells: Amounts = None,
    factor: Factor = 3,
    rounds: Rounds = 1,
) -> Sequence[PlannedWave]:
    """A wave a budget, in each round."""
    grown = growth(space, epochs, share, cells)
    budgets = [grown.budget(amount) for amount in grown.down(factor, grown.rungs(factor))]
    most = min(rounds * drawn_by(len(budgets), factor, rounds), size_of(space))
    brackets = brackets_of(len(budgets), factor, most)
    waves = []
    for level, budget in enumerate(budgets):
        rungs = rungs_at(level, brackets)
        label = "; ".join(f"bracket {bracket.number}, rung {rung}" for bracket, rung in rungs)
        number = sum(bracket.sizes[rung] for bracket, rung in rungs)
        kept = [bracket.sizes[rung] for bracket, rung in rungs if rung]
        going_on = sum(kept) if number <= most else max(kept, default=0)  # brackets of a small space share candidates
        waves.append(PlannedWave(int(min(number, most)), budget, label, going_on))
    return [wave for wave in waves if wave.candidates] * rounds


STRATEGY = Strategy(
    name="hyperband",
    summary="Successive halving in brackets, from many short trainings to a few full ones.",
    propose=hyperband,
    plan=plan,
    dropped=dropped,
)
