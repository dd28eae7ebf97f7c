"""The frozen records that plugins provide, one class a kind; each says where it stands in YAML."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

from gridloom.core.batches import by_candidate
from gridloom.core.data import CLASSES, TASKS, TaskKind
from gridloom.core.predictions import Needs, Predictions, read_only
from gridloom.registry.record import Form, Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridloom.core.data import Data, Task
    from gridloom.core.progress import Plan, Progress
    from gridloom.core.space import Domain
    from gridloom.core.trials import Fit, FitResult, Proposal, Trial
    from gridloom.core.work import Work
    from gridloom.registry.options import Options

RESERVED_GROUPS: Mapping[str, str] = {
    "model": "Options of the model's builder, with values to try.",
    "training": "Training settings, with values to try.",
}
"""Groups of a search space that are no families, each with what it holds."""

NETWORK = "network"
"""The kind of model that families can edit, see `ModelBuilder.makes`."""


@dataclass(frozen=True)
class Dataset(Record):
    """A data set: `load(**options)` returns a `gridloom.Data`."""

    load: Callable[..., Data]

    kind: ClassVar[str] = "data set"
    word: ClassVar[str] = "dataset"
    hook: ClassVar[str] = "gridloom_datasets"
    place: ClassVar[tuple[str, ...]] = ("dataset",)
    fixed: ClassVar[int] = 0

    @property
    def function(self) -> Callable[..., Data]:
        """The `load` function."""
        return self.load


@dataclass(frozen=True)
class ModelBuilder(Record):
    """A model builder: `build(task, **options)` returns a new model for a `gridloom.Task`.

    The first parameter gets the task if it is named `task` or annotated with `gridloom.Task`. A function whose first
    parameter has a default, or that has none, takes no task: all its parameters are options, as those of a
    `create_model(neurons=12)` from a script are.

    `makes` says what kind of model: "network" is a Keras model (Sequential or Functional, compiled or not), which
    families can edit; "tensorflow network" is one that needs Keras's TensorFlow backend; "estimator" is a scikit-learn
    estimator. An engine says which kinds it trains.
    """

    build: Callable[..., Any]
    makes: str = NETWORK

    kind: ClassVar[str] = "model builder"
    word: ClassVar[str] = "model"
    hook: ClassVar[str] = "gridloom_model_builders"
    place: ClassVar[tuple[str, ...]] = ("model",)

    def __post_init__(self) -> None:
        super().__post_init__()
        parameters = list(inspect.signature(self.build).parameters.values())
        first = parameters[0] if parameters else None
        if first and not self.filled and first.default is first.empty:
            raise TypeError(
                f"the first parameter of a builder gets the task, but in '{self.name}' it is '{first.name}'; put a "
                f"parameter 'task' in front of it, or give '{first.name}' a default, so that it is an option"
            )
        if any(_gets_task(item) for item in parameters[self.filled :]):
            raise TypeError(f"the builder '{self.name}' has the task among its options; it must be the first parameter")

    @property
    def function(self) -> Callable[..., Any]:
        """The `build` function."""
        return self.build

    @property
    def filled(self) -> int:
        """1 for a function that takes the task, 0 for one that takes options alone."""
        parameters = list(inspect.signature(self.build).parameters.values())
        return int(bool(parameters) and _gets_task(parameters[0]))

    def model_for(self, task: Task, **options: Any) -> Any:
        """A new model: what `build` returns for these options, and the task if it takes it."""
        return self.build(task, **options) if self.filled else self.build(**options)


def _gets_task(parameter: inspect.Parameter) -> bool:
    """Whether a builder's parameter is for the task."""
    annotation = parameter.annotation
    named = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    is_first = parameter.kind is not parameter.KEYWORD_ONLY
    return is_first and (parameter.name.strip("_") == "task" or named.strip("'\"").rpartition(".")[2] == "Task")


@dataclass(frozen=True)
class Parameter:
    """A hyperparameter of a family, and the domain it takes for `family: default`.

    `simpler` says which of its numbers make the simpler model, "smaller" or "larger" ones, where that is so: a report
    names the simplest of the candidates that cannot be told from the best. The parameter that is declared first counts
    first.
    """

    name: str
    default: Domain
    simpler: Literal["smaller", "larger"] | None = None


