"""`gridloom.from_keras_tuner`: a hypermodel of KerasTuner as a model builder, with what to try for its options."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridloom.authoring.from_keras_tuner.conditions import Conditions, conditions_of
from gridloom.authoring.from_keras_tuner.exploring import Explored, explore
from gridloom.authoring.from_keras_tuner.hypermodels import BUILD, Hypermodel, hypermodel_of, known_parameters
from gridloom.authoring.from_python.kinds_of_models import kind_of_model
from gridloom.core.domains import Domain, When, bare
from gridloom.errors import InvalidInput, Location
from gridloom.registry.records import ModelBuilder


@dataclass(frozen=True)
class SearchableModel:
    """A model builder, what to try for its options, and candidates to begin with, as `gridloom.search` takes them.

    - `builder`: the model builder, for `gridloom.search` or a hook. Its `domains` are what `space: {model: default}` tries.
    - `space`: the same as a search space, `{"model": {...}}`, to which you can add other groups.
    - `first`: the defaults, as the candidate to begin with.
    """

    builder: ModelBuilder
    space: Mapping[str, Mapping[str, Domain]]
    first: Sequence[Mapping[str, Any]]


def from_keras_tuner(build: Callable[[Any], Any] | Any, *, name: str | None = None) -> SearchableModel:
    """Make a model builder of a KerasTuner hypermodel: its hyperparameters become options, with what to try for each.

    `build` is a function `build(hp)` that returns a Keras model or a scikit-learn estimator, or a `HyperModel`. It is not
    changed, and KerasTuner need not be installed. `name` is the name of the builder; by default that of the function.

    The function is called many times, with different values, to find all hyperparameters, also those that it asks for in a
    loop or only for certain values of others. These become conditions, as those of `hp.conditional_scope` do: candidates
    lack what is not asked for. A slash in a name becomes an underscore.

    Raises `gridloom.InvalidInput` for what has no counterpart: a `HyperModel` with a method `fit` of its own, `sampling=
    "reverse_log"` without a step, and values of a hyperparameter that depend on another one.

    >>> tuned = gridloom.from_keras_tuner(build)  # doctest: +SKIP
    >>> gridloom.search(tuned.builder, X, y, space=tuned.space, first=tuned.first)  # doctest: +SKIP
    """
    hypermodel = hypermodel_of(build)
    explored = explore(hypermodel.build)
    if not explored.asked:
        raise InvalidInput.at(BUILD, "the function asks hp for nothing, so there is nothing to search")
    names = known_parameters(explored.asked)
    domains = _domains(explored, conditions_of(explored), names)
    makes, problem = kind_of_model(explored.model, hypermodel.name)
    if problem:
        raise InvalidInput.at(BUILD, problem)
    try:
        builder = ModelBuilder(
            name or hypermodel.name,
            "A hypermodel of KerasTuner.",
            _function(hypermodel, explored, names),
            makes,
            domains=domains,
        )
    except (TypeError, ValueError) as error:
        raise InvalidInput.at(BUILD, str(error)) from None
    return SearchableModel(builder, {"model": domains}, [_first(explored, domains, names)])


def _domains(explored: Explored, conditions: Mapping[str, Conditions], names: Mapping[str, str]) -> dict[str, Domain]:
    """What to try for each parameter, with its conditions."""
    parameters = {name: parameter for parameter, name in names.items()}
    found: dict[str, Domain] = {}
    for parameter, name in names.items():
        when = {parameters[parent]: values for parent, values in conditions[name].items()}
        found[parameter] = When(explored.domain(name), when) if when else explored.domain(name)
    return found


def _function(hypermodel: Hypermodel, explored: Explored, names: Mapping[str, str]) -> Callable[..., Any]:
    """The function that makes the model, with a parameter for each hyperparameter, and its default."""
    build = hypermodel.builder(names)
    defaults = {parameter: explored.asked[name][0].default for parameter, name in names.items()}
    parameters = [
        inspect.Parameter(parameter, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=type(default))
        for parameter, default in defaults.items()
    ]
    build.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    build.__annotations__ = {parameter: type(default) for parameter, default in defaults.items()}
    build.__module__ = hypermodel.module
    build.__doc__ = inspect.getdoc(hypermodel.build) if inspect.isfunction(hypermodel.build) else None
    return build


def _first(explored: Explored, domains: Mapping[str, Domain], names: Mapping[str, str]) -> dict[str, Any]:
    """The candidate of the defaults; InvalidInput for one that is not among the values."""
    found: dict[str, Any] = {}
    for parameter in _ordered(domains):
        name, domain = names[parameter], domains[parameter]
        default = explored.asked[name][0].default
        try:
            bare(domain).share_of(default)
        except ValueError as error:
            raise InvalidInput.at(Location(f"hp: {name!r}"), f"its default is not one of its values: {error}") from None
        if not isinstance(domain, When) or domain.holds(found):
            found[parameter] = default
    return {parameter: found[parameter] for parameter in domains if parameter in found}


def _ordered(domains: Mapping[str, Domain]) -> list[str]:
    """The parameters, each after those that it depends on."""
    from gridloom.core.subspace import Subspace

    try:
        return [axis.name for axis in Subspace({"model": domains}).order]
    except ValueError as error:
        raise InvalidInput.at(BUILD, str(error)) from None
