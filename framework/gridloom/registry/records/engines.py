"""Engines: who trains the fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from gridloom.core.batches import by_candidate
from gridloom.registry.record import Record

if TYPE_CHECKING:
    from gridloom.core.code import Script
    from gridloom.core.kept_model import Exporter, KeptModel, LoadedModel
    from gridloom.core.trials import Fit, FitResult
    from gridloom.core.work import Work
    from gridloom.registry.options import Options


def no_environment(options: Mapping[str, Any]) -> Mapping[str, str]:  # noqa: ARG001
    """The environment of engines that need none."""
    return {}


def no_notes() -> list[str]:
    """The notes of engines that have nothing to say."""
    return []


@dataclass(frozen=True)
class Engine(Record):
    """An engine: `train(work, **options)` trains a batch in a worker and yields (fit, `gridloom.FitResult`) pairs.

    It yields one pair per fit, in any order, each as soon as it is finished: a worker that has been busy for some
    seconds returns the pairs so far, and the rest of the batch is submitted again. `work.result(fit, predictions)`
    scores predictions and makes the `gridloom.FitResult`.

    - `trains`: which kinds of model, see `ModelBuilder.makes`.
    - `training`: the callable whose named parameters are the experiment's `training:` settings (a dataclass, say), or
      None when there are none.
    - `environment`: maps the engine's options to the environment variables that its workers need before they import
    anything.
    - `cut`: divides fits into batches; it may depend only on the fits.
    - `refit`: for `refit: true`, trains a fit on all rows of its work, writes the model into a folder and returns a
    `gridloom.KeptModel`: the file, and a note; None if the engine does not keep models.
    - `load`: gets the file that `refit` has written, its note, and the modules of plugins that the user trusts, and
    returns a `gridloom.LoadedModel`. It runs in the user's process, and executes no code from the file.
    - `script`: gets the same file and note, and returns a `gridloom.Script`: code that trains and uses such a model without
      Gridloom, for `gridloom export`.
    - `exports`: a `gridloom.Exporter` for each format that `gridloom export` writes its models in, such as "onnx".
    - `max_growth`: resident bytes that a worker may gain after its first batch before all workers are replaced:
      TensorFlow, for example, keeps a few MiB for every program it has traced, even after they are deleted.
    - `memory`: resident bytes of a worker, besides the data, which all workers share: unless the user sets the number
    of workers, only as many start as fit into memory. 0 if unknown.
    - `packages`: distributions whose versions affect scores; a run is not resumed with other versions.
    - `weighs`: whether it trains with row weights, `work.data.weights`. Data with weights are refused otherwise.
    - `prepares`: whether it trains on `work.features(fit)`, which are preprocessed by the steps of `preprocess:`, and
    not on `work.data.X`. Experiments with preprocessing are refused otherwise.
    - `cuts`: whether it cuts features apart for models with several inputs, by `gridloom.cut_inputs`. Data with several
      inputs are refused otherwise.
    - `narrows`: whether it computes with float32 features whatever their type, so that workers can share them as
    float32.
    - `validates`: whether it records the loss on `work.validation_rows(fit)` after each epoch.
    - `decides`: whether it carries out the decisions of a fit's callbacks between epochs, see `work.follow`.
    - `keras_callbacks`: whether it also runs Keras callbacks.
    - `counts`: whether it calls `work.check_size` before it trains a model.
    - `continues`: whether it trains fits that differ only in their number of epochs as one, see `gridloom.trainings`; a
    worker then returns all results of such a training together. - `resumes`: whether it resumes trainings that a
    smaller budget of epochs has ended, whose states it keeps with `work.keep_state` and loads with `work.load_state`. -
    `notes`: called in a worker after a batch; returns what there is to say about how this worker trains, such as a package
    that it does without. The run keeps it. - `preference`: `engine: auto` takes the engine with the highest preference among those that train the builder's kind
    of model, and the next one if it raises CannotTrain.
    """

    train: Callable[..., Iterable[tuple[Fit, FitResult]]]
    _: KW_ONLY
    trains: str | tuple[str, ...]
    training: Callable[..., Any] | None = None
    environment: Callable[[Mapping[str, Any]], Mapping[str, str]] = no_environment
    cut: Callable[[Sequence[Fit]], Iterable[Sequence[Fit]]] = by_candidate
    packages: tuple[str, ...] = ()
    refit: Callable[[Work, Fit, Path], KeptModel] | None = None
    load: Callable[[Path, Mapping[str, Any], Sequence[ModuleType]], LoadedModel] | None = None
    script: Callable[[Path, Mapping[str, Any]], Script] | None = None
    exports: tuple[Exporter, ...] = ()
    notes: Callable[[], Sequence[str]] = no_notes
    preference: int = 0
    weighs: bool = False
    prepares: bool = False
    cuts: bool = False
    narrows: bool = False
    validates: bool = False
    decides: bool = False
    keras_callbacks: bool = False
    counts: bool = False
    continues: bool = False
    resumes: bool = False
    max_growth: int = 128 * 1024 * 1024
    memory: int = 0

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
