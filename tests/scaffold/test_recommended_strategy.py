"""Which strategy is recommended for which space, and that it searches this space."""

from __future__ import annotations

import pytest

from gridloom import Choices, Extent, Range, Space, Strategy
from gridloom.authoring.recommended_strategy import recommended_strategy

ENDLESS = {"training": {"learning_rate": Range(1e-4, 1e-1, scale="log")}}


def of(size: int) -> dict:
    return {"model": {"x": Choices(*range(size))}}


@pytest.mark.parametrize(
    ("domains", "full", "strategy", "why"),
    [
        (of(50), {"splits": 5, "epochs": 100}, {"name": "grid"}, "50 candidates are few enough to train them all"),
        (of(1), {"seeds": 20}, {"name": "grid"}, "there is a single candidate"),
        (of(50), {"seeds": 10}, {"name": "race"}, "with 10 seeds for each of 50 candidates"),
        (
            of(500),
            {"seeds": 20, "epochs": 100},
            {"name": "race"},
            "a race saves the fits of those that are significantly worse after a few seeds",
        ),
        (of(501), {"seeds": 20, "epochs": 100}, {"name": "hyperband", "epochs": 3}, "a few of the 100 epochs"),
        (ENDLESS, {"epochs": 81}, {"name": "hyperband", "epochs": 3}, "ranges without steps are many"),
        (of(51), {"epochs": 9}, {"name": "hyperband", "epochs": 1}, "51 candidates are many"),
        (of(51), {"epochs": 8}, {"name": "sobol", "candidates": 64}, "8 epochs are too few to cut short"),
        (ENDLESS, {}, {"name": "sobol", "candidates": 64}, "epochs are searched or unknown"),
    ],
)
def test_the_recommended_strategy_suits_the_space(registry, domains, full, strategy, why):
    space = Space(domains, full=Extent(**full))
    found = recommended_strategy(space)
    assert found.strategy == strategy
    assert why in found.why
    options = {name: value for name, value in strategy.items() if name != "name"}
    assert next(registry.find(Strategy, strategy["name"]).record.propose(space, **options))


@pytest.mark.parametrize("epochs", [9, 27, 100, 200])
def test_what_hyperband_takes_is_what_it_plans(registry, epochs):
    space = Space(ENDLESS, full=Extent(epochs=epochs))
    found = recommended_strategy(space)
    waves = registry.find(Strategy, "hyperband").record.plan(space, epochs=found.strategy["epochs"])
    planned = sum(wave.candidates * (wave.budget.epochs or epochs) for wave in waves) / epochs
    assert planned == pytest.approx(found.trainings, rel=0.1)
    assert f"it tries {sum(wave.candidates - wave.going_on for wave in waves)} for" in found.why


@pytest.mark.parametrize(
    ("strategy", "seeds", "size", "advice"),
    [
        ("grid", 12, 60, "'strategy: {name: race}' suits this space: with 12 seeds for each of 60 candidates"),
        ("race", 12, 60, None),
        ("grid", 1, 60, None),
        ("grid", 1, 65, "'strategy: {name: sobol, candidates: 64}' suits this space: 65 candidates are many"),
        ({"name": "random", "candidates": 65}, 1, 66, None),
        ({"name": "random", "candidates": 40}, 12, 60, None),
    ],
)
def test_check_advises_what_takes_fewer_full_trainings(write, gridloom, strategy, seeds, size, advice):
    space = {"model": {"C": {"low": 0.1, "high": 6.0, "count": size}}}
    file = write(search={"strategy": strategy, "space": space}, validation={"folds": 3, "seeds": seeds})
    done = gridloom("check", file)
    assert done.returncode == 0, done.stderr
    assert ("advice" in done.stdout) == bool(advice)
    assert (advice or "") in done.stdout
