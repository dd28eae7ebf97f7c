"""One call of `fit`: what is trained for scikit-learn each time it asks for the splits of some candidates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from joblib import effective_n_jobs, parallel_config
from sklearn.base import ClassifierMixin, clone, is_classifier

from gridloom.core.trials import FitResult
from gridloom.errors import GridloomError
from gridloom.models.model import load
from gridloom.sklearn import from_gridloom, from_keras, from_scikeras
from gridloom.sklearn.given import given_to_fit, metrics_of, numbers, targets_of
from gridloom.sklearn.given_splits import Pairs, check_classes
from gridloom.sklearn.identity import identity, same
from gridloom.sklearn.last_step import last_of, prefix_of, steps_before
from gridloom.sklearn.pipelines import as_numbers, stacked
from gridloom.sklearn.plans import Plan
from gridloom.sklearn.random_states import seed_of
from gridloom.sklearn.reasons import NotFused
from gridloom.sklearn.stand_in import Replay, StandIn
from gridloom.sklearn.training import Given, Trained, trained

if TYPE_CHECKING:
    from gridloom.results.result import Result

ADAPTERS = (from_gridloom, from_scikeras, from_keras)


def is_keras(estimator: Any) -> bool:
    """Whether the estimator, or the last step of the pipeline, wraps a Keras model in one of the ways that are known."""
    return any(adapter.matches(last_of(estimator)) for adapter in ADAPTERS)


@dataclass
class FusedSearch:
    """A search whose fits are trained by the engine `fused`.

    `classes` are None for numbers; `refits` says whether the run keeps the model of its best candidate.
    """

    search: Any
    estimator: Any
    given: Given
    classes: Any
    folder: Path
    refits: bool
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What `fit` was given for the network's estimator, besides weights."""
    replay: Replay = field(init=False)
    result: Result | None = None
    candidates: dict[Any, dict[str, Any]] = field(default_factory=dict)
    """The parameters that each candidate of the last run stands for."""
    rounds: int = 0

    def __post_init__(self) -> None:
        self.replay = Replay(self.estimator, self.classes, self._estimator, self._refit, self.search.return_train_score)

    @classmethod
    def of(cls, search: Any, X: Any, y: Any, params: Mapping[str, Any], folder: Path) -> FusedSearch:
        """The search on these data; NotFused with the reason why scikit-learn has to train itself."""
        settings, estimator = given_to_fit(search, params), last_of(search.estimator)
        weight = settings.pop("sample_weight", None)
        # SciKeras 0.13 has no tags that would say so
        classifies = is_classifier(estimator) or isinstance(estimator, ClassifierMixin)
        scoring, rank_by = metrics_of(search.scoring, search.refit, classifies=classifies)
        if weight is not None and not from_gridloom.matches(estimator) and not np.all(np.asarray(weight) > 0):
            raise NotFused("sample_weight is 0 for some rows")
        codes, classes = targets_of(y, classifies=classifies)
        if steps_before(search.estimator) is None:
            numbers(X)
        given = Given(
            y=codes,
            task="classification" if classifies else "regression",
            sample_weight=weight,
            scoring=scoring,
            rank_by=rank_by,
            n_jobs=effective_n_jobs(search.n_jobs),
            seed=seed_of(getattr(estimator, "random_state", None)),
        )
        is_plain = (
            scoring is not None
            and weight is None
            and not search.return_train_score
            and not hasattr(search, "resource")
            and estimator is search.estimator
        )
        refits = from_scikeras.matches(estimator) and is_plain and bool(search.refit) and not callable(search.refit)
        return cls(search, search.estimator, given, classes, folder, refits, settings)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Have the search ask stand-ins, one after the other, in this process."""
        self.search.estimator = StandIn(self.replay)
        try:
            with parallel_config(backend="sequential"):
                yield
        finally:
            self.search.estimator = self.estimator

    def evaluating(self, evaluate: Callable[..., Any], cv: Any) -> Callable[..., Any]:
        """scikit-learn's function that evaluates candidates, which has them trained as soon as it asks for their splits."""

        def evaluating(candidates: Any, own: Any = None, **more: Any) -> Any:
            candidates = list(candidates)
            return evaluate(candidates, _Asking(own or cv, candidates, self._train), **more)

        return evaluating

    def _train(self, candidates: Sequence[Mapping[str, Any]], pairs: Any, X: Any, y: Any) -> None:
        """Have these candidates trained on the splits: in one run, or one for each way of preparing the rows."""
        pairs = as_numbers(pairs, len(self.given.y))
        if self.classes is not None:
            check_classes(pairs, self.given.y, self.classes, stratified=is_classifier(self.estimator))
        if any("random_state" in self._own(params) for params in candidates):
            raise NotFused("random_state is searched, and candidates of a run share one")
        made = [self._estimator(params) for params in candidates]
        alike: dict[str, list[int]] = {}
        for number, estimator in enumerate(made):
            alike.setdefault(identity(steps_before(estimator)), []).append(number)
        results: dict[int, Sequence[FitResult]] = {}
        before = self.rounds
        for numbers_alike in alike.values():
            group = [(dict(candidates[number]), made[number]) for number in numbers_alike]
            results |= dict(zip(numbers_alike, self._results(group, pairs, X, y), strict=True))
        is_one_run = self.rounds == before + 1
        says_the_same = is_one_run and not self.replay.of_training and self.given.sample_weight is None
        self.result = self.result if says_the_same else None
        self.replay.coming = iter([result for number in sorted(results) for result in results[number]])

    def _results(self, group: Any, pairs: Pairs, X: Any, y: Any) -> list[Sequence[FitResult]]:
        """The results of candidates whose rows are prepared alike, on the splits."""
        given, steps, targets = self.given, steps_before(group[0][1]), np.asarray(y)
        if steps is not None:
            made = stacked(steps, X, y, pairs, of_training=self.replay.of_training)
            X, pairs, given, targets = made.X, made.pairs, given.at(made.origin), targets[made.origin]
        else:
            X = numbers(X)
            if self.replay.of_training:
                pairs = [(train, np.concatenate([train, test])) for train, test in pairs]
        rows = pairs[0][0]
        plans = [
            (self._own(params), _plan(_with_settings(last_of(made), self.settings), X[rows], targets[rows]))
            for params, made in group
        ]
        runs: dict[str, list[int]] = {}
        for number, (_, plan) in enumerate(plans):
            runs.setdefault(plan.run_key, []).append(number)
        found: dict[int, Sequence[FitResult]] = {}
        for together in runs.values():
            trained_together = self._run([plans[number] for number in together], X, pairs, given)
            self.candidates = {
                item: group[number][0] for item, number in zip(trained_together.candidates, together, strict=True)
            }
            found |= dict(zip(together, trained_together.results, strict=True))
        return [found[number] for number in range(len(group))]

    def _run(self, plans: Sequence[tuple[Mapping[str, Any], Plan]], X: Any, pairs: Pairs, given: Given) -> Trained:
        """The run of candidates that one run can train."""
        self.rounds += 1
        refit = self.refits and not plans[0][1].shared  # which would hold rows of the whole out
        found = trained(plans, X, pairs, given, self.folder / str(self.rounds), refit=refit)
        self.result = found.result
        return found

    def _own(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters, those of the network's own estimator by the names that it gives them."""
        prefix = prefix_of(self.estimator)
        return {name.removeprefix(prefix): value for name, value in params.items()}

    def _estimator(self, params: Mapping[str, Any]) -> Any:
        """The estimator with these parameters."""
        made = clone(self.estimator)
        if from_keras.matches(last_of(made)):  # whose own clone forgets them
            last_of(made).fit_kwargs = dict(last_of(self.estimator).fit_kwargs or {})
        return made.set_params(**clone(params, safe=False))

    def complete(self, search: Any) -> None:
        """Give the search what scikit-learn could not: seconds of the trainings, the fitted estimator, the run's result."""
        seconds = np.reshape(self.replay.seconds, (-1, search.n_splits_))
        search.cv_results_ |= {"mean_fit_time": seconds.mean(axis=1), "std_fit_time": seconds.std(axis=1)}
        search.engine_, search.result_ = "fused", self.result
        np.random.randint(2)  # noqa: NPY002  (the next search gets another seed)
        if failures := self.replay.failures:
            search.why_not_fused_ = (
                f"{len(failures)} of {seconds.size} fits were trained by Keras's own fit: {failures[0]}"
            )
        if self.replay.refitted is not None:
            search.best_estimator_ = self.replay.refitted
            if hasattr(search.best_estimator_, "feature_names_in_"):
                search.feature_names_in_ = search.best_estimator_.feature_names_in_

    def _refit(self, params: Mapping[str, Any], X: Any, y: Any, given: Mapping[str, Any]) -> Any:
        """The fitted estimator: with the weights of the run's model where that is of these parameters, else trained by itself."""
        estimator = self._estimator(params)
        model = self._kept_model(params)
        if model is None or not from_scikeras.matches(estimator):
            return estimator.fit(X, y, **given)
        try:
            return from_scikeras.trained(estimator, X, y, model)
        except (AttributeError, TypeError):  # of another version of SciKeras, whose own fit does the same
            return self._estimator(params).fit(X, y, **given)

    def _kept_model(self, params: Mapping[str, Any]) -> Any:
        """The network that the run has trained on all rows; None unless its parameters are these."""
        best = self.result.best if self.refits and self.result else None
        if self.result is None or best is None or not same(self.candidates[best.candidate], params):
            return None
        try:
            return load(self.result.folder, ()).model
        except GridloomError:
            return None


def _with_settings(estimator: Any, settings: Mapping[str, Any]) -> Any:
    """The estimator with what `fit` would be given; NotFused where that is for Keras's own `fit` alone."""
    if settings and not from_scikeras.matches(estimator):
        raise NotFused(f"fit() was given {', '.join(sorted(settings))}, which is left to Keras's own fit")
    return from_scikeras.with_settings(estimator, dict(settings)) if settings else estimator


def _plan(estimator: Any, X: Any, y: Any) -> Plan:
    adapter = next((adapter for adapter in ADAPTERS if adapter.matches(estimator)), None)
    if adapter is None:
        raise NotFused(f"the last step of a candidate is {type(estimator).__name__}")
    try:
        found: Plan = adapter.plan_of(estimator, X, y)
    except NotFused:
        raise
    except Exception as error:  # of SciKeras, or of the function that makes the network
        raise NotFused(f"{type(error).__name__}: {error}") from error
    return found


@dataclass(frozen=True)
class _Asking:
    """A splitter that has candidates trained on the splits it makes, before it gives them away."""

    cv: Any
    candidates: Sequence[Mapping[str, Any]]
    train: Callable[..., None]

    def split(self, X: Any, y: Any = None, **given: Any) -> list[Any]:
        """The splits of the other splitter."""
        pairs = list(self.cv.split(X, y, **given))
        self.train(self.candidates, pairs, X, y)
        return pairs