@dataclass(frozen=True)
class Family(Record):
    """A hyperparameter family: `apply(draft, **values)` edits a `gridloom.Draft` of the network.

    The annotations of `apply` say which values a parameter admits; a parameter with a default may be left out of a
    search.
    """

    apply: Callable[..., None]
    parameters: tuple[Parameter, ...]

    kind: ClassVar[str] = "family"
    word: ClassVar[str] = "family"
    hook: ClassVar[str] = "gridloom_families"
    place: ClassVar[tuple[str, ...]] = ("search", "space")
    form: ClassVar[Form] = "keys"
    beside: ClassVar[Mapping[str, str]] = RESERVED_GROUPS

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.name in RESERVED_GROUPS:
            raise ValueError(f"a family cannot be named '{self.name}': that is a group of its own in a search space")
        declared = [parameter.name for parameter in self.parameters]
        taken = list(inspect.signature(self.apply).parameters)[self.fixed :]
        if not declared or sorted(declared) != sorted(taken):
            raise TypeError(
                f"family '{self.name}' declares the parameters {declared}, but its apply function takes {taken}"
            )
        for parameter in self.parameters:
            if not all(callable(getattr(parameter.default, method, None)) for method in ("values", "sample")):
                raise TypeError(
                    f"family '{self.name}': the default of '{parameter.name}' must be a domain such as Choices(1, 2), "
                    f"not {parameter.default!r}"
                )
            if parameter.simpler not in (None, "smaller", "larger"):
                raise ValueError(
                    f"family '{self.name}': the simpler values of '{parameter.name}' are the 'smaller' or the 'larger' "
                    f"ones, or None, not {parameter.simpler!r}"
                )

    @property
    def function(self) -> Callable[..., None]:
        """The `apply` function."""
        return self.apply


@dataclass(frozen=True)
class Scorer(Record):
    """A scorer: `score(truth, predicted, **options)` returns a number for the rows that test a fit.

    `truth` has shape (rows,): class numbers, or the numbers of a regression. `needs` says what `predicted` is: "labels"
    (class numbers), "probabilities" (of shape (rows, classes)) or "values" (numbers, see `Predictions.given`).
    Where `greater_is_better` is false, the number is negated, as scikit-learn does: more is better everywhere, and
    `neg_` stands before the score's name.

    - `tasks`: the kinds of tasks whose predictions it can score: classes for labels and probabilities, by default, and
      all of them for values.
    - `bounds`: the lowest and the highest number that `score` can return; infinite where there is no end.
    - `default`: whether experiments use it that name no scorer; the first one that can score the data ranks.
    """

    score: Callable[..., float]
    _: KW_ONLY
    needs: Needs
    greater_is_better: bool = True
    tasks: tuple[TaskKind, ...] = ()
    bounds: tuple[float, float] = (-math.inf, math.inf)
    default: bool = False

    kind: ClassVar[str] = "scorer"
    word: ClassVar[str] = "scorer"
    hook: ClassVar[str] = "gridloom_scorers"
    place: ClassVar[tuple[str, ...]] = ("scoring",)
    form: ClassVar[Form] = "one or list"
    fixed: ClassVar[int] = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.needs not in get_args(Needs):
            raise ValueError(f"scorer '{self.name}' needs one of {', '.join(get_args(Needs))}, not {self.needs!r}")
        if unknown := set(self.tasks) - set(TASKS):
            raise ValueError(f"scorer '{self.name}': {min(unknown)!r} is no kind of task; known: {', '.join(TASKS)}")

    @property
    def function(self) -> Callable[..., float]:
        """The `score` function."""
        return self.score

    @property
    def scored_tasks(self) -> tuple[TaskKind, ...]:
        """The kinds of tasks whose predictions it can score."""
        return self.tasks or (TASKS if self.needs == "values" else CLASSES)

    @property
    def score_name(self) -> str:
        """What its scores are called."""
        return self.name if self.greater_is_better or self.name.startswith("neg_") else f"neg_{self.name}"

    @property
    def score_bounds(self) -> tuple[float, float]:
        """The lowest and the highest that its scores can be."""
        low, high = self.bounds
        return (low, high) if self.greater_is_better else (0.0 - high, 0.0 - low)

    def measure(self, truth: NDArray[Any], predictions: Predictions, **options: Any) -> float:
        """The score of predictions, of which more is better; both arrays are read-only.

        ValueError when the model does not predict what it needs, or when it returns no number.
        """
        found = self.score(read_only(truth), read_only(predictions.given(self.needs)), **options)
        if isinstance(found, str | bytes | bool) or str(getattr(found, "dtype", "")) == "bool":
            raise ValueError(f"the scorer '{self.name}' returned {found!r}, not a number")
        score = float(found)
        return score if self.greater_is_better else -score


