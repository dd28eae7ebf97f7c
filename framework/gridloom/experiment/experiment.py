"""An experiment: what a YAML file says, once every name in it is bound to what a plugin provides."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, Field, WithJsonSchema

from gridloom.core.space import Candidate, Domain, Range, Space, canonical_json
from gridloom.errors import DataError, InvalidInput, Location, StopRun
from gridloom.experiment import scorers as scoring
from gridloom.experiment.published import PublishedScores
from gridloom.experiment.splits import DEFAULT_METHOD, Split, Validation
from gridloom.registry.options import InputFile, Options
from gridloom.registry.records import NAME, Dataset, Engine, Family, ModelBuilder, Record, Reporter, Strategy

if TYPE_CHECKING:
    from gridloom.core.data import Data
    from gridloom.experiment.yaml_document import Node
    from gridloom.registry.registry import Provided

Selection = str | dict[str, Any]
"""What YAML says where it names a thing: a bare name, or a mapping with `name` and options."""

A_NAME = "a name has up to 64 letters (a to z), digits, dots, dashes and underscores, and begins with a letter or digit"


def _run_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot name a run: {A_NAME}")
    return name


def _share_or_count(value: Any) -> Any:
    is_count = isinstance(value, int) and not isinstance(value, bool) and value > 1
    if is_count or (isinstance(value, float) and 0 < value <= 1):
        return value
    raise ValueError("a sample is a share of the rows (0.25 is a quarter of them), or a whole number of rows from 2")


Name = Annotated[str, AfterValidator(_run_name), WithJsonSchema({"type": "string", "pattern": f"^{NAME.pattern}$"})]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Sample = Annotated[
    Any,
    AfterValidator(_share_or_count),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, {"type": "integer", "minimum": 2}]}
    ),
]


def experiment_keys(
    dataset: Selection,
    model: Selection,
    search: dict[str, Any],
    name: Name | None = None,
    description: str = "",
    training: dict[str, Any] | None = None,
    validation: Selection = DEFAULT_METHOD,
    scoring: str | None = None,
    seed: Seed = 0,
    engine: Selection = "auto",
    refit: bool = False,
    published: Selection | None = None,
    reporters: list[Selection] | None = None,
) -> None:
    """The keys of an experiment file; only the signature counts, and what is told of each.

    `dataset` is what is learned: a name, or a mapping of a name and options. `model` is the builder of what learns it.
    `search` says what is tried, and how. `name` is that of the run, which lives in `runs/NAME`: the file's unless it is
    given. `description` is a text for reports. `training` holds settings of the engine, such as `epochs` and
    `batch_size` of networks. `validation` says how candidates are scored: by five shuffled folds unless it is given.
    `scoring` is a scikit-learn scorer: accuracy for classes and R² for numbers unless it is given. `seed` decides
    everything that is drawn. `engine` trains the models: `auto` takes the fastest that can train this one. `refit`
    trains the best candidate on all rows and keeps the model. `published` is a CSV file of scores that others published,
    to be told beside ours: a path, or a mapping of `file` and `experiment`. `reporters` are told the result: the
    console alone unless they are given.
    """


def search_keys(space: dict[str, Any], strategy: Selection = "") -> None:
    """The keys of `search:`; only the signature counts, and what is told of each.

    `space` holds what is tried: families of hyperparameters with values for their parameters, options of the builder
    under `model:` and settings under `training:`. `strategy` proposes the candidates.
    """


def published_keys(file: InputFile, experiment: str | None = None) -> None:
    """The keys of `published:`; only the signature counts, and what is told of each.

    `file` is a CSV file with the columns `parameters` (a JSON object) and `score`, relative to the experiment file.
    `experiment` is what its rows have in the column of that name: the experiment's own name unless it is given.
    """


def dataset_keys(sample: Sample) -> None:
    """What may stand beside the options of a data set; only the signature counts, and what is told of it.

    `sample` is a share of the rows (0.5), or a number of rows (200), drawn with the experiment's seed.
    """


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
        """Plugins that decide the scores, with the state they are in: all but the reporters'."""
        bound: list[Bound[Record]] = [self.dataset, self.model, self.engine, self.strategy, *self.families.values()]
        infos = [item.provided.plugin for item in bound]
        return {info.name: info.state for info in sorted(infos, key=lambda info: info.name)}

    def load_data(self) -> Data:
        """The data set, sampled if the experiment says so; GridloomError when it cannot be used."""
        from gridloom.core.data import Data, sample_rows

        try:
            data = self.dataset()
            if not isinstance(data, Data):
                raise DataError(f"data set '{self.dataset.name}' returned {type(data).__name__}, not gridloom.Data")
            return data if self.sample is None else sample_rows(data, self.sample, self.seed)
        except DataError as error:
            raise InvalidInput.at(self.dataset.location, str(error)) from None

    def scorer(self, data: Data) -> str:
        """The name of the scikit-learn scorer: the experiment's, else accuracy for classes and R2 for numbers.

        InvalidInput when it cannot score these data.
        """
        if self.scoring and (problem := scoring.unsuitable(self.scoring, len(data.classes))):
            raise InvalidInput.at(self.source.node.locate(("scoring",)), problem)
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
        return first_wave(self.strategy, self.space)


def first_wave(strategy: Bound[Strategy], space: Space) -> list[Candidate]:
    """The candidates that a strategy proposes before it has seen a trial; ValueError when it cannot search the space."""
    waves = strategy(space)
    if not isinstance(waves, Generator):
        raise StopRun(f"strategy '{strategy.name}' must be a generator of waves, not {type(waves).__name__}")
    try:
        return [proposal.candidate for proposal in next(waves, [])]
    finally:
        waves.close()


def as_yaml(domain: Domain) -> Any:
    """What YAML would say for a domain."""
    if isinstance(domain, Range):
        return {key: value for key, value in asdict(domain).items() if value is not None}
    return list(domain.values())
