"""An experiment: what a YAML file says, once every name in it is bound to what a plugin provides."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from pydantic import Field

from gridloom.errors import DataError, InvalidInput, Location, StopRun
from gridloom.options import InputFile, Options
from gridloom.published import PublishedScores
from gridloom.records import NAME, Dataset, Engine, Family, ModelBuilder, Record, Reporter, Strategy
from gridloom.space import Candidate, Domain, Range, Space, canonical_json
from gridloom.splits import Split, Validation

if TYPE_CHECKING:
    from gridloom.data import Data
    from gridloom.document import Node
    from gridloom.registry import Provided

Selection = str | dict[str, Any]
"""What YAML says where it names a thing: a bare name, or a mapping with `name` and options."""

Name = Annotated[str, Field(pattern=f"^{NAME.pattern}$")]
Seed = Annotated[int, Field(ge=0, lt=2**32)]


def experiment_keys(
    dataset: Selection,
    model: Selection,
    search: dict[str, Any],
    name: Name | None = None,
    description: str = "",
    training: dict[str, Any] | None = None,
    validation: Selection = "kfold",
    scoring: str | None = None,
    seed: Seed = 0,
    engine: Selection = "auto",
    refit: bool = False,
    published: Selection | None = None,
    reporters: list[Selection] | None = None,
) -> None:
    """The keys of an experiment file; only the signature counts."""


def search_keys(space: dict[str, Any], strategy: Selection = "") -> None:
    """The keys of `search:`; only the signature counts."""


def published_keys(file: InputFile, experiment: str | None = None) -> None:
    """The keys of `published:`; only the signature counts."""


R_co = TypeVar("R_co", bound=Record, covariant=True)


@dataclass(frozen=True)
class Bound(Generic[R_co]):
    """A provided thing with the options that the experiment gives it, valid for its callable."""

    provided: Provided[R_co]
    options: Mapping[str, Any]
    location: Location

    @property
    def record(self) -> R_co:
        """The record."""
        return self.provided.record

    @property
    def name(self) -> str:
        """The record's name."""
        return self.record.name

    @property
    def resolved(self) -> dict[str, Any]:
        """Name and all options with their defaults, as plain data."""
        return {"name": self.provided.full_name, **self.record.options.resolve(self.options)}

    def __call__(self, *fixed: Any) -> Any:
        """Call the record's function with its options."""
        return self.record.function(*fixed, **self.options)


@dataclass(frozen=True)
class Source:
    """All it takes to bind the experiment again in another process."""

    node: Node
    folder: Path
    default_name: str
    plugins: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    passed_over: tuple[tuple[str, str], ...] = ()
    """Engines that `auto` must not choose (any more), each with the reason."""

    @property
    def file(self) -> str:
        """The name of the experiment file in messages."""
        return self.node.location.source


@dataclass(frozen=True)
class Experiment:
    """A valid experiment, bound to the plugins it names."""

    source: Source = field(repr=False)
    name: str
    description: str
    seed: int
    scoring: str | None
    dataset: Bound[Dataset]
    sample: float | None
    model: Bound[ModelBuilder]
    engine: Bound[Engine]
    engine_reason: str
    fallbacks: Sequence[str]
    """Engines that `auto` would choose next."""
    training: Mapping[str, Any]
    strategy: Bound[Strategy]
    space: Space
    families: Mapping[str, Bound[Family]]
    validation: Validation
    refit: bool
    published: PublishedScores | None
    reporters: Sequence[Bound[Reporter]]

    @property
    def resolved(self) -> dict[str, Any]:
        """The whole experiment with every default filled in, as plain data."""
        space = {
            group: {name: as_yaml(domain) for name, domain in domains.items()}
            for group, domains in self.space.domains.items()
        }
        return {
            "name": self.name,
            "description": self.description,
            "dataset": self.dataset.resolved | ({"sample": self.sample} if self.sample is not None else {}),
            "model": self.model.resolved,
            "training": self.training_options.resolve(self.training) if self.training_options else {},
            "search": {"strategy": self.strategy.resolved, "space": space},
            "validation": self.validation.resolved,
            "scoring": self.scoring,
            "seed": self.seed,
            "engine": self.engine.resolved,
            "refit": self.refit,
            "published": self.published.resolved if self.published else None,
            "reporters": [reporter.resolved for reporter in self.reporters],
        }

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
        """Plugins that decide the scores, with version: all but the reporters'."""
        bound: list[Bound[Record]] = [self.dataset, self.model, self.engine, self.strategy, *self.families.values()]
        infos = [item.provided.plugin for item in bound]
        return {info.name: f"{info.distribution} {info.version}" for info in sorted(infos, key=lambda i: i.name)}

    def load_data(self) -> Data:
        """The data set, sampled if the experiment says so; GridloomError when it cannot be used."""
        from gridloom.data import Data, sample_rows

        try:
            data = self.dataset()
            if not isinstance(data, Data):
                raise DataError(f"data set '{self.dataset.name}' returned {type(data).__name__}, not gridloom.Data")
            return data if self.sample is None else sample_rows(data, self.sample, self.seed)
        except DataError as error:
            raise InvalidInput.at(self.dataset.location, str(error)) from None

    def scorer(self, data: Data) -> str:
        """The name of the scikit-learn scorer: the experiment's, else accuracy for classes and R2 for numbers."""
        return self.scoring or ("accuracy" if data.classes else "r2")

    def materialise(self, data: Data) -> list[Split]:
        """The splits of these data, those of outer folds last; InvalidInput when they cannot be made."""
        try:
            nested = self.validation.materialise_nested(data, self.seed)
            return [*self.validation.materialise(data, self.seed), *nested]
        except DataError as error:
            raise InvalidInput.at(self.source.node.locate(("validation",)), str(error)) from None

    @cached_property
    def first_candidate(self) -> Candidate | None:
        """The candidate that is proposed first."""
        return next(iter(self.first_wave()), None)

    def first_wave(self) -> list[Candidate]:
        """The candidates that the strategy proposes before it has seen a trial."""
        waves = self.strategy(self.space)
        if not isinstance(waves, Generator):
            raise StopRun(f"strategy '{self.strategy.name}' must be a generator of waves, not {type(waves).__name__}")
        try:
            return [proposal.candidate for proposal in next(waves, [])]
        finally:
            waves.close()


def as_yaml(domain: Domain) -> Any:
    """What YAML would say for a domain."""
    if isinstance(domain, Range):
        return {key: value for key, value in asdict(domain).items() if value is not None}
    return list(domain.values())
