"""`gridloom run`: run experiments, or resume them."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridloom.cli import completion
from gridloom.cli.common import (
    ExperimentPaths,
    NoPlugins,
    Out,
    Plugins,
    Settings,
    exit_after_reports,
    experiment_files,
    fail,
    guarded,
    note,
    say,
)
from gridloom.cli.listing import All, listing_all
from gridloom.errors import Exit, GridloomError, Interrupted, InvalidInput, Problem, StorageError, Terminated

if TYPE_CHECKING:
    from gridloom.experiment.experiment import Experiment
    from gridloom.experiment.yaml_document import Node
    from gridloom.results.result import Result


@guarded
def run(
    paths: ExperimentPaths,
    n_jobs: Annotated[
        int | None,
        typer.Option(
            "--n-jobs",
            "-j",
            max=100_000,
            help="The number of workers; -1 means one per core as far as memory allows, or all workers of a cluster.",
            show_default="from gridloom.toml, else -1",
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine", help="Train with this engine instead of the file's.", autocompletion=completion.engines
        ),
    ] = None,
    executor: Annotated[
        str | None,
        typer.Option(
            "--executor",
            metavar="NAME",
            help="Train with this executor instead of the file's; '{name: NAME, OPTION: VALUE}' also sets options.",
            autocompletion=completion.executors,
        ),
    ] = None,
    settings: Settings = None,
    out: Out = Path("runs"),
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start over; an earlier run is kept under another name.")
    ] = False,
    keep_models: Annotated[
        bool, typer.Option("--keep-models", help="Keep the model of every fit in FOLDER/<name>/models.")
    ] = False,
    every: All = False,
    plugins: Plugins = None,
    no_plugins: NoPlugins = None,
) -> None:
    """Run experiments; a run that was stopped is resumed.

    All files are checked before the first one trains. Each run has a folder FOLDER/<name>, which contains the resolved
    experiment, the journal of finished fits, and reports.
    """
    from gridloom.experiment.overrides import named_on_command_line

    if n_jobs == 0:
        raise typer.BadParameter(
            "must be a number of workers, or -1 for one per core; 0 is not allowed", param_hint="--n-jobs"
        )
    overrides = [*(settings or ()), *([f"engine={engine}"] if engine else [])]
    chosen = None if executor is None else named_on_command_line(executor)
    experiments = read_all(experiment_files(paths), overrides, plugins or (), no_plugins or (), chosen)
    with _sigterm_as_ctrl_c():
        codes = [
            _run_one(experiment, n_jobs, out, fresh=fresh, keep_models=keep_models, every=every)
            for experiment in experiments
        ]
    raise typer.Exit(next(filter(None, codes), Exit.OK))


@contextmanager
def _sigterm_as_ctrl_c() -> Iterator[None]:
    """Let SIGTERM end what is in here as Ctrl-C does, by Terminated; `timeout` sends it twice, so once is enough."""
    told: list[int] = []

    def stop(number: int, _: object) -> None:
        told.append(number)
        if len(told) == 1:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        if told:
            raise Terminated("stopped") from None
        raise
    except Interrupted as error:
        raise (Terminated(str(error)) if told else error) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _run_one(
    experiment: Experiment, n_jobs: int | None, out: Path, *, fresh: bool, keep_models: bool, every: bool
) -> Exit:
    """Run one of several experiments, and say what went wrong with it; returns its exit code."""
    from gridloom.core.file_names import CARD, CARD_TEXT, MODEL
    from gridloom.runs.kept_models import told_of_models
    from gridloom.runs.runner import run_experiment

    try:
        reporters = listing_all(experiment.reporters) if every else None
        result = run_experiment(
            experiment, n_jobs=n_jobs, out=out, fresh=fresh, keep_models=keep_models, reporters=reporters
        )
    except (Interrupted, StorageError):
        raise
    except GridloomError as error:
        fail(str(error) if isinstance(error, InvalidInput) else f"{experiment.name}: {error}")
        return Exit(error.exit_code)
    if result.best is None and result.stopped and not result.failed:
        fail(f"{experiment.name}: {result.stopped} ended the search before a candidate was finished; raise the limit")
        return Exit.NO_RESULT
    if result.best is None:
        fail(f"{experiment.name}: every candidate failed; 'gridloom show {result.folder}' prints why")
        return Exit.NO_RESULT
    if keep_models and (text := told_of_models(result.folder)):
        note(f"{experiment.name}: {text}")
    if experiment.refit and (result.folder / MODEL / CARD).is_file():
        note(f"{experiment.name}: the model is in {result.folder / MODEL}; {CARD_TEXT} there describes how to use it")
    return _exit_after_paths(result, exit_after_reports(result))


def _exit_after_paths(result: Result, code: Exit) -> Exit:
    """The code once the paths of reports are printed; MACHINE in place of OK where they cannot be: other experiments still run."""
    try:
        for reporter, files in result.report_files.items():
            for file in files:
                say(f"{reporter}: {file}")
    except BrokenPipeError:
        raise
    except OSError as error:
        fail(f"{result.name}: the paths of reports cannot be printed: {error.strerror}")
        return code or Exit.MACHINE
    return code


def read_all(
    files: Sequence[Path],
    settings: Sequence[str],
    plugins: Sequence[str],
    without: Sequence[str],
    executor: Node | None = None,
) -> list[Experiment]:
    """The experiments in these files; InvalidInput with the problems of all of them."""
    from gridloom.experiment.bind import read_experiment
    from gridloom.registry.registry import load_registry

    registry = load_registry(plugins, without)
    experiments: list[Experiment] = []
    problems: list[Problem] = []
    for file in files:
        try:
            experiments.append(
                read_experiment(file, registry, settings=settings, executor=executor, plugins=plugins, without=without)
            )
        except InvalidInput as error:
            problems += error.problems
    by_name: dict[str, Experiment] = {}
    for experiment in experiments:
        first = by_name.setdefault(experiment.name, experiment)
        if first is not experiment:
            message = f"{first.source.file} has the name '{experiment.name}' as well; rename one of them"
            problems += InvalidInput.at(experiment.source.node.location, message).problems
    if problems:
        raise InvalidInput(list(dict.fromkeys(problems)))
    return experiments
