"""The keys of an experiment file, of its parts, and what stands beside them: signatures, as those of plugins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema

from gridloom.experiment.split_methods import DEFAULT_METHOD
from gridloom.experiment.stopping import DURATION, seconds_of
from gridloom.registry.options import InputFile, Options
from gridloom.registry.record import NAME

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


def _held_out(value: Any) -> Any:
    """A share below 1 (a float), a number of rows (an int) or a file ({"path": text}), of what `test:` says."""
    if isinstance(value, dict) and [*value] == ["path"] and isinstance(value["path"], str):
        return value
    found = value
    if isinstance(value, dict) and len(value) == 1:
        ((name, found),) = value.items()
        found = found if isinstance(found, {"share": float, "rows": int}.get(name, ())) else None
    is_count = isinstance(found, int) and not isinstance(found, bool) and found > 1
    if is_count or (isinstance(found, float) and 0 < found < 1):
        return found
    raise ValueError(
        "should be a share of the rows below 1, as 0.2 or {share: 0.2}, a whole number of rows from 2, or a file of other "
        "rows, as {path: test.csv}"
    )


Name = Annotated[str, AfterValidator(_run_name), WithJsonSchema({"type": "string", "pattern": f"^{NAME.pattern}$"})]
Refit = bool | Literal["simplest"]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Sample = Annotated[
    Any,
    AfterValidator(_share_or_count),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, {"type": "integer", "minimum": 2}]}
    ),
]


_SHARE = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
_ROWS = {"type": "integer", "minimum": 2}
_WAYS = [
    {"type": "object", "properties": {name: way}, "required": [name], "additionalProperties": False}
    for name, way in (("share", _SHARE), ("rows", _ROWS), ("path", {"type": "string", "minLength": 1}))
]
HeldOut = Annotated[Any, AfterValidator(_held_out), WithJsonSchema({"anyOf": [_SHARE, _ROWS, *_WAYS]})]


def _validated(value: Any) -> Any:
    if value == "test fold" or (isinstance(value, float) and 0 < value < 1):
        return value
    raise ValueError("should be a share of the rows that train, above 0 and below 1, or 'test fold'")


Validated = Annotated[Any, AfterValidator(_validated), WithJsonSchema({"anyOf": [_SHARE, {"const": "test fold"}]})]


def _duration(value: Any) -> Any:
    seconds_of(value)
    return value


def _beside_the_file(path: Path, info: ValidationInfo) -> Path:
    """The path of a folder, relative to the experiment's; it may be gone once the run has begun."""
    folder = (info.context or {}).get("folder")
    return path if folder is None else Path(folder / path)


def _not_zero(value: int) -> int:
    if value:
        return value
    raise ValueError("should be a number of workers, or -1 for one a core; 0 means nothing")


def _counted(value: Any) -> int:
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 1 and value == int(value):
        return int(value)
    raise ValueError("should be a whole number from 1")


Jobs = Annotated[int, AfterValidator(_not_zero)]


def _time_limit(value: Any) -> Any:
    if value is not None and seconds_of(value) < 1:
        raise ValueError("should be a second at least")
    return value


TimeLimit = Annotated[
    Any,
    AfterValidator(_time_limit),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": DURATION}, {"type": "null"}]}),
]
Duration = Annotated[Any, AfterValidator(_duration), WithJsonSchema({"type": "string", "pattern": DURATION})]
RunFolder = Annotated[Path, AfterValidator(_beside_the_file)]
Score = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[Any, AfterValidator(_counted), WithJsonSchema({"type": "number", "minimum": 1, "multipleOf": 1})]


def experiment_keys(
    dataset: Selection,
    model: Selection,
    search: dict[str, Any],
    name: Name | None = None,
    description: str = "",
    preprocess: list[Selection] | None = None,
    training: dict[str, Any] | None = None,
    validation: Selection = DEFAULT_METHOD,
    test: HeldOut = None,
    scoring: Selection | list[Selection] | None = None,
    rank_by: str | None = None,
    seed: Seed = 0,
    engine: Selection = "auto",
    executor: Selection | None = None,
    time_limit: TimeLimit = None,
    refit: Refit = False,
    published: Selection | None = None,
    reporters: list[Selection] | None = None,
) -> None:
    """The keys of an experiment file; only the signature counts, and what is told of each.

    `dataset` is what is learned: a name, or a mapping of a name and options. `model` is the builder of what learns it.
    `search` says what is tried, and how. `name` is that of the run, which lives in `runs/NAME`: the file's unless it is
    given. `description` is a text for reports. `preprocess` lists the steps that features go through before a model gets
    them: transforms that are fitted on the training rows of each split alone. `training` holds settings of the engine,
    such as `epochs` and `batch_size` of networks, and how a training is watched and ended. `validation` says how
    candidates are scored: by five shuffled folds unless it is given.
    `test` is a share (0.2) or a number of the rows, or a file of others, which the search never sees: its best candidate (or the
    simplest of those tied, where that is kept) is trained on all others and scored on them once. `scoring` is a scorer, or a list of them: accuracy for classes and labels, and R² for numbers, unless it is given. `rank_by` is the
    name of the score that ranks candidates: the first one unless it is given. `seed` decides
    everything that is drawn. `engine` trains the models: `auto` takes the fastest that can train this one. `executor` says
    where: what `gridloom.toml` names, else in processes of this machine (`loky`), unless it is given; no score depends on it, and a run may be resumed with another. `time_limit`
    is how long a fit may take (10 min): a longer one is ended, and fails. `refit`
    trains the best candidate on all rows but those that are held out, and keeps the model; with `simplest`, the simplest one that is
    statistically tied with the best. `published` is a CSV file of scores that others published,
    to be told beside ours: a path, or a mapping of `file` and `experiment`. `reporters` are told the result: the
    console alone unless they are given.
    """


