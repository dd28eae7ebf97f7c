"""The strategy `hyperband`: successive halving from several numbers of candidates at once."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from gridloom import Candidate, PlannedWave, Proposal, Space, Strategy, Trial
from gridloom_plugins.strategies.drawing import MOST, at_random, size_of
from gridloom_plugins.strategies.rungs import Amounts, Factor, Shares, dropped, growth, survivors


@dataclass(frozen=True)
class Bracket:
    """One successive halving: its number (rungs that it could have, less one), and how many candidates each rung has."""

    number: int
    sizes: Sequence[int]


def hyperband(
    space: Space, epochs: Amounts = None, share: Shares = None, cells: Amounts = None, factor: Factor = 3
) -> Generator[Sequence[Proposal], Sequence[Trial], None]:
    """Successive halving in several brackets, from many candidates that begin with little to a few that are trained in full.

    One of three says what grows: `epochs`, the `share` of the rows that train, or `cells`, fits of different splits and
    seeds. `epochs: 9` begins with no fewer than 9 and ends with a full training, `epochs: [9, 100]` with 100. Rungs are
    counted down from there, each with a `factor` less. How many candidates are drawn, like those of `random`, follows
    from that.

    The rungs of one budget are one wave, for all brackets: none of them waits for another, all trainings of a wave are
    equally long, and a candidate that two brackets drew is trained once. Bracket 0 is a random search in full.

    Li, Jamieson, DeSalvo, Rostamizadeh and Talwalkar, "Hyperband", JMLR 18 (2018).
    """
    grown = growth(space, epochs, share, cells)
    budgets = [grown.budget(amount) for amount in grown.down(factor, grown.rungs(factor))]
    pool = at_random(space, drawn_by(len(budgets), factor), space.rng())
    brackets = brackets_of(len(budgets), factor, len(pool))
    deck = cycle(pool)  # a bracket draws no candidate twice, another one does when all were drawn
    hands = {bracket.number: list(islice(deck, bracket.sizes[0])) for bracket in brackets}
    for level, budget in enumerate(budgets):
        running = rungs_at(level, brackets)
        wave: dict[Candidate, Proposal] = {}
        for bracket, rung in running:
            for candidate in hands[bracket.number]:
                wave.setdefault(candidate, Proposal(candidate, budget, f"bracket {bracket.number}, rung {rung}"))
        if not wave:
            continue
        trials = {trial.candidate: trial for trial in (yield list(wave.values()))}
        for bracket, rung in running:
            kept = bracket.sizes[rung + 1] if rung + 1 < len(bracket.sizes) else 0
            hand = [trials[candidate] for candidate in hands[bracket.number]]
            hands[bracket.number] = survivors(hand, kept)


def brackets_of(levels: int, factor: int, most: float = float("inf")) -> list[Bracket]:
    """The brackets for so many budgets, as in the paper; with `most` candidates in all, no bracket begins with more.

    Where that is fewer than the paper has it, rungs that would keep more than half of them are left out.
    """
    brackets = []
    for number in reversed(range(levels)):
        begun = _begun(levels, factor, number)
        kept = [begun // factor**rung for rung in range(1, number + 1)]
        while kept and 2 * kept[0] > most:
            del kept[0]
        brackets.append(Bracket(number, [int(min(begun, most)), *kept]))
    return brackets


def rungs_at(level: int, brackets: Sequence[Bracket]) -> list[tuple[Bracket, int]]:
    """The brackets that have a rung with this budget, of all budgets from 0, and which of its rungs that is."""
    levels = len(brackets)
    rungs = [(bracket, level - levels + len(bracket.sizes)) for bracket in brackets]
    return [(bracket, rung) for bracket, rung in rungs if rung >= 0]


def drawn_by(levels: int, factor: int) -> int:
    """How many candidates all brackets draw; ValueError for too many."""
    drawn = sum(_begun(levels, factor, number) for number in range(levels))
    if drawn > MOST:
        raise ValueError(
            f"these brackets would draw {drawn:,} candidates; begin with a larger budget (at most {MOST:,})"
        )
    return drawn


def _begun(levels: int, factor: int, number: int) -> int:
    """With how many candidates a bracket begins."""
    grown: int = factor**number
    return math.ceil(levels * grown / (number + 1))


def plan(
    space: Space, epochs: Amounts = None, share: Shares = None, cells: Amounts = None, factor: Factor = 3
) -> Sequence[PlannedWave]:
    """A wave a budget."""
    grown = growth(space, epochs, share, cells)
    budgets = [grown.budget(amount) for amount in grown.down(factor, grown.rungs(factor))]
    drawn = drawn_by(len(budgets), factor)
    most = min(drawn, size_of(space))
    brackets = brackets_of(len(budgets), factor, most)
    waves = []
    for level, budget in enumerate(budgets):
        rungs = rungs_at(level, brackets)
        label = "; ".join(f"bracket {bracket.number}, rung {rung}" for bracket, rung in rungs)
        number = sum(bracket.sizes[rung] for bracket, rung in rungs)
        kept = [bracket.sizes[rung] for bracket, rung in rungs if rung]
        going_on = sum(kept) if number <= most else max(kept, default=0)  # brackets of a small space share candidates
        waves.append(PlannedWave(int(min(number, most)), budget, label, going_on))
    return [wave for wave in waves if wave.candidates]


STRATEGY = Strategy(
    name="hyperband",
    summary="Successive halving in brackets, from many short trainings to a few full ones.",
    propose=hyperband,
    plan=plan,
    dropped=dropped,
)
