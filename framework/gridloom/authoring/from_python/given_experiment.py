"""An experiment as a Python program gives it to `gridloom.run`: the path of a file, a mapping, or one that was read already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from gridloom.experiment.bind import bind, read_experiment
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.overrides import named_by_call, overridden
from gridloom.experiment.python_document import node_of
from gridloom.experiment.settings_files import read_settings
from gridloom.experiment.source import Source
from gridloom.registry.loading import known_anywhere
from gridloom.registry.registry import load_registry

DEFAULT_NAME = "experiment"
"""The name of a mapping that has no `name`."""


def experiment_of_given(
    given: object,
    *,
    settings: Sequence[str],
    executor: str | Mapping[str, Any] | None,
    plugins: Sequence[str],
    without: Sequence[str],
) -> Experiment:
    """The experiment, with the settings and the executor put over it; InvalidInput where it is wrong, TypeError for something else."""
    chosen = None if executor is None else named_by_call(executor)
    if isinstance(given, str | PathLike):
        registry = load_registry(plugins, without)
        return read_experiment(
            Path(given), registry, settings=settings, executor=chosen, plugins=plugins, without=without
        )
    if isinstance(given, Experiment):
        source = given.source
    elif isinstance(given, Mapping):
        folder = Path.cwd()
        source = Source(node_of(given, DEFAULT_NAME), folder, DEFAULT_NAME, settings=read_settings(folder))
    else:
        raise TypeError(
            f"experiment must be the path of a YAML file, or a dict with the content of one, not {type(given).__name__}"
        )
    source = replace(
        source,
        node=overridden(source.node, settings, chosen),
        plugins=tuple(dict.fromkeys([*source.plugins, *map(known_anywhere, plugins)])),
        without=tuple(dict.fromkeys([*source.without, *without])),
    )
    return bind(source, load_registry(source.plugins, source.without))
