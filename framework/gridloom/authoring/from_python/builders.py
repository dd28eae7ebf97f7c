"""The function that makes the models of a call, as a model builder that can travel to workers."""

from __future__ import annotations

import inspect
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from gridloom.authoring.from_python.code_parts import Parts, file_and_line, parts_of
from gridloom.authoring.from_python.kinds_of_models import BUILD, kind_by_call, kind_by_modules
from gridloom.authoring.from_python.whose_module import is_installed
from gridloom.core.data import Task
from gridloom.errors import InvalidInput
from gridloom.registry.hooks_in_memory import Hooks, packed
from gridloom.registry.records import ModelBuilder
from gridloom.registry.registry import Registry

DEFAULT_NAME = "build"

SHORT = 20
"""How many characters of a default are shown."""

LARGE = 10 * 1024 * 1024
"""So many bytes, which go to workers again and again, are worth a warning."""

_log = logging.getLogger("gridloom")


@dataclass(frozen=True)
class GivenBuilder:
    """A function as a record, with the parts of its code, and values for parameters that have no default and are searched."""

    record: ModelBuilder
    parts: Parts
    first: Mapping[str, Any]
    file: str

    @property
    def description(self) -> dict[str, Any]:
        """What a run keeps of it."""
        return {
            "build": self.record.name,
            "signature": _signature(self.record),
            "makes": self.record.makes,
            "parameters": [*self.record.options.known],
            "code": dict(self.parts.states),
        }


def _signature(record: ModelBuilder) -> str:
    """The parameters, with the defaults that are short and the same in every process."""
    parameters = inspect.signature(record.build).parameters.values()
    return f"{record.name}({', '.join(map(_parameter, parameters))})"


def _parameter(parameter: inspect.Parameter) -> str:
    if parameter.default is parameter.empty:
        return parameter.name
    is_short = isinstance(parameter.default, bool | int | float | str | None) and len(repr(parameter.default)) <= SHORT
    return f"{parameter.name}={repr(parameter.default) if is_short else '...'}"


def builder_of(build: Any, space: Any, task: Task, registry: Registry) -> GivenBuilder:
    """The builder that a function, or a `ModelBuilder` of it, is; InvalidInput for one that cannot make models in workers.

    `space` is what the experiment says is searched, as plain data.
    """
    record = build if isinstance(build, ModelBuilder) else _record(build)
    parts = parts_of(record.build, record.name)
    first = dict(_first_values(record, space))
    if not isinstance(build, ModelBuilder):
        makes = kind_by_modules(parts.modules) or kind_by_call(content_of(record, parts), task, first, registry)
        record = replace(record, makes=makes)
    return GivenBuilder(record, parts, first, file_and_line(record.build))


def name_of_function(build: Any) -> str:
    """What a function is called, in names of things: `build` where it has no name that would do."""
    while isinstance(build, partial):
        build = build.func
    return (
        re.sub(r"[^A-Za-z0-9_]+", "", getattr(build, "__name__", "")).lstrip("_").removeprefix("lambda")[:64]
        or DEFAULT_NAME
    )


def _record(build: Any) -> ModelBuilder:
    if not callable(build):
        raise InvalidInput.at(
            BUILD,
            "must be a function that returns a model, or the name of a model builder, not an object of type "
            f"{type(build).__name__}",
        )
    try:
        return ModelBuilder(name_of_function(build), "A function given to gridloom.search.", build)
    except (TypeError, ValueError) as error:
        raise InvalidInput.at(BUILD, str(error)) from None


def _first_values(record: ModelBuilder, space: Any) -> Iterator[tuple[str, Any]]:
    """A value for each parameter without a default, the first that is searched; InvalidInput where none is."""
    groups = space if isinstance(space, list) else [space]
    searched: dict[str, Any] = {}
    for group in groups:
        model = group.get("model") if isinstance(group, dict) else None
        searched = {**(model if isinstance(model, dict) else {}), **searched}
    for option in record.options:
        if not option.is_required:
            continue
        if option.name not in searched:
            told = f"parameter '{option.name}' has no value; give it a default, or search it with space={{'model': {{'{option.name}': [...]}}}}"
            raise InvalidInput.at(BUILD, told)
        yield option.name, _first_value(searched[option.name])


def _first_value(domain: Any) -> Any:
    """A value of what is tried for a parameter."""
    if isinstance(domain, dict):
        return _first_value(domain.get("values", domain.get("low")))
    return domain[0] if isinstance(domain, list) and domain else domain


def content_of(record: ModelBuilder, parts: Parts) -> bytes:
    """The builder as it travels to workers; InvalidInput that names what cannot."""
    with _by_value(record.build):
        try:
            content = packed(Hooks((), (record,)))
        except Exception as error:
            told = f"the function '{record.name}' cannot be sent to workers{_culprit(record, parts) or f': {error}'}"
            raise InvalidInput.at(BUILD, told) from None
    if len(content) > LARGE:
        _log.warning(
            "build: the function '%s' refers to %d MB of data, which are sent to workers with every batch; use task.input_shape "
            "and task.n_classes, or load the data inside the function",
            record.name,
            len(content) // 1024**2,
        )
    return content


def _culprit(record: ModelBuilder, parts: Parts) -> str:
    """Which of the things that a function refers to cannot be pickled; empty where none of them alone is the reason."""
    import cloudpickle

    for name, value in parts.values.items():
        try:
            if name != record.name:
                cloudpickle.dumps(value)
        except Exception as error:
            return f", because it refers to '{name}' ({error}); create it inside the function"
    return ""


@contextmanager
def _by_value(build: Any) -> Iterator[None]:
    """Have what the function's own module defines travel as it is now, unless that module is installed everywhere."""
    import cloudpickle

    module = sys.modules.get(getattr(build, "__module__", None) or "")
    is_known = module is None or module.__name__ in {"__main__", *cloudpickle.list_registry_pickle_by_value()}
    if module is None or is_known or is_installed(module):
        yield
        return
    cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        cloudpickle.unregister_pickle_by_value(module)
