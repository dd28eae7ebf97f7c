"""An experiment: what a YAML file says, once every name in it is bound to what a plugin provides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from gridloom.core.budgets import EPOCHS
from gridloom.core.candidate import Candidate, canonical_json
from gridloom.core.following import TEST_FOLD
from gridloom.core.recipe import Recipe
from gridloom.core.space import Extent, Space
from gridloom.core.split import Split
from gridloom.errors import DataError, InvalidInput, Problem, WrongOptions
from gridloom.experiment.bound import Bound
from gridloom.experiment.preprocessing import BoundStep
from gridloom.experiment.proposing import first_wave
from gridloom.experiment.published import PublishedScores
from gridloom.experiment.scorers import Scorers, by_score_name, problem_with, ranked_by, scores_one_class, wrong_task
from gridloom.experiment.source import Source
from gridloom.experiment.space_as_yaml import subspace_as_yaml
from gridloom.experiment.splits import Validation
from gridloom.experiment.stopping import Stop, duration_text
from gridloom.experiment.training import Training
from gridloom.experiment.validation_rows import watched
from gridloom.registry.options import Options
from gridloom.registry.record import Record
from gridloom.registry.records import Dataset, Engine, Executor, Family, ModelBuilder, Reporter, Scorer, Strategy

if TYPE_CHECKING:
    from gridloom.core.data import Data


@dataclass(frozen=True)
class Experiment:
    """A valid experiment, bound to the plugins it names."""

    source: Source = field(repr=False)
    name: str
    description: str
    seed: int
    scorers: Scorers
    """The scorers that the experiment names, by the names of their scores; empty where it names none."""
    default_scorers: Sequence[Bound[Scorer]]
    rank_by: str | None
    dataset: Bound[Dataset]
    sample: float | None
    positive: str | float | None
    """The positive one of two classes, as the experiment names it; None where it leaves that to the data set."""
    model: Bound[ModelBuilder]
    engine: Bound[Engine]
    engine_reason: str
    fallbacks: Sequence[str]
    """Engines that `auto` would choose next."""
    executor: Bound[Executor] | None
    """Where fits are trained; None where that is left open. No part of what a run is."""
    executor_reason: str
    """What has named the executor; empty where nothing has."""
    time_limit: float | None
    """How many seconds a fit may take; None for as long as it does. No part of what a run is."""
    training: Training
    preprocess: Sequence[BoundStep]
    strategies: Sequence[Bound[Strategy]]
    """The strategies, one after the other."""
    space: Space
    first: Sequence[Candidate]
    """What is tried before the strategies begin."""
    warm_start: Path | None
    """The run whose best candidates are among those that are tried first, once they are read."""
    stop: Stop
    families: Mapping[str, Bound[Family]]
    limits: Mapping[str, int]
    validation: Validation
    test: float | Path | None
    """The share (a float) or the number (an int) of the rows that the search never sees, or a file of them; None for none."""
    refit: bool | Literal["simplest"]
    published: PublishedScores | None
    reporters: Sequence[Bound[Reporter]]

    @property
    def resolved(self) -> dict[str, Any]:
        """The whole experiment with every default filled in, as plain data."""
        return {
            "name": self.name,
            "description": self.description,
            "dataset": self.dataset.resolved | self._beside_dataset,
            "model": self.model.resolved,
            **({"preprocess": [step.resolved for step in self.preprocess]} if self.preprocess else {}),
            "training": self.training.resolved(self.training_options),
            "search": self._search,
            "validation": self.validation.resolved,
            **({} if self.test is None else {"test": _test_as_yaml(self.test)}),
            "scoring": [scorer.resolved for scorer in self.scorers.values()] or None,
            "rank_by": self.rank_by,
            "seed": self.seed,
            "engine": self.engine.resolved,
            **({} if self.time_limit is None else {"time_limit": duration_text(self.time_limit)}),
            "refit": self.refit,
            "published": self.published.resolved if self.published else None,
            "reporters": [reporter.resolved for reporter in self.reporters],
        }

    @property
    def _search(self) -> dict[str, Any]:
        """What `search:` says."""
        strategies = [strategy.resolved for strategy in self.strategies]
        steps = [step.name for step in self.preprocess]
        spaces = [subspace_as_yaml(domains, steps) for domains in self.space.subspaces]
        beside = {
            "first": [candidate.flat for candidate in self.first],
            "require": [{relation.kind: list(relation.names)} for relation in self.space.require],
            "stop": self.stop.resolved,
            "limits": dict(self.limits),
        }
        return {
            "strategy": strategies[0] if len(strategies) == 1 else {"then": strategies},
            "space": spaces[0] if len(spaces) == 1 else spaces,
            **{name: value for name, value in beside.items() if value},
        }

    @property
    def warm_start_text(self) -> str | None:
        """What the experiment file says under `warm_start:`; None where it says nothing."""
        return None if self.warm_start is None else str(self.source.node.plain()["search"]["warm_start"])

    @property
    def full_epochs(self) -> int | None:
        """How many epochs a full training has by the experiment; None where its engine counts none, or they are searched."""
        searched = any(EPOCHS in names for domains in self.space.subspaces for names in domains.values())
        if searched or self.training_options is None:
            return None
        epochs = self.training_options.resolve(self.training.settings).get(EPOCHS)
        return epochs if isinstance(epochs, int) else None

    @property
    def extent(self) -> Extent:
        """What a full training of a candidate takes, as far as the experiment says: the data may tell more splits."""
        return Extent(self.validation.splits or 1, self.validation.seeds, self.full_epochs)

    @property
    def _beside_dataset(self) -> dict[str, Any]:
        """What the experiment says beside the options of its data set."""
        found = {"sample": self.sample, "positive": self.positive}
        return {name: value for name, value in found.items() if value is not None}

    @cached_property
    def key(self) -> str:
        """The resolved experiment as text, equal for experiments that say the same."""
        return canonical_json(self.resolved)

    @property
    def training_options(self) -> Options | None:
        """The options of the engine's training settings, if it has any."""
        return self.engine.record.training_options

    @property
    def used_plugins(self) -> dict[str, str]:
        """Plugins that decide the scores, with the state they are in: all but the reporters'."""
        bound: list[Bound[Record]] = [self.dataset, self.model, self.engine, *self.strategies, *self.families.values()]
        bound += [
            *self.training.callbacks,
            *self.all_scorers,
            *(item for step in self.preprocess for item in step.ways.values()),
        ]
        infos = [item.provided.plugin for item in bound]
        return {info.name: info.state for info in sorted(infos, key=lambda info: info.name)}

    def load_data(self) -> Data:
        """The data set, sampled if the experiment says so; GridloomError when it cannot be used."""
        from gridloom.core.data import Data, named_positive, sample_rows
        from gridloom.experiment.split_methods import in_order_of

        try:
            data = self.dataset()
            if not isinstance(data, Data):
                raise DataError(f"data set '{self.dataset.name}' returned {type(data).__name__}, not gridloom.Data")
            data = data if self.positive is None else named_positive(data, self.positive)
            data = data if self.sample is None else sample_rows(data, self.sample, self.seed)
        except WrongOptions as error:
            locate = self.source.node.locate
            found = [Problem(locate((*Dataset.place, *path)), text) for path, text in error.problems.items()]
            raise InvalidInput(found) from None
        except DataError as error:
            raise InvalidInput.at(self.dataset.location, str(error)) from None
        return data if self.test is None else in_order_of(self.validation.method, data)

    @property
    def all_scorers(self) -> list[Bound[Scorer]]:
        """The scorers that the experiment names, else all that may score one that names none."""
        return [*(self.scorers.values() or self.default_scorers)]

    def scorers_for(self, data: Data) -> Scorers:
        """The scorers by the names of their scores, the one that ranks first.

        They are the experiment's, else the default ones for the task; `check_scorers` tells whether they can score.
        InvalidInput when there is none.
        """
        if self.scorers:
            return ranked_by(self.scorers, self.rank_by)
        found = by_score_name([item for item in self.default_scorers if not wrong_task(item, data)])
        if not found:
            raise InvalidInput.at(
                self.source.node.location, "no plugin provides a default scorer; name one under 'scoring'"
            )
        return found

    def check_scorers(self, data: Data) -> None:
        """Raise InvalidInput when scorers of the experiment cannot score these data; this imports scikit-learn."""
        found = [(item.location, problem_with(item, data)) for item in self.scorers_for(data).values()]
        if problems := [Problem(location, text) for location, text in found if text]:
            raise InvalidInput(problems)

    def positive_classes(self, data: Data) -> dict[str, str]:
        """The class that is scored, by the names of those scores that are about one of two classes."""
        if data.positive_class is None:
            return {}
        scorers = self.scorers_for(data).items()
        return {name: data.classes[data.positive_class] for name, item in scorers if scores_one_class(item, data)}

    def recipe(self, scorers: Scorers) -> Recipe:
        """What workers need of the experiment, to score by these scorers."""
        return Recipe(
            key=canonical_json([self.key, self.used_plugins]),
            engine=self.engine.selected,
            model=self.model.selected,
            families={group: family.selected for group, family in self.families.items()},
            scorers={name: item.selected for name, item in scorers.items()},
            training=self.training.settings,
            folder=self.source.folder,
            seed=self.seed,
            fits_of_each=(self.validation.splits or 1) * self.validation.seeds,
            has_fallback=bool(self.fallbacks),
            preprocess=tuple(step.recipe for step in self.preprocess),
            callbacks=tuple(callback.selected for callback in self.training.callbacks),
            decides=self.training.watched != TEST_FOLD,
            most_parameters=self.limits.get("parameters"),
        )

    def materialise(self, data: Data) -> list[Split]:
        """The splits of these data, those of outer folds last; InvalidInput when they cannot be made."""
        try:
            nested = self.validation.materialise_nested(data, self.seed)
            splits = [*self.validation.materialise(data, self.seed), *nested]
        except DataError as error:
            raise InvalidInput.at(self.source.node.locate(("validation",)), str(error)) from None
        return self.watching(splits, data)

    def watching(self, splits: Sequence[Split], data: Data) -> list[Split]:
        """The splits with the rows that watch their trainings, where the experiment asks for it; InvalidInput without enough rows."""
        try:
            return watched(splits, data, self.training.watched, method=self.validation.method, seed=self.seed)
        except DataError as error:
            raise InvalidInput.at(self.source.node.locate(("training", "validation")), str(error)) from None

    @property
    def shortage(self) -> str:
        """That the strategy is asked for more candidates than the space has; empty where it is not."""
        strategy = self.strategies[0]
        asked = strategy.options.get("candidates")
        try:
            size = self.space.size
        except ValueError:  # a range without steps
            return ""
        if not isinstance(asked, int) or asked <= size:
            return ""
        return f"the space has {size:,} candidates, fewer than the {asked:,} requested from '{strategy.name}'"

    @property
    def dropped(self) -> str:
        """What the strategy knows of candidates that it drops; empty where it does not say, or others come before or after it."""
        if len(self.strategies) > 1 or (describe := self.strategies[0].record.dropped) is None:
            return ""
        return describe(**self.strategies[0].options)

    @cached_property
    def first_count(self) -> int:
        """How many candidates are proposed before a trial is seen, as far as `stop: trials` leaves room for them."""
        count = len(self.first_wave())
        return count if self.stop.trials is None else min(count, self.stop.trials)

    def first_wave(self) -> list[Candidate]:
        """Those that are tried first, and the candidates that the strategy proposes before it has seen a trial."""
        proposals = first_wave(self.strategies[0], self.space.within(self.extent))
        return [*dict.fromkeys([*self.first, *(proposal.candidate for proposal in proposals)])]


def _test_as_yaml(test: float | Path) -> float | dict[str, str]:
    return {"path": str(test)} if isinstance(test, Path) else test
