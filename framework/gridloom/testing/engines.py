"""The contract of engines: one result a fit, whoever trains beside it; a fit that fails, fails alone."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar

import pytest

from gridloom.core.budgets import EPOCHS, Budget
from gridloom.core.following import HELD_OUT
from gridloom.core.trials import Fit, FitResult
from gridloom.errors import GridloomError
from gridloom.experiment.able import check_engine
from gridloom.experiment.experiment import Experiment
from gridloom.registry.records import Engine, ModelBuilder
from gridloom.testing.contract import Contract
from gridloom.testing.experiments import read_tiny
from gridloom.testing.training import ANEW, FAILURE, RESUMED, Answer, Order, fits_of, train, weighted

CLOSE = 1e-5
"""How much a score may differ that was computed in another order, relative to it."""

MODELS = {
    "network": {
        "model": "tiny-network",
        "training": {"epochs": 2, "batch_size": 8},
        "search": {"space": {"training": {"learning_rate": [0.001, 0.1]}, "model": {"network": ["dense", "deep"]}}},
    },
    "estimator": {"model": "tiny-estimator", "search": {"space": {"model": {"C": [0.01, 1.0, 100.0]}}}},
}
"""What is trained, by the kind of model."""

ONCE = "for one epoch"

WATCHED: Mapping[str, Mapping[str, Any]] = {
    ONCE: {"epochs": 1},
    "stopped after two epochs": {"epochs": 4, "callbacks": [{"name": "tiny-callback", "stop": 2, "keep": 1}]},
    "frozen after one epoch": {"epochs": 3, "callbacks": [{"name": "tiny-callback", "freeze": 1}]},
}
"""How models are trained to see whether callbacks are followed: the weights are those of the first epoch each time."""

GOES_ON: Mapping[str, Any] = {"epochs": 4, "callbacks": [{"name": "tiny-callback", "stop": 3, "keep": 1}]}
"""How models are trained to see whether trainings go on from states: a smaller budget ends them after two epochs."""

TOO_LARGE = "with more parameters than they may have"


class EngineContract(Contract):
    """Inherit to test an engine; all its fits are trained in one worker process with its environment.

    - `experiment`: keys that override the tiny experiment whose fits are trained; needed for engines that train neither
    "network" nor "estimator". Its search should have at least two candidates.
    - `scoring`: a scorer that distinguishes models that differ slightly.
    """

    kind = Engine
    experiment: ClassVar[Mapping[str, Any]] = {}
    scoring: ClassVar[str] = "neg_log_loss"

    def read(self, folder: Any, *, training: Mapping[str, Any] = {}, limits: Mapping[str, int] = {}) -> Experiment:
        """The experiment that is trained, with these settings put over those of its training, and limits of its search."""
        known = next((MODELS[kind] for kind in self.record.kinds if kind in MODELS), {})
        keys = {"engine": self.selection, "scoring": self.scoring, **known, **self.experiment}
        if training:
            keys["training"] = {**keys.get("training", {}), **training}
        if limits:
            keys["search"] = {**keys["search"], "limits": limits}
        return read_tiny(folder, *self.plugins, **keys)

    def others(self, folder: Any) -> dict[str, Experiment]:
        """Experiments whose trainings are watched and ended, and whose models are too large, as far as the engine looks."""
        record = self.record
        found = {TOO_LARGE: self.read(folder, limits={"parameters": 1})} if record.counts else {}
        if not (record.validates or record.decides) or not self._has_epochs:
            return found
        held_out = {"validation": 0.25} if record.validates else {}
        chosen = [*WATCHED] if record.decides else [ONCE]
        return {**found, **{name: self.read(folder, training={**held_out, **WATCHED[name]}) for name in chosen}}

    def _resumed(self, folder: Any) -> Experiment | None:
        """The experiment whose trainings go on from states; None for an engine that does not say that it does so."""
        if not (self.record.resumes and self._has_epochs):
            return None
        return self.read(folder, training=GOES_ON if self.record.decides else {"epochs": GOES_ON["epochs"]})

    @property
    def _has_epochs(self) -> bool:
        """Whether its training settings have a number of epochs."""
        options = self.record.training_options
        return options is not None and EPOCHS in options.known

    @pytest.fixture(scope="class")
    @classmethod
    def answers(cls, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
        """What the engine answers when fits are together, alone, in another order, and beside one that fails."""
        contract = cls()
        folder = tmp_path_factory.mktemp("engine")
        experiment = contract.read(folder)
        fits = fits_of(experiment)
        share = fits_of(experiment, Budget(share=0.5))
        orders = {  # the failing ones first: an engine may keep models that were built once
            "beside failing ones": Order([fits], failing=failing_among(fits)),
            "as cut": Order([list(batch) for batch in contract.record.cut(fits)]),
            "all together": Order([fits]),
            "backwards": Order([fits[::-1]]),
            "alone": Order([[fits[0]], [fits[-1]]]),
            "with half of the rows": Order([share[:2]]),
        }
        return train(experiment, orders, folder, contract.others(folder), contract._resumed(folder))

    def results(self, answers: dict[str, Answer], name: str) -> dict[str, FitResult]:
        """Results by the key of the fit, of an order that the engine must answer."""
        answer = answers[name]
        assert not answer.error, f"fits {name}: the engine raised {answer.error}"
        return {fit.key: result for batch in answer.results for fit, result in batch}

    def test_it_trains_kinds_of_models_that_builders_make(self) -> None:
        """There is a model builder for the models it trains, in the plugin or installed."""
        made = {item.record.makes for item in self.registry.of_kind(ModelBuilder)}
        kinds = set(self.record.kinds)
        assert kinds, "it trains nothing"
        assert kinds & made, f"it trains {', '.join(sorted(kinds))}, but builders make {', '.join(sorted(made))}"

    def test_its_training_settings_are_annotated_and_documented(self) -> None:
        """Settings under `training:` are validated and documented like other options."""
        if self.record.training_options:
            import inspect

            options = self.record.training_options
            self.check_options(options, inspect.getdoc(options.function) or "")

    def test_its_packages_are_installed(self) -> None:
        """Every name in `packages` is that of a distribution, so that its version can be recorded."""
        for package in self.record.packages:
            try:
                version(package)
            except PackageNotFoundError:
                pytest.fail(f"'packages' names '{package}', but no such distribution is installed")

    def test_its_environment_is_text_and_depends_on_its_options_alone(self) -> None:
        """It is called before anything is imported, in a process that must not change."""
        before = dict(os.environ)
        one, two = (self.record.environment(self.bound.options) for _ in range(2))
        assert one == two, "it returns something else the second time"
        assert all(isinstance(text, str) for pair in one.items() for text in pair), f"names and values are text: {one}"
        assert dict(os.environ) == before, "it changes the environment of this process; it should only return variables"

    def test_it_cuts_fits_into_batches_each_fit_once(self, tmp_path: Any) -> None:
        """Every fit is in one batch."""
        fits = fits_of(self.read(tmp_path))
        keys = [fit.key for batch in self.record.cut(fits) for fit in batch]
        assert sorted(keys) == sorted(fit.key for fit in fits), "a fit is in no batch, or in more than one"

    def test_it_cuts_by_the_fits_alone(self, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same batches on any machine: the number of cores makes no difference, nor the environment."""
        fits = fits_of(self.read(tmp_path))
        here = [[fit.key for fit in batch] for batch in self.record.cut(fits)]
        for cores in (1, 64):
            monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
            monkeypatch.setattr(os, "sched_getaffinity", lambda _, cores=cores: set(range(cores)), raising=False)
            monkeypatch.setenv("LOKY_MAX_CPU_COUNT", str(cores))
            there = [[fit.key for fit in batch] for batch in self.record.cut(fits)]
            assert there == here, f"with {cores} cores it cuts different batches"

    @pytest.mark.parametrize("name", ["as cut", "all together", "backwards", "alone", "with half of the rows"])
    def test_it_returns_one_result_a_fit(self, answers: dict[str, Answer], name: str) -> None:
        """Every fit of a batch is returned once, with a score, and no other fit."""
        results = self.results(answers, name)
        given = [fit.key for batch in answers[name].results for fit, _ in batch]
        assert len(given) == len(results), "it returns a fit twice"
        for result in results.values():
            assert result.error is None, f"a fit failed:\n{result.traceback or result.error}"

    @pytest.mark.parametrize("name", ["as cut", "backwards", "alone"])
    def test_a_fit_has_the_same_result_alone_and_with_neighbours(self, answers: dict[str, Answer], name: str) -> None:
        """A score depends on the fit and its seed, never on its place or neighbours."""
        together, others = self.results(answers, "all together"), self.results(answers, name)
        for key, result in others.items():
            same = result.score == pytest.approx(together[key].score, rel=CLOSE)
            assert same, f"{name} a fit scores {result.score}, but all together {together[key].score}"

    def test_a_fit_that_fails_fails_alone(self, answers: dict[str, Answer], tmp_path: Any) -> None:
        """If a model cannot be built, its fits have the error as result, and the others are not affected."""
        failing = failing_among(fits_of(self.read(tmp_path)))
        results = self.results(answers, "beside failing ones")
        together = self.results(answers, "all together")
        assert failing <= results.keys(), "a fit that fails has no result"
        for key, result in results.items():
            if key in failing:
                assert FAILURE in (result.error or ""), f"its error for a failure is {result.error!r}"
            else:
                assert result.error is None, f"a neighbour failed as well: {result.error}"
                assert result.score == pytest.approx(together[key].score, rel=CLOSE), (
                    "a neighbour has a different score"
                )

    def test_it_weighs_rows_if_it_says_so(self, answers: dict[str, Answer], tmp_path: Any) -> None:
        """Rows with weight 0 have no effect; an engine that does not weigh gets no data with weights."""
        if not self.record.weighs:
            experiment = self.read(tmp_path)
            with pytest.raises(GridloomError, match="does not support row weights"):
                check_engine(experiment, weighted(experiment.load_data()))
            return
        results, together = self.results(answers, "with weights"), self.results(answers, "all together")
        for key, result in results.items():
            assert result.error is None, f"a fit with weights failed:\n{result.traceback or result.error}"
            same = result.score == pytest.approx(together[key].score, rel=CLOSE)
            assert not same, f"it has weighs=True, but a fit scores {result.score} with and without weights"

    def test_it_watches_and_ends_trainings_if_it_says_so(self, answers: dict[str, Answer]) -> None:
        """With `validates` it records values on held-out rows; with `decides` it carries out decisions."""
        once, stopped, frozen = WATCHED
        found = {name: self.results(answers, name) for name in WATCHED if name in answers}
        for name, results in found.items():
            for key, result in results.items():
                assert result.error is None, f"{name} a fit failed:\n{result.traceback or result.error}"
                held_out = any(log.startswith(HELD_OUT) for log in result.history)
                assert held_out == self.record.validates, (
                    f"it has validates={self.record.validates}, but records {', '.join(result.history) or 'nothing'}"
                )
                lengths = {len(values) for values in result.history.values()}
                epochs = {once: 1, stopped: 2, frozen: 3}[name]
                assert lengths == {epochs}, f"{name} its history has the lengths {lengths}, not {epochs}"
                same = result.score == pytest.approx(found[once][key].score, rel=CLOSE)
                assert same, (
                    f"{name} a fit scores {result.score}, but for one epoch {found[once][key].score}; the model should "
                    f"end with "
                    "the weights of the first epoch"
                )

    def test_it_resumes_trainings_if_it_says_so(self, answers: dict[str, Answer]) -> None:
        """A fit with a larger budget resumes from the state of the smaller one, with the same result as without it."""
        if not self.record.resumes:
            return
        assert self._has_epochs, "it has resumes=True, but no setting 'epochs' under 'training:'"
        anew, resumed = self.results(answers, ANEW), self.results(answers, RESUMED)
        lacking = anew.keys() - answers[RESUMED].resumed
        assert not lacking, f"it has resumes=True, but does not keep or load the state of {len(lacking)} fits"
        for key, result in resumed.items():
            assert result.error is None, f"a resumed fit failed:\n{result.traceback or result.error}"
            told, wanted = ((it.scores, it.history) for it in (result, anew[key]))
            assert told == wanted, f"a resumed fit results in {told}, but trained from the start in {wanted}"

    def test_it_counts_parameters_if_it_says_so(self, answers: dict[str, Answer]) -> None:
        """A model that is too large is not trained: `work.check_size` raises, and its fits fail."""
        if self.record.counts:
            for result in self.results(answers, TOO_LARGE).values():
                assert "more than the limit of 1" in (result.error or ""), (
                    f"it has counts=True, but the error for a model with more than one parameter is {result.error!r}"
                )

    def test_it_leaves_the_data_alone(self, answers: dict[str, Answer]) -> None:
        """The next batch in the worker gets the same arrays."""
        for name, answer in answers.items():
            assert answer.kept_data, f"fits {name}: it changed the data"

    def test_the_kept_model_is_a_file_in_the_folder(self, answers: dict[str, Answer]) -> None:
        """`refit` writes into the given folder, and `load` predicts with the model; both are optional."""
        assert not answers["refit"].error, answers["refit"].error


def failing_among(fits: Sequence[Fit]) -> frozenset[str]:
    """The keys of the fits whose models are built as that of the last one is."""
    options = fits[-1].candidate.values.get("model")
    return frozenset(fit.key for fit in fits if fit.candidate.values.get("model") == options)