def search_keys(
    space: dict[str, Any] | list[dict[str, Any]],
    strategy: Selection = "",
    first: list[dict[str, Any]] | None = None,
    warm_start: RunFolder | None = None,
    require: list[dict[str, list[str]]] | None = None,
    stop: dict[str, Any] | None = None,
    limits: dict[str, Any] | None = None,
) -> None:
    """The keys of `search:`; only the signature counts, and what is told of each.

    `space` holds what is tried: families of hyperparameters with values for their parameters, options of the builder
    under `model:`, settings under `training:`, options of callbacks under `callbacks:` and steps of preprocessing under
    `preprocess:`; a list of such mappings is their union. `strategy` proposes the candidates; `{then: [random, zoom]}`
    names several that follow each other. `first` lists candidates to begin with, by the names of parameters in tables.
    `warm_start` is the folder of another run, whose best candidates are tried first. `require` lists what must hold between
    parameters: `less`, `at_most` or `differ`. `stop` says when the search ends, whatever the strategy would still propose.
    `limits` says which models are refused before they are trained.
    """


def stop_keys(
    trials: Count = None, fits: Count = None, time: Duration = None, score: Score | None = None, no_gain: Count = None
) -> None:
    """What `search: stop:` may say; only the signature counts, and what is told of each.

    `trials` is how many candidates may be tried, a budget each. `fits` is how many trainings there may be. `time` is how
    long the run may train in all (10 min); what is running then is finished, and no more begins. `score` ends the search
    when a mean is at least that. `no_gain` ends it when so many trials have not raised the best mean. Trials with less
    than the largest budget count for the first three alone.
    """


def limits_keys(parameters: Count) -> None:
    """What `search: limits:` may say; only the signature counts, and what is told of each.

    `parameters` is how many parameters a model may have, those that are not trained included.
    """


def training_keys(validation: Validated = None, callbacks: list[Selection] | None = None) -> None:
    """What may stand beside the settings of an engine under `training:`; only the signature counts, and what is told of each.

    `validation` is the share of the rows that train a fit which is held out to watch its training (0.2), or `test fold`
    to watch it by the rows that test, for curves alone. `callbacks` is what happens between epochs, in order.
    """


def held_out_keys(path: InputFile) -> None:
    """What `test:` may say of a file; only the signature counts, and the descriptions of its parameters.

    `path` is a file of rows that the data set reads by its options, relative to the experiment file.
    """


def settings_keys(
    executor: Selection | None = None, n_jobs: Jobs | None = None, executors: dict[str, dict[str, Any]] | None = None
) -> None:
    """The keys of `gridloom.toml`; only the signature counts, and what is told of each.

    `executor` says where fits are trained that an experiment and the command line name no executor for: a name, or a table of a name
    and options. `n_jobs` is how many workers train where `--n-jobs` is not given, as it would be given. `executors` holds tables of
    executors by names of your own, each with the `name` of an executor that a plugin provides, and options.
    """


def published_keys(file: InputFile, experiment: str | None = None) -> None:
    """The keys of `published:`; only the signature counts, and what is told of each.

    `file` is a CSV file with the columns `parameters` (a JSON object) and `score`, relative to the experiment file.
    `experiment` is what its rows have in the column of that name: the experiment's own name unless it is given.
    """


def dataset_keys(sample: Sample = None, positive: str | bool | float | None = None) -> None:
    """What may stand beside the options of a data set; only the signature counts, and the descriptions of its parameters.

    `sample` is a share of the rows (0.5), or a number of rows (200), drawn with the experiment's seed. `positive` names
    the one of two classes that scores of one class are about, such as `recall`.
    """


def preprocess_keys(columns: list[str | int] | None = None, step: Name | None = None) -> None:
    """What may stand beside the options of a transform; only the signature counts, and the descriptions of its parameters.

    `columns` names the columns that it is applied to: all those of the kinds that it is meant for unless they are given.
    `step` is what the step is called in a search space: as its transform unless it is given.
    """


BESIDE_DATASET = tuple(Options(dataset_keys, 0).known)
"""The keys that may stand beside the options of a data set."""
