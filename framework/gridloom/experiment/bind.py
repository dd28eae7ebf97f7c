"""Binds a document to the registry: every name to what a plugin provides, every problem to its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gridloom.core.domains import MAX_GRID
from gridloom.core.spelling import spelled, spelled_value
from gridloom.errors import InvalidInput, Problem, nearest, one_effort
from gridloom.experiment.bind_executor import bind_executor
from gridloom.experiment.bind_preprocess import bind_preprocess
from gridloom.experiment.bind_published import bind_published
from gridloom.experiment.bind_reporters import bind_reporters
from gridloom.experiment.bind_scorers import bind_scorers, check_target, default_scorers
from gridloom.experiment.bind_search import Search, bind_search, check_first_waves, check_fits
from gridloom.experiment.bind_space import Searched
from gridloom.experiment.bind_training import bind_training
from gridloom.experiment.bound import Bound
from gridloom.experiment.elsewhere import elsewhere
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.keys import (
    A_NAME,
    BESIDE_DATASET,
    dataset_keys,
    experiment_keys,
    held_out_keys,
)
from gridloom.experiment.overrides import overridden
from gridloom.experiment.problems import Binder
from gridloom.experiment.scorers import ranked_by
from gridloom.experiment.settings_files import Settings, read_settings
from gridloom.experiment.source import Source
from gridloom.experiment.split_methods import DEFAULT_METHOD, METHODS, method_options
from gridloom.experiment.splits import Validation, validation_keys
from gridloom.experiment.stopping import seconds_of
from gridloom.experiment.yaml_document import Node, read_file
from gridloom.registry.loading import known_anywhere
from gridloom.registry.option_errors import quoted, shorten
from gridloom.registry.options import Options
from gridloom.registry.record import NAME
from gridloom.registry.records import Dataset, Engine, ModelBuilder
from gridloom.registry.registry import Provided, Registry

_SEEDS = Options(validation_keys, 0).known["seeds"]


def read_experiment(
    file: Path,
    registry: Registry,
    *,
    settings: Sequence[str] = (),
    executor: Node | None = None,
    plugins: Sequence[str] = (),
    without: Sequence[str] = (),
    of_run: bool = False,
    beside: Settings | None = None,
) -> Experiment:
    """The experiment in a YAML file, with `settings` such as "training.epochs=10" and an `executor` put over it.

    `plugins` and `without` are what the registry was loaded with, so that workers can load it again. With `of_run`, the
    file is a run's own, of which nothing is to be trained: files that it names need not be there any more, and without
    the one of published scores there are none; nor does it matter what `gridloom.toml` says. With `beside`, that is what
    `gridloom.toml` says. Raises InvalidInput with every problem of the file.
    """
    node = overridden(read_file(file), settings, executor)
    everywhere = tuple(map(known_anywhere, plugins))
    folder = None if of_run else file.resolve().parent
    if beside is None:
        beside = Settings() if folder is None else read_settings(folder)
    source = Source(node, folder, file.stem, everywhere, tuple(without), settings=beside)
    return bind(source, registry)


def bind(source: Source, registry: Registry) -> Experiment:
    """Bind a document; raises InvalidInput with every problem found."""
    binder = Binder(source, registry)
    with one_effort():
        experiment = _experiment(binder)
    if experiment is None or binder.problems:
        raise InvalidInput(sorted(dict.fromkeys(binder.problems), key=_place))
    return experiment


def _place(problem: Problem) -> tuple[str, int, int]:
    return problem.location.source, problem.location.line or 0, problem.location.column or 0


def _experiment(binder: Binder) -> Experiment | None:
    plain = binder.node.plain()
    if not isinstance(plain, dict):
        binder.report((), "an experiment must be a mapping with keys such as 'dataset:' and 'model:'")
        return None
    keys = binder.options((), plain, Options(experiment_keys, 0), elsewhere(binder.registry))
    seed = keys.get("seed") or 0
    name = keys.get("name") or binder.source.default_name
    if not NAME.fullmatch(name):
        binder.report((), f"give the experiment a 'name:', since {name!r} cannot name a run: {A_NAME}")
    scorers, rank_by = bind_scorers(binder, keys)
    dataset, beside = _dataset(binder, keys.get("dataset"))
    model = binder.bound(ModelBuilder.place, keys.get("model"), ModelBuilder)
    engine, reason, fallbacks = _engine(binder, keys.get("engine", "auto"), model)
    executor, executor_reason = bind_executor(binder, keys.get("executor"))
    trainer = engine or _most_likely_engine(binder, model, keys.get("training") or {})
    training = bind_training(binder, keys.get("training") or {}, trainer, keys.get("search"))
    steps = bind_preprocess(binder, keys.get("preprocess"))
    search = bind_search(binder, keys.get("search"), Searched(model, trainer, steps, training), seed)
    validation = _validation(binder, keys.get("validation", {}))
    ranked = ranked_by(scorers, None if binder.problems else rank_by)
    check_target(binder, search.stop.score, ranked)
    published = bind_published(binder, keys.get("published"), name, ranked, search.space)
    test = _test(binder, keys.get("test"), dataset)
    reporters = bind_reporters(binder, keys.get("reporters"))
    if engine and keys.get("refit") and engine.record.refit is None:
        binder.report(("refit",), f"engine '{engine.name}' does not keep models; remove 'refit'")
    if validation and validation.outer:
        _check_nested(binder, search)
    if binder.problems or not (dataset and model and engine and search.strategies and search.space and validation):
        if search.space:
            check_first_waves(binder, search.strategies, search.space, None)
        return None
    experiment = Experiment(
        source=binder.source,
        name=name,
        description=keys.get("description") or "",
        seed=seed,
        scorers=scorers,
        default_scorers=default_scorers(binder),
        rank_by=rank_by,
        dataset=dataset,
        sample=beside.get("sample"),
        positive=beside.get("positive"),
        model=model,
        engine=engine,
        engine_reason=reason,
        fallbacks=fallbacks,
        executor=executor,
        time_limit=None if keys.get("time_limit") is None else seconds_of(keys["time_limit"]),
        executor_reason=executor_reason,
        training=training,
        preprocess=search.steps,
        strategies=search.strategies,
        space=search.space,
        first=search.first,
        warm_start=search.warm_start,
        stop=search.stop,
        families=search.families,
        limits=search.limits,
        validation=validation,
        test=test,
        refit=keys.get("refit") or False,
        published=published,
        reporters=reporters,
    )
    check_first_waves(binder, search.strategies, search.space, experiment.extent)
    if not binder.problems:
        check_fits(binder, search, experiment.extent)
    return None if binder.problems else experiment


def _dataset(binder: Binder, selection: Any) -> tuple[Bound[Dataset] | None, dict[str, Any]]:
    """The data set, and what the experiment says beside its options."""
    beside: dict[str, Any] = {}
    if isinstance(selection, dict):
        beside = {name: selection[name] for name in BESIDE_DATASET if name in selection}
        selection = {name: value for name, value in selection.items() if name not in beside}
    return binder.bound(Dataset.place, selection, Dataset), binder.options(
        ("dataset",), beside, Options(dataset_keys, 0)
    )


def _test(binder: Binder, given: Any, dataset: Bound[Dataset] | None) -> float | Path | None:
    """The share or number of the rows, or the file of others, that the search never sees."""
    if not isinstance(given, dict):
        found: float | None = given
        return found
    if dataset and dataset.record.extend is None:
        binder.report(
            ("test",),
            f"the data set '{dataset.name}' cannot read test rows from another file; hold out a share of its own rows, "
            f"such as 0.2",
        )
    return binder.options(("test",), given, Options(held_out_keys, 0)).get("path")


def _engine(
    binder: Binder, selection: Any, model: Bound[ModelBuilder] | None
) -> tuple[Bound[Engine] | None, str, Sequence[str]]:
    """The engine, why it is this one, and which ones would be next."""
    given = {"name": selection} if isinstance(selection, str) else dict(selection)
    if given.get("name") != "auto":
        engine = binder.bound(Engine.place, selection, Engine)
        if engine and model and model.record.makes not in engine.record.kinds:
            binder.report(
                ("engine",),
                f"engine '{engine.name}' trains models of the kind '{', '.join(engine.record.kinds)}', but "
                f"'{model.name}' makes the kind '{model.record.makes}'; write {spelled('engine', 'auto', '')}",
            )
        return engine, "named by the experiment", ()
    if model is None:
        return None, "", ()
    makes = model.record.makes
    passed_over = dict(binder.source.passed_over)
    left = [item for item in binder.registry.engines_for(makes) if item.full_name not in passed_over]
    if not left:
        binder.report(("model",), f"no engine trains models of the kind '{makes}', which '{model.name}' makes")
        return None, "", ()
    best, *others = left
    if len(given) > 1:
        binder.report(("engine",), "'auto' takes no options, since it chooses the engine; name the engine")
    reasons = [f"{name.partition(':')[2]} cannot: {reason}" for name, reason in passed_over.items()]
    reasons += [f"{others[0].record.name} if it cannot"] if others else []
    reason = "; ".join([f"it trains models of the kind '{makes}'", *reasons])
    bound = Bound(best, {}, binder.node.locate(("engine",)))
    return bound, f"auto: {reason}", [item.full_name for item in others]


def _most_likely_engine(
    binder: Binder, model: Bound[ModelBuilder] | None, training: Mapping[str, Any]
) -> Bound[Engine] | None:
    """Whose settings the training's are, where the engine is not known: the engine's that knows most of them.

    So a misspelt engine or model hides no mistake below it.
    """
    able = binder.registry.engines_for(model.record.makes) if model else binder.registry.of_kind(Engine)

    def likelihood(item: Provided[Engine]) -> tuple[int, int]:
        options = item.record.training_options
        return len(training.keys() & options.known.keys()) if options else -1, item.record.preference

    best = max(able, key=likelihood, default=None)
    return Bound(best, {}, binder.node.locate(("engine",))) if best else None


def _validation(binder: Binder, selection: Any) -> Validation | None:
    before = len(binder.problems)
    given = {"method": selection} if isinstance(selection, str) else dict(selection)
    is_named = given.keys() & {"method", "name"}
    if not is_named and binder.report_nested_options(("validation",), given, METHODS, "method"):
        return None
    if "method" not in given:  # a bare name with a setting over it is {name: it}
        given["method"] = given.pop("name", DEFAULT_METHOD)
    method = given.pop("method")
    if not isinstance(method, str) or method not in METHODS:
        message = f"unknown validation method {quoted(method)}; {nearest(str(method), METHODS)}"
        binder.report(("validation", "method" if "method" in selection else "name"), message)
        method = max(METHODS, key=lambda known: len(given.keys() & method_options(known).known.keys()))
    seeds, findings = _SEEDS.validate(given.pop("seeds", 1), binder.source.folder)
    binder.report_findings(("validation", "seeds"), findings)
    options = method_options(method)
    nested = _nested(binder, given.pop("nested", None), options)
    validation = Validation(method, binder.options(("validation",), given, options), seeds or 1, nested)
    if len(binder.problems) > before:
        return None
    for path, cut in ((("validation",), validation), (("validation", "nested"), validation.outer)):
        if cut and cut.options.get("shuffle", True) is False and cut.options.get("repeats", 1) > 1:
            message = f"repeats of folds without shuffling are all the same; remove {spelled('shuffle', False)}"
            binder.report((*path, "repeats"), message)
    if validation.most_fits > MAX_GRID:
        binder.report(("validation",), f"at most {MAX_GRID:,} fits per candidate are allowed")
    return validation


def _check_nested(binder: Binder, search: Search) -> None:
    """Note what would make the searches in outer folds other than they should be."""
    if search.stop.seconds is not None:
        told = "nested cross-validation cannot be combined with a limit of time; remove one of them"
        binder.report(("search", "stop", "time"), told)
    if search.warm_start is not None:
        told = (
            "the other run chose its best candidates with rows that the outer folds test, so nested cross-validation "
            "would be too optimistic; remove one of them, or list candidates under 'first:' that were chosen on other "
            "data"
        )
        binder.report(("search", "warm_start"), told)


def _nested(binder: Binder, given: Any, options: Options) -> Mapping[str, Any] | None:
    """The options of the outer folds, or None."""
    if given is None or isinstance(given, dict):
        return None if given is None else binder.options(("validation", "nested"), given, options)
    example = spelled_value({"folds": 5})
    binder.report(
        ("validation", "nested"), f"write options of the outer folds, such as {example}, not {shorten(given)}"
    )
    return None