@dataclass(frozen=True)
class Strategy(Record):
    """A search strategy: `propose(space, **options)` is a generator of waves.

    It yields sequences of `gridloom.Proposal`, and is sent the sequence of their `gridloom.Trial`s in the same order.
    Given the space (with its seed) and the trials it must always propose the same. The one with `default=True` is used
    by experiments that name none.
    """

    propose: Callable[..., Generator[Sequence[Proposal], Sequence[Trial], None]]
    default: bool = False

    kind: ClassVar[str] = "strategy"
    word: ClassVar[str] = "strategy"
    hook: ClassVar[str] = "gridloom_strategies"
    place: ClassVar[tuple[str, ...]] = ("search", "strategy")

    @property
    def function(self) -> Callable[..., Generator[Sequence[Proposal], Sequence[Trial], None]]:
        """The `propose` function."""
        return self.propose


def no_environment(options: Mapping[str, Any]) -> Mapping[str, str]:  # noqa: ARG001
    """The environment of engines that need none."""
    return {}


@dataclass(frozen=True)
class Engine(Record):
    """An engine: `train(work, **options)` trains a batch in a worker and yields (fit, `gridloom.FitResult`) pairs.

    There is one pair a fit, in any order, each as soon as it is there: a worker that has been busy for some seconds
    hands in what it has, and the rest of the batch comes again. `work.result(fit, predictions)` scores what a model
    predicts and makes the `gridloom.FitResult`.

    - `trains`: which kinds of model, see `ModelBuilder.makes`.
    - `training`: the callable whose named parameters are the experiment's `training:` settings (a dataclass, say), or
      None when there are none.
    - `environment`: from the engine's options to the environment variables its workers need before they import
      anything.
    - `cut`: fits to batches; it may depend on the fits alone.
    - `refit`: for `refit: true`, trains a fit on all rows of its work, writes the model into a folder and returns the
      file; None when the engine keeps no models.
    - `max_growth`: resident bytes that a worker may gain after its first batch before all workers are replaced:
      TensorFlow, for one, keeps a few MiB of every program that it has traced, whatever is deleted or cleared.
    - `packages`: distributions whose versions a score depends on; a run is not resumed with others.
    - `weighs`: whether it trains with the weights of rows, `work.data.weights`. Data with weights are refused otherwise.
    - `preference`: `engine: auto` takes the highest among the engines that train the builder's kind of model, and the
      next when that raises CannotTrain.
    """

    train: Callable[..., Iterable[tuple[Fit, FitResult]]]
    _: KW_ONLY
    trains: str | tuple[str, ...]
    training: Callable[..., Any] | None = None
    environment: Callable[[Mapping[str, Any]], Mapping[str, str]] = no_environment
    cut: Callable[[Sequence[Fit]], Iterable[Sequence[Fit]]] = by_candidate
    packages: tuple[str, ...] = ()
    refit: Callable[[Work, Fit, Path], Path] | None = None
    preference: int = 0
    weighs: bool = False
    max_growth: int = 128 * 1024 * 1024

    kind: ClassVar[str] = "engine"
    word: ClassVar[str] = "engine"
    hook: ClassVar[str] = "gridloom_engines"
    place: ClassVar[tuple[str, ...]] = ("engine",)
    beside: ClassVar[Mapping[str, str]] = {"auto": "The fastest engine that can train the model."}

    @property
    def function(self) -> Callable[..., Iterable[tuple[Fit, FitResult]]]:
        """The `train` function."""
        return self.train

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of model that it trains."""
        return (self.trains,) if isinstance(self.trains, str) else self.trains

    @cached_property
    def training_options(self) -> Options | None:
        """What YAML may set under `training:`, or None when the engine has no such settings."""
        from gridloom.registry.options import Options

        return Options(self.training, fixed=0) if self.training else None


@dataclass(frozen=True)
class Reporter(Record):
    """A reporter: `report(result, **options)` gets the `gridloom.Result` once the run has ended.

    A file belongs into `result.folder`; an option for its name is annotated with `gridloom.FileName`. `watch(plan)` may
    return a context manager around the run, whose value is called with a `gridloom.Progress` after every batch. The
    reporters with `default=True` are used by experiments that name none.
    """

    report: Callable[..., None]
    _: KW_ONLY
    watch: Callable[[Plan], AbstractContextManager[Callable[[Progress], None]]] | None = None
    default: bool = False

    kind: ClassVar[str] = "reporter"
    word: ClassVar[str] = "reporter"
    hook: ClassVar[str] = "gridloom_reporters"
    place: ClassVar[tuple[str, ...]] = ("reporters",)
    form: ClassVar[Form] = "list"

    @property
    def function(self) -> Callable[..., None]:
        """The `report` function."""
        return self.report


KINDS: tuple[type[Record], ...] = (Dataset, ModelBuilder, Family, Strategy, Engine, Scorer, Reporter)
"""All kinds, one for each hook."""
