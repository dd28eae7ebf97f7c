"""The strategy `optuna`: what it proposes is what Optuna proposes, asked and told by hand, and what is refused is refused early."""

from __future__ import annotations

import logging
import sys

import optuna as theirs
import pytest

from gridloom import (
    Budget,
    Choices,
    Extent,
    Fit,
    FitResult,
    GridloomError,
    Range,
    Relation,
    Space,
    Trial,
    When,
)
from gridloom_plugins.strategies.optuna import optuna
from gridloom_plugins.strategies.optuna_kinds import quiet
from strategies.driving import drive

RATES = {"rate": Range(1e-4, 1.0, scale="log"), "width": Range(4, 64, step=20), "act": Choices("relu", ["tanh", 2])}
SPACE = Space({"m": RATES}, seed=5, full=Extent(epochs=9))
CONDITIONS = Space(
    {"m": {"momentum": When(Range(0.0, 0.9), {"optimizer": ("sgd",)}), "optimizer": Choices("sgd", "adam"), "units": Range(1, 99)}},
    {"m": {"optimizer": Choices("lion"), "units": Range(1, 9), "least": Range(0, 9)}},
    seed=6,
    require=[Relation("at_most", ("least", "units"))],
)  # fmt: skip


def quality(candidate, budget):
    """Best at small rates; after few epochs a little lower."""
    return 1 - candidate.flat["rate"] - candidate.flat["width"] / 1000 - (0 if budget.epochs is None else 0.1)


def flat(waves):
    return [[trial.candidate.flat for trial in wave] for wave in waves]


def by_hand(trial):
    """The candidate that a trial of Optuna suggests."""
    rate = trial.suggest_float("m.rate", 1e-4, 1.0, log=True)
    width = trial.suggest_int("m.width", 0, 3)
    act = trial.suggest_categorical("m.act", [0, 1])
    return {"rate": float(f"{rate:.12g}"), "width": 4 + 20 * width, "act": RATES["act"].values()[act]}


def study_by_hand(sampler, **options):
    with quiet():
        seed = int(SPACE.rng().integers(2**31))
        return theirs.create_study(study_name="gridloom", direction="maximize", sampler=sampler(seed=seed), **options)


@pytest.mark.parametrize(
    ("said", "sampler"),
    [
        ("tpe", theirs.samplers.TPESampler),
        ("random", theirs.samplers.RandomSampler),
        ("qmc", theirs.samplers.QMCSampler),
    ],
)
def test_it_proposes_what_optuna_proposes_when_it_is_asked_and_told_by_hand(said, sampler):
    found = flat(drive(optuna(SPACE, said, candidates=24, wave=6), quality))
    study, expected = study_by_hand(sampler), []
    with quiet():
        for _ in range(4):
            trials = [study.ask() for _ in range(6)]
            expected.append([by_hand(trial) for trial in trials])
            for trial, one in zip(trials, expected[-1], strict=True):
                study.tell(trial, 1 - one["rate"] - one["width"] / 1000)
    assert found == expected


def test_options_of_the_sampler_take_effect_and_a_wave_is_the_population_of_a_genetic_one():
    plain = flat(drive(optuna(SPACE, "tpe", candidates=20, wave=5), quality))
    early = flat(drive(optuna(SPACE, {"name": "tpe", "n_startup_trials": 1}, candidates=20, wave=5), quality))
    assert plain[:1] == early[:1]
    assert plain[1] != early[1]
    wave, large = ({"name": "nsgaii", **more} for more in ({}, {"population_size": 50}))
    assert flat(drive(optuna(SPACE, wave, 20, 5), quality))[1] != flat(drive(optuna(SPACE, large, 20, 5), quality))[1]


