"""The keys of an experiment file and of its parts, as signatures like those of plugins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema

from gridloom.core.spelling import spelled, spelled_key, spelled_option, spelled_value
from gridloom.experiment.split_methods import DEFAULT_METHOD
from gridloom.experiment.stopping import DURATION, seconds_of
from gridloom.registry.option import InputFile
from gridloom.registry.options import Options
from gridloom.registry.record import NAME

Selection = str | dict[str, Any]
"""What YAML says where it names a thing: a bare name, or a mapping with `name` and options."""

A_NAME = "use up to 64 letters (a to z), digits, dots, dashes and underscores, beginning with a letter or digit"


def _run_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot name a run: {A_NAME}")
    return name


def _share_or_count(value: Any) -> Any:
    is_count = isinstance(value, int) and not isinstance(value, bool) and value > 1
    if is_count or (isinstance(value, float) and 0 < value <= 1):
        return value
    raise ValueError(
        "a sample must be a share of the rows (0.25 is a quarter of them), or a number of rows, at least 2"
    )


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
        f"should be a share of the rows below 1, such as 0.2 or {spelled_value({'share': 0.2})}, a number of rows, at least 2, "
        f"or a file of other rows, such as {spelled_value({'path': 'test.csv'})}"
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
    raise ValueError("should be a share of the training rows (0 < x < 1), or 'test fold'")


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
    raise ValueError("should be a number of workers, or -1 for one per core; 0 is not allowed")


def _counted(value: Any) -> int:
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 1 and value == int(value):
        return int(value)
    raise ValueError("should be a whole number, at least 1")


def _no_number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    folds = spelled("folds", value if isinstance(value, int) and value > 1 else 5, "validation")
    split = f"{spelled('method', 'shuffle_split', 'validation')} for random splits"
    share = value if isinstance(value, float) and 0 < value < 1 else 0.2
    told = f"write {folds} for folds, or {split}; {spelled('validation', share, 'training')} holds out rows to monitor training"
    raise ValueError(f"should be the name of a method, or its options; {told}")


Splitting = Annotated[Selection, BeforeValidator(_no_number)]
Jobs = Annotated[int, AfterValidator(_not_zero)]


def _time_limit(value: Any) -> Any:
    if value is not None and seconds_of(value) < 1:
        raise ValueError("should be at least a second")
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
    validation: Splitting = DEFAULT_METHOD,
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
    """The keys of an experiment file; only the signature and the descriptions below count.

    `dataset` is the data to learn from: a name, or a mapping with a name and options. `model` is the builder of the
    model. `search` says what to try, and how. `name` is the name of the run, whose folder is `runs/NAME`; by default
    that of the file. `description` is a text for reports. `preprocess` lists the steps that transform features before a
    model gets them: transforms that are fitted on the training rows of each split only. `training` contains settings of
    the engine, such as `epochs` and `batch_size` for networks, and how training is monitored and stopped. `validation`
    says how candidates are scored; by default with five shuffled folds. `test` is a share (0.2) or a number of the
    rows, or a file of other rows, that the search never sees: its best candidate (or the simplest,
    if that is the one to keep) is trained on all other rows and scored on these once. `scoring` is a scorer or a list of
    scorers; by default accuracy for classes and labels, and R² for numbers. `rank_by` is the name of the score that
    ranks candidates; by default the first one. `seed` determines all random numbers. `engine` trains the models: `auto`
    takes the fastest that can train this one. `executor` says where fits are trained: by default where `gridloom.toml`
    says, else in processes on this machine (`loky`); scores do not depend on it, and a run can be resumed with another
    one. `time_limit` is how long a fit may take (10 min): a longer one is stopped and fails. `refit` trains the best
    candidate on all rows except those held out, and keeps the model; with `simplest`, the simplest tied candidate
    within one standard error of the best. `published` is a CSV file of published scores to report next to yours: a path, or
    a mapping with `file` and `experiment`. `reporters` report the result; by default only on the console.
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
    """The keys of `search:`; only the signature and the descriptions below count.

    `space` says what to try: families of hyperparameters with values for their parameters, options of the builder under
    `model:`, settings under `training:`, options of callbacks under `callbacks:` and steps of preprocessing under
    `preprocess:`; a list of such mappings is their union. `strategy` proposes the candidates; `{then: [random, zoom]}`
    names several in sequence. `first` lists candidates to try first, by the names of parameters in tables. `warm_start`
    is the folder of another run, whose best candidates are tried first. `require` lists relations between parameters:
    `less`, `at_most` or `differ`. `stop` says when to end the search, even if the strategy would propose more. `limits`
    says which models are refused before they are trained.
    """


