"""What users rely on with everything that a plugin provides: it is found, and its options say what they are."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from pydantic import TypeAdapter

from gridloom.errors import Location, UnknownName, nearest
from gridloom.experiment.bound import Bound
from gridloom.registry.loading import load_plugin
from gridloom.registry.option import Option
from gridloom.registry.options import Options
from gridloom.registry.record import Record
from gridloom.registry.registry import Provided, Registry
from gridloom.testing.child import ask, ask_new
from gridloom.testing.experiments import loadable, make_registry

HEAVY = frozenset(
    {
        "catboost",
        "dask",
        "jax",
        "keras",
        "lightgbm",
        "matplotlib",
        "mlflow",
        "optuna",
        "pandas",
        "plotly",
        "polars",
        "pyarrow",
        "ray",
        "scikeras",
        "scipy",
        "seaborn",
        "skimage",
        "sklearn",
        "statsmodels",
        "tensorboard",
        "tensorflow",
        "torch",
        "transformers",
        "xgboost",
    }
)
"""Packages that take long to import: `gridloom --help` must not wait for them."""

PROBES: tuple[Any, ...] = (None, True, -1, 1.5, "no such value", [], {})
"""An annotation that refuses none of these says nothing."""


class Contract:
    """The checks common to all contracts; inherit from the contract of a kind.

    - `name`: its name in YAML.
    - `plugin`: the module that registers it, the module's name, or a file ending in .py; not needed for installed
    plugins.
    - `options`: options for all checks, as in YAML; options without a default are required here.
    - `refused`: values that an option must refuse, by its name: `{"rate": [-0.1, 1.0]}`.

    Files are relative to the test file.
    """

    name: ClassVar[str]
    plugin: ClassVar[Any] = None
    options: ClassVar[Mapping[str, Any]] = {}
    refused: ClassVar[Mapping[str, Sequence[Any]]] = {}
    kind: ClassVar[type[Record]]

    @property
    def source(self) -> Any:
        """The plugin, with the whole path of a file."""
        is_file = isinstance(self.plugin, str) and self.plugin.endswith(".py")
        return str(self.folder / self.plugin) if is_file else self.plugin

    @property
    def registry(self) -> Registry:
        """The installed plugins and this one."""
        return registry_with(self.source)

    @property
    def provided(self) -> Provided[Any]:
        """The record with its plugin."""
        if not isinstance(getattr(self, "name", None), str):
            raise TypeError(f'{type(self).__name__} needs the name of a {self.kind.kind}: name = "..."')
        if self.plugin is None:
            return self.registry.find(self.kind, self.name)
        file = getattr(load_plugin(self.source), "__file__", None)
        own = [item for item in self.registry.of_kind(self.kind) if item.plugin.file == file]
        for item in own:
            if item.record.name == self.name:
                return item
        known = nearest(self.name, [item.record.name for item in own])
        raise UnknownName(f"the plugin {file} provides no {self.kind.kind} '{self.name}'; {known}")

    @property
    def record(self) -> Any:
        """The record."""
        return self.provided.record

    @property
    def folder(self) -> Path:
        """The folder of the test's file, which files among the options are relative to."""
        return Path(inspect.getfile(type(self))).resolve().parent

    @property
    def given(self) -> Mapping[str, Any]:
        """Options that are valid, as YAML would give them."""
        return self.options

    @property
    def bound(self) -> Bound[Any]:
        """The record with its options, validated as those of YAML are."""
        valid, findings = self.record.options.validate(self.given, self.folder)
        assert not findings, "; ".join(finding.message for finding in findings)
        return Bound(self.provided, valid, Location(inspect.getfile(type(self))))

    @property
    def selection(self) -> dict[str, Any]:
        """What YAML would say to select it."""
        return {"name": self.provided.full_name, **self.options}

    @property
    def plugins(self) -> list[str]:
        """What another process has to load beside the installed plugins."""
        return [] if self.source is None else [loadable(self.source)]

    def _elsewhere(self, question: str) -> Any:
        """The answer about this thing from another process."""
        name, folder = self.provided.full_name, str(self.folder)
        return ask(question, plugins=self.plugins, name=name, options=dict(self.options), folder=folder)

    def check_options(self, options: Options, documentation: str) -> None:
        """Check that options are annotated and documented, and that their defaults are valid."""
        parameters = inspect.signature(options.function).parameters
        is_made = documentation.startswith(f"{options.function.__name__}(")  # dataclasses without one get a docstring
        documentation = "" if is_made else documentation
        for option in options:
            is_annotated = parameters[option.name].annotation is not inspect.Parameter.empty
            assert is_annotated, f"option '{option.name}' has no annotation, so any value in YAML is accepted"
            assert admits_something(option), (
                f"the annotation of '{option.name}' does not validate: it cannot be evaluated when the plugin is "
                f"loaded (is a name imported only for type checkers?), pydantic does not support it, or it is Any"
            )
            assert is_named(option.name, documentation), (
                f"the docstring of {options.function.__name__}() does not describe '{option.name}'"
            )
        for option in options:
            findings = [] if option.is_required else option.unwritable(option.default)
            assert not findings, f"the default of '{option.name}' is not valid in YAML: {findings[0].message}"

    def test_it_is_documented(self) -> None:
        """It has a one-line summary, and its function has a docstring."""
        assert len(self.record.summary) <= 120, "the summary is longer than a line of 120 characters"  # noqa: PLR2004
        assert inspect.getdoc(self.record.function), f"{self.record.function.__name__}() has no docstring"

    def test_its_options_are_annotated_and_documented(self) -> None:
        """Every option has an annotation that validates, a valid default if any, and is described in the docstring."""
        self.check_options(self.record.options, self.record.documentation)

    def test_it_takes_its_options(self) -> None:
        """The `options` of the contract are valid and complete."""
        assert self.bound

    def test_values_outside_the_annotations_are_refused(self) -> None:
        """Every option refuses something, and all values of `refused`."""
        for name, values in self.refused.items():
            assert name in self.record.options.known, f"'refused' names '{name}', which is not an option"
            for value in values:
                _, findings = self.record.options.known[name].validate(value, self.folder)
                assert findings, f"option '{name}' accepts {value!r}; restrict it with its annotation"

    def test_nothing_heavy_is_imported_at_registration(self) -> None:
        """The plugin imports Keras, scikit-learn and the like inside the functions that need them."""
        own = self.provided.plugin.name
        others = [info.name for info in self.registry.plugins if info.name != own and not info.broken]
        heavy = HEAVY & set(_imported(tuple(self.plugins), tuple(others)))
        assert not heavy, f"registering the plugin imports {', '.join(sorted(heavy))}; import inside functions instead"


@lru_cache(maxsize=64)
def registry_with(plugin: Any) -> Registry:
    """The registry of the installed plugins and this one, if it is not None; loaded once."""
    return make_registry(*([] if plugin is None else [plugin]))


@lru_cache(maxsize=64)
def _imported(plugins: tuple[str, ...], without: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(ask_new("imported", plugins=plugins, without=without))


def admits_something(option: Option) -> bool:
    """Whether the annotation of an option can be evaluated, and refuses one of the probes at least."""
    if option.annotation is Any:
        return False
    try:
        TypeAdapter(option.annotation)
    except Exception:
        return False
    return any(option.validate(probe, Path())[1] for probe in PROBES)


def is_named(name: str, text: str) -> bool:
    """Whether the name stands in the text as a word."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
