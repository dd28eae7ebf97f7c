"""`gridloom check`: validate experiment files and print what they would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridloom.cli.common import ExperimentPaths, NoPlugins, Plugins, Settings, experiment_files, guarded, say
from gridloom.cli.run import read_all

if TYPE_CHECKING:
    from gridloom.experiment.experiment import Experiment


@guarded
def check(
    paths: ExperimentPaths,
    settings: Settings = None,
    plugins: Plugins = None,
    no_plugins: NoPlugins = None,
) -> None:
    """Validate experiments and print their plans: candidates, folds, fits, engine. Nothing is trained or loaded."""
    for experiment in read_all(experiment_files(paths), settings or (), plugins or (), no_plugins or ()):
        say(describe(experiment))


def describe(experiment: Experiment) -> str:
    """The plan of an experiment in a few lines."""
    candidates = experiment.first_count
    splits, seeds = len(experiment.validation.places), experiment.validation.seeds
    sample = "" if experiment.sample is None else f", a sample of {experiment.sample}"
    axes = " x ".join(
        f"{name} ({len(domain.values())})" if _is_finite(domain) else f"{name} (a range)"
        for domains in experiment.space.domains.values()
        for name, domain in domains.items()
    )
    rows = {
        "data set": f"{experiment.dataset.name}{sample}",
        "model": experiment.model.name,
        "candidates": f"{candidates} by {experiment.strategy.name}: {axes}",
        "validation": f"{experiment.validation.method}, {splits} splits, {seeds} seed(s) each",
        "fits": f"{candidates} x {splits} x {seeds} = {candidates * splits * seeds}",
        "engine": f"{experiment.engine.name} ({experiment.engine_reason})",
    }
    if experiment.shortage:
        rows["note"] = experiment.shortage
    if experiment.validation.outer:
        outer = len(experiment.validation.outer.places)
        rows["nested"] = f"the same in {outer} outer folds, {outer * (candidates * splits + 1) * seeds} fits more"
    if published := experiment.published:
        known = sum(published.of(candidate) is not None for candidate in experiment.first_wave())
        rows["published"] = (
            f"{len(published.scores)} scores in {published.file.name}, for {known} of {candidates} candidates"
        )
    lines = [f"{experiment.source.file}: '{experiment.name}' is valid"]
    return "\n".join(lines + [f"  {label:<12}{text}" for label, text in rows.items()])


def _is_finite(domain: object) -> bool:
    try:
        domain.values()  # type: ignore[attr-defined]
    except ValueError:
        return False
    return True