def stop_keys(
    trials: Count = None, fits: Count = None, time: Duration = None, score: Score | None = None, no_gain: Count = None
) -> None:
    """The keys of `search: stop:`; only the signature and the descriptions below count.

    `trials` is the largest number of candidates to try, counted once per budget. `fits` is the largest number of
    trainings. `time` is how long the run may train in total (10 min); fits that are running then are finished, and no
    more start. `score` ends the search when a mean score reaches this value. `no_gain` ends the search when this
    many trials have not improved the best mean. Trials with less than the largest budget count only for the first three.
    """


def limits_keys(parameters: Count) -> None:
    """The keys of `search: limits:`; only the signature and the descriptions below count.

    `parameters` is the largest number of parameters a model may have, including those that are not trained.
    """


def training_keys(validation: Validated = None, callbacks: list[Selection] | None = None) -> None:
    """Keys of `training:` besides the settings of an engine; only the signature and the descriptions below count.

    `validation` is the share of a fit's training rows held out to monitor training (0.2), or `test fold` to monitor it
    on the test rows, for curves only. `callbacks` lists what happens between epochs, in order.
    """


def held_out_keys(path: InputFile) -> None:
    """The keys of `test:` for a file; only the signature and the descriptions below count.

    `path` is a file of rows that the data set reads with its options, relative to the experiment file.
    """


def settings_keys(
    executor: Selection | None = None, n_jobs: Jobs | None = None, executors: dict[str, dict[str, Any]] | None = None
) -> None:
    """The keys of `gridloom.toml`; only the signature and the descriptions below count.

    `executor` says where fits are trained if neither the experiment nor the command line names an executor: a name, or
    a table with a name and options. `n_jobs` is the number of workers if `--n-jobs` is not given. `executors` contains
    tables that define executors under names of your own, each with the `name` of an executor that a plugin provides,
    and options.
    """


def published_keys(file: InputFile, experiment: str | None = None) -> None:
    """The keys of `published:`; only the signature and the descriptions below count.

    `file` is a CSV file with the columns `parameters` (a JSON object) and `score`, relative to the experiment file.
    `experiment` selects the rows with this value in the column of that name; by default the experiment's own name.
    """


def dataset_keys(sample: Sample = None, positive: str | bool | float | None = None) -> None:
    """Keys that every data set takes besides its options; only the signature and the descriptions below count.

    `sample` is a share of the rows (0.5), or a number of rows (200), drawn with the experiment's seed. `positive` names
    one of two classes: the one that scores such as `recall` are about.
    """


def preprocess_keys(columns: list[str | int] | None = None, step: Name | None = None) -> None:
    """Keys that every transform takes besides its options; only the signature and the descriptions below count.

    `columns` names the columns to transform; by default all columns of the kinds that the transform is meant for.
    `step` is the name of the step in a search space; by default that of its transform.
    """


def not_of_experiments() -> dict[str, str]:
    """Advice on options of a run."""
    told = f"it is not part of an experiment; use {spelled_option('n_jobs', None)}, or n_jobs in gridloom.toml"
    return {"n_jobs": told}


def of_top_level() -> dict[str, str]:
    """Advice on keys of an experiment that are written under another one, and on options of a run."""
    names = Options(experiment_keys, 0).known
    return not_of_experiments() | {name: f"did you mean the top-level key {spelled_key(name)}?" for name in names}


BESIDE_DATASET = tuple(Options(dataset_keys, 0).known)
"""The keys that may stand beside the options of a data set."""