def test_what_was_tried_before_is_told_first_and_not_proposed_again():
    tried = [trial for wave in drive(optuna(SPACE, "random", candidates=12), quality) for trial in wave]
    found = drive(optuna(SPACE.within(Extent(epochs=9), tried), candidates=6, wave=6), quality)
    study = study_by_hand(theirs.samplers.TPESampler)
    rate, width, act = (theirs.distributions.FloatDistribution(1e-4, 1.0, log=True), theirs.distributions.IntDistribution(0, 3), theirs.distributions.CategoricalDistribution([0, 1]))  # fmt: skip
    with quiet():
        for trial in tried:
            one = trial.candidate.flat
            params = {"m.rate": one["rate"], "m.width": (one["width"] - 4) // 20, "m.act": int(one["act"] != "relu")}
            known = {"m.rate": rate, "m.width": width, "m.act": act}
            study.add_trial(theirs.create_trial(params=params, distributions=known, value=trial.mean))
        assert flat(found) == [[by_hand(study.ask()) for _ in range(6)]]
    assert not {trial.candidate for trial in found[0]} & {trial.candidate for trial in tried}


def test_a_pruner_decides_after_its_epochs_who_goes_on_as_it_does_in_optuna():
    pruner = {"name": "median", "epochs": [3, 9], "n_startup_trials": 2}
    waves = drive(optuna(SPACE, "random", 16, 4, pruner=pruner), quality, Extent(epochs=9))
    study = study_by_hand(theirs.samplers.RandomSampler, pruner=theirs.pruners.MedianPruner(n_startup_trials=2))
    expected = []
    with quiet():
        for _ in range(4):
            trials = [(trial, by_hand(trial)) for trial in (study.ask() for _ in range(4))]
            expected.append([one for _, one in trials])
            for trial, one in trials:
                trial.report(1 - one["rate"] - one["width"] / 1000 - 0.1, 3)
            pruned = [trial.should_prune() for trial, _ in trials]
            for (trial, _), is_pruned in zip(trials, pruned, strict=True):
                if is_pruned:
                    study.tell(trial, state=theirs.trial.TrialState.PRUNED)
            going = [pair for pair, is_pruned in zip(trials, pruned, strict=True) if not is_pruned]
            expected += [[one for _, one in going]] if going else []
            for trial, one in going:
                study.tell(trial, 1 - one["rate"] - one["width"] / 1000)
    assert flat(waves) == expected
    assert {len(wave) for wave in waves[1::2]} - {4}, "nothing is pruned"
    assert {trial.proposal.budget for trial in waves[0]} == {Budget(epochs=3)}
    assert {trial.proposal.budget for trial in waves[1]} == {Budget()}


@pytest.mark.parametrize("name", ["hyperband", "successive_halving"])
def test_halving_by_optuna_is_the_same_again(name):
    def found():
        pruner = {"name": name, "epochs": [1, 3, 9]}
        return flat(drive(optuna(SPACE, "tpe", 12, 6, pruner=pruner), quality, Extent(epochs=9)))

    assert found() == found()


def searched(name, cut=99):
    """What is proposed in a space with a union, conditions and requirements; from the wave `cut` on by a new generator."""
    waves = drive(optuna(CONDITIONS, name, candidates=12, wave=3), lambda one, _: one.flat["units"] / 100)
    again = optuna(CONDITIONS, name, candidates=12, wave=3)
    proposed = next(again)
    for wave in waves[:cut]:
        assert [trial.proposal for trial in wave] == proposed
        proposed = next(iter([again.send(wave)])) if wave is not waves[-1] else []
    return waves


@pytest.mark.parametrize("name", ["tpe", "nsgaii", "random", "qmc"])
def test_conditions_unions_and_requirements_hold_and_the_same_comes_after_a_cut(name):
    waves = searched(name)
    found = [trial.candidate for wave in waves for trial in wave]
    assert len(set(found)) == 12
    assert all(candidate in CONDITIONS for candidate in found)
    assert {("momentum" in one.flat, "least" in one.flat) for one in found} >= {(True, False), (False, True)}


def test_several_objectives_are_told_with_their_directions():
    """Among candidates of equal score, those of fewer epochs are preferred, and the other way round."""
    space = Space({"m": {"x": Range(0.0, 1.0), "y": Range(0.0, 1.0)}}, seed=1)

    def front(objectives):
        waves, told = optuna(space, "nsgaii", 80, 10, objectives), []
        wave = next(waves)
        while wave:
            trials = []
            for proposal in wave:
                x, y = proposal.candidate.flat.values()
                history = {"loss": [0.0] * (1 + round(50 * y))}
                fit = Fit(proposal.candidate, 0, 0)
                trials.append(Trial(0, proposal, (fit,), (FitResult({"accuracy": 0.5, "recall": x}, history),)))
            told.append([trial.candidate.flat for trial in trials])
            try:
                wave = waves.send(trials)
            except StopIteration:
                wave = None
        last = [one for wave in told[-2:] for one in wave]
        return tuple(sum(one[name] for one in last) / len(last) for name in "xy")

    x, y = front(("recall", "epochs"))
    assert x > 0.6
    assert y < 0.4
    assert front(("accuracy", "recall"))[0] > 0.6


def answered(objectives, *results):
    waves = optuna(Space({"m": {"x": Range(0.0, 1.0)}}), "random", 2, 1, objectives)
    (proposal,) = next(waves)
    return waves.send([Trial(0, proposal, (Fit(proposal.candidate, 0, 0),), results)])


def test_an_objective_that_trials_lack_is_refused_with_what_they_have():
    with pytest.raises(GridloomError, match=r"unknown objective 'acuracy' .*did you mean 'accuracy'"):
        answered(("acuracy", "epochs"), FitResult({"accuracy": 0.5}))
    with pytest.raises(GridloomError, match="cannot minimize epochs: this engine does not count them"):
        answered(("accuracy", "epochs"), FitResult({"accuracy": 0.5}))
    with pytest.raises(GridloomError, match="cannot minimize parameters: this engine does not count them"):
        answered(("accuracy", "parameters"), FitResult({"accuracy": 0.5}))
    assert answered(("accuracy", "parameters"), FitResult({"accuracy": 0.5}, parameters=9))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sampler": "cmaes", "objectives": ("a", "epochs")}, "the sampler 'cmaes' supports one objective"),
        ({"objectives": ("a", "a")}, "twice"),
        ({"objectives": ("a", "b"), "pruner": {"name": "median", "epochs": [1, 9]}}, "needs a single objective"),
        ({"pruner": {"name": "median", "epochs": [1, 5]}}, "the last of the pruner's epochs must be 9"),
        ({"pruner": {"name": "percentile", "epochs": [1, 9]}}, "option 'percentile' of the pruner 'percentile' is missing"),
        ({"sampler": {"name": "tpe", "seed": 3}}, "comes from the experiment"),
        ({"sampler": {"name": "nsgaii", "population_size": 1}}, "does not accept its options: .*population_size"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused_before_anything_is_trained(options, message):
    with pytest.raises(ValueError, match=message):
        optuna(SPACE, **options)


def test_an_option_that_optuna_refuses_only_when_it_learns_is_refused_in_a_sentence():
    waves = optuna(Space({"m": {"x": Range(0.0, 1.0)}}), {"name": "tpe", "n_startup_trials": 1, "prior_weight": -1.0})
    with pytest.raises(GridloomError, match="the sampler 'tpe' cannot suggest a candidate: A non-negative value"):
        drive(waves, lambda candidate, _: candidate.flat["x"])


def test_without_counted_epochs_there_is_no_pruner():
    with pytest.raises(ValueError, match="an engine that counts them"):
        optuna(Space({"m": RATES}), pruner={"name": "median", "epochs": [1, 9]})


def test_optuna_is_quiet_and_its_logging_is_as_it_was(capfd, caplog):
    caplog.set_level(logging.DEBUG)
    before = theirs.logging.get_verbosity()
    drive(optuna(SPACE, {"name": "tpe", "group": True}, 12, 6), quality)
    assert theirs.logging.get_verbosity() == before
    assert capfd.readouterr() == ("", "")


SEARCH = {"space": {"model": {"C": [0.1, 1.0, 10.0]}}}


def test_mistakes_are_told_with_their_place(gridloom, write):
    write(search={"strategy": {"name": "optuna", "sampler": "tpee"}, **SEARCH})
    done = gridloom("check", "small.yaml")
    assert done.returncode == 2
    assert "unknown sampler 'tpee'; did you mean 'tpe'" in done.stdout + done.stderr
    assert "small.yaml:" in done.stdout + done.stderr


@pytest.mark.parametrize("said", ["optuna", {"name": "optuna", "sampler": "tpe"}])
@pytest.mark.parametrize("command", ["check", "run"])
def test_without_optuna_one_sentence_says_what_to_install(gridloom, write, monkeypatch, said, command):
    monkeypatch.setitem(sys.modules, "optuna", None)
    write(search={"strategy": said, **SEARCH})
    done = gridloom(command, "small.yaml")
    assert done.returncode == 2
    assert "the strategy 'optuna' needs Optuna: pip install 'gridloom[optuna]'" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_sampler_that_needs_another_package_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "cmaes", None)
    with pytest.raises(ValueError, match="the sampler 'cmaes' needs cmaes: pip install cmaes"):
        optuna(SPACE, "cmaes")
