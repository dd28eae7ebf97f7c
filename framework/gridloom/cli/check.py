"""`gridloom check`: validate experiment files and print what they would do."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridloom.cli.common import ExperimentPaths, NoPlugins, Plugins, Settings, experiment_files, guarded, say
from gridloom.cli.run import read_all
from gridloom.errors import CannotTrain, InvalidInput, Problem
from gridloom.registry.option_errors import shorten

if TYPE_CHECKING:
    from gridloom.core.data import Data
    from gridloom.core.subspace import Domains
    from gridloom.experiment.experiment import Experiment
    from gridloom.experiment.planning import SearchPlan

LARGEST = 16 * 2**20
"""How many bytes a file of data may have to be looked into."""

CLASSES = 5
"""How many classes are named."""


@guarded
def check(
    paths: ExperimentPaths,
    settings: Settings = None,
    plugins: Plugins = None,
    no_plugins: NoPlugins = None,
) -> None:
    """Validate experiments and print their plans: candidates, folds, fits, engine. Nothing is trained.

    Data are loaded only from files of up to 16 MiB, such as those of `csv`.
    """
    from gridloom.experiment.able import check_engine
    from gridloom.experiment.rows import held_out_rows
    from gridloom.runs.reading import earlier_manifest
    from gridloom.runs.warm_start import with_warm_start

    problems: list[Problem] = []
    for experiment in read_all(experiment_files(paths), settings or (), plugins or (), no_plugins or ()):
        try:
            data = _small_data(experiment)
            with suppress(CannotTrain):  # which the next engine does
                check_engine(experiment, data)
            if data is not None and isinstance(experiment.test, Path) and experiment.test.stat().st_size <= LARGEST:
                held_out_rows(experiment, data)
            folder = Path("runs") / experiment.name
            say(describe(with_warm_start(experiment, folder, earlier_manifest(folder)).experiment, data))
        except InvalidInput as error:
            problems += error.problems
    if problems:
        raise InvalidInput(problems)


def _small_data(experiment: Experiment) -> Data | None:
    """The data of a file that is read in a moment; None for other data sets. InvalidInput where they cannot be used."""
    path = experiment.dataset.options.get("path")
    if not experiment.dataset.record.opens or not isinstance(path, Path) or path.stat().st_size > LARGEST:
        return None
    return experiment.load_data()


def describe(experiment: Experiment, data: Data | None = None) -> str:
    """The plan of an experiment in a few lines, and its data, as far as they are loaded."""
    from gridloom.core.describing import described
    from gridloom.experiment.planning import search_plan

    plan = search_plan(experiment)
    candidates = experiment.first_count
    validation = experiment.validation
    sample = "" if experiment.sample is None else f", a sample of {experiment.sample}"
    axes = " or ".join(map(_axes, experiment.space.subspaces))
    strategies = ", then ".join(strategy.name for strategy in experiment.strategies)
    rows = {
        "data set": f"{experiment.dataset.name}{sample}",
        **({} if data is None else {"rows": f"{len(data.y):,}{_target(data)}", "columns": described(data)}),
        "model": experiment.model.name,
        **({"training": trained} if (trained := _trained(experiment)) else {}),
        "candidates": f"{_counted(experiment, plan)} by {strategies}: {axes}",
        "validation": f"{validation.method}, {validation.splits_in_words}, {validation.seeds} seed(s) each",
        **_planned(experiment, plan),
        **_limits(experiment),
        "engine": f"{experiment.engine.name} ({experiment.engine_reason})",
        **_executor(experiment),
    }
    if experiment.shortage:
        rows["note"] = experiment.shortage
    if advice := _advice(experiment, plan):
        rows["advice"] = advice
    if experiment.test is not None:
        rows["held out"] = (
            f"{_held_out(experiment.test)}, never seen by the search; 1 more fit scores the best candidate on them"
        )
    if validation.outer:
        rows["nested"] = _nested(experiment, plan, validation.outer.splits)
    if published := experiment.published:
        known = sum(published.of(candidate) is not None for candidate in experiment.first_wave())
        rows["published"] = (
            f"{len(published.scores)} scores in {published.file.name}, for {known} of {candidates} candidates"
        )
    lines = [f"{experiment.source.file}: '{experiment.name}' is valid"]
    return "\n".join(lines + [f"  {label:<12}{text}" for label, text in rows.items()])


def _executor(experiment: Experiment) -> dict[str, str]:
    """The executor that is named, with the options that are given, and what names it; nothing where none is named."""
    if (executor := experiment.executor) is None:
        return {}
    given = executor.record.options.resolve(executor.options)
    options = "".join(f", {name}: {_shown(given[name])}" for name in executor.options)
    return {"executor": f"{executor.name}{options} ({experiment.executor_reason})"}


def _shown(value: Any) -> str:
    """The value of an option as YAML has it, in one short line."""
    return value if isinstance(value, str) else shorten(value).replace('"', "")


def _advice(experiment: Experiment, plan: SearchPlan) -> str:
    """Another strategy, where all candidates are to be trained in full and it would take fewer trainings; else empty."""
    from gridloom.authoring.recommended_strategy import recommended_strategy

    found = recommended_strategy(experiment.space.within(experiment.extent))
    names = [strategy.name for strategy in experiment.strategies]
    is_other = found.strategy["name"] not in names and (found.drops or names == ["grid"])
    return str(found) if plan.is_plain and is_other and found.trainings < experiment.first_count else ""


def _limits(experiment: Experiment) -> dict[str, str]:
    """What is tried first, what is required, when the search ends at the latest, and how long a fit may take."""
    from gridloom.experiment.stopping import duration_text, in_words

    first = len(experiment.first)
    warm = "" if experiment.warm_start is None else f", the best of {experiment.warm_start_text} among them"
    rows = {
        "first": f"{first} candidate(s) before the strategy starts{warm}" if first else "",
        "required": "; ".join(map(str, experiment.space.require)),
        "ends": in_words(experiment.stop),
        "a fit": "" if experiment.time_limit is None else f"fails after {duration_text(experiment.time_limit)}",
    }
    return {label: text for label, text in rows.items() if text}


MOST_WAVES = 8
"""How many waves are listed."""


def _planned(experiment: Experiment, plan: SearchPlan) -> dict[str, str]:
    """The waves of the search, and its fits, at most."""
    validation = experiment.validation
    places = validation.splits or validation.splits_in_words
    if plan.is_plain:
        trials = plan.trials
        equals = f" = {plan.fits}" if validation.splits else ""
        return {"fits": f"{trials} x {places} x {validation.seeds}{equals}"}
    waves = [f"{wave.candidates} x {wave.budget.text or 'a full training'}" for wave in plan.waves[:MOST_WAVES]]
    more = f", and {len(plan.waves) - MOST_WAVES} more" if len(plan.waves) > MOST_WAVES else ""
    follow = "" if plan.is_whole else "; later waves depend on the scores"
    epochs = "" if plan.epochs is None else f", {plan.epochs:,} epochs in total"
    most = f"{plan.fits:,}{epochs}" if validation.splits else f"{plan.trials} x {places} x {validation.seeds}"
    return {
        "waves": f"{', '.join(waves)}{more}{follow}",
        "fits": f"at most {most}" if plan.is_whole else f"{most}, and later waves",
    }


def _counted(experiment: Experiment, plan: SearchPlan) -> str:
    """How many candidates all waves have at most, and how many of them are in the first."""
    first = experiment.first_count
    if not plan.is_whole:
        return f"{first} at first"
    most = min(plan.candidates, experiment.stop.trials or plan.candidates)
    return f"{first}" if plan.is_plain or most <= first else f"at most {most} ({first} at first)"


def _nested(experiment: Experiment, plan: SearchPlan, outer: int | None) -> str:
    """How many fits the outer folds have: those of the search in each of them, and one a seed for its winner."""
    validation = experiment.validation
    if not outer or not validation.splits:
        return "the same in each of these, on the remaining folds"
    inner = experiment.first_count * validation.splits * validation.seeds if plan.is_plain else plan.fits
    how = "" if plan.is_plain else "at most " if plan.is_whole else "at least "
    return f"the same in {outer} outer folds, {how}{outer * (inner + validation.seeds)} more fits"


def _trained(experiment: Experiment) -> str:
    """How trainings are validated and ended, in words; empty where nothing is said of it."""
    watched = experiment.training.watched
    rows = (
        "on the test fold, for curves only"
        if isinstance(watched, str)
        else f"on {watched:g} of the training rows"
        if watched
        else ""
    )
    callbacks = ", ".join(item.name for item in experiment.training.callbacks)
    most = experiment.limits.get("parameters")
    parts = (
        rows and f"validated {rows}",
        callbacks and f"callbacks {callbacks}",
        f"at most {most:,} parameters" if most else "",
    )
    return "; ".join(part for part in parts if part)


def _held_out(test: float | Path) -> str:
    """The rows that are held out, in words."""
    if isinstance(test, Path):
        return f"the rows of {test.name}"
    return f"{test:g} of the rows" if test < 1 else f"{test} rows"


def _target(data: Data) -> str:
    """What there is to learn."""
    if data.target_names:
        return f", {_several(data)}"
    name = data.target_name
    if not data.classes:
        return f", {name} is a number from {data.y.min():g} to {data.y.max():g}"
    counts = [f"{label} {int((data.y == number).sum()):,}" for number, label in enumerate(data.classes[:CLASSES])]
    more = f" and {len(data.classes) - CLASSES:,} more" if len(data.classes) > CLASSES else ""
    return f", {name} is one of {len(data.classes):,} classes ({', '.join(counts)}{more})"


def _several(data: Data) -> str:
    """The first of several targets, with the rows that have a label, or how far the numbers go."""
    shown = []
    for place, name in enumerate(data.target_names[:CLASSES]):
        low, high = data.y[:, place].min(), data.y[:, place].max()
        shown.append(f"{name} {data.y[:, place].sum():,}" if data.multilabel else f"{name} from {low:g} to {high:g}")
    more = f" and {len(data.target_names) - CLASSES:,} more" if len(data.target_names) > CLASSES else ""
    return f"{data.task.in_words} ({', '.join(shown)}{more})"


def _axes(domains: Domains) -> str:
    """The parameters of a space, or of one part of a union, and how many values each has."""
    from gridloom.core.subspace import axes_of

    return " x ".join(
        f"{axis.flat} ({len(axis.domain.values())})" if _is_finite(axis.domain) else f"{axis.flat} (a range)"
        for axis in axes_of(domains)
    )


def _is_finite(domain: object) -> bool:
    try:
        domain.values()  # type: ignore[attr-defined]
    except ValueError:
        return False
    return True
