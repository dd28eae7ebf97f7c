"""What samplers and pruners Optuna has, by the names and options that YAML gives them."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from gridloom import nearest

Said = str | dict[str, Any]
"""A name, or a mapping of it and options."""

_SCALARS: Mapping[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "str": (str,),
    "bool": (bool,),
    "None": (type(None),),
}
"""What the annotations of options that YAML can say are made of."""


@dataclass(frozen=True)
class Kind:
    """Samplers or pruners: what messages call them, where Optuna has them, and their classes by our names."""

    word: str
    module: str
    classes: Mapping[str, str]

    def named(self, said: Said) -> tuple[str, dict[str, Any]]:
        """Name and options; ValueError where Optuna has none of this name, or it does not take these options."""
        options = dict(said) if isinstance(said, dict) else {"name": said}
        name = str(options.pop("name", ""))
        if name not in self.classes:
            raise ValueError(f"unknown {self.word} {name!r}; {nearest(name, self.classes)}")
        known = {key: item for key, item in self.parameters(name).items() if _types(item) and key != "seed"}
        for key, value in options.items():
            if key == "seed":
                raise ValueError(f"the seed of a {self.word} comes from the experiment")
            if key not in known:
                told = nearest(key, known) if known else "it takes none"
                raise ValueError(f"unknown option {key!r} of the {self.word} '{name}'; {told}")
            if not isinstance(value, _types(known[key])) or (type(value) is bool and bool not in _types(known[key])):
                raise ValueError(
                    f"{key} of the {self.word} '{name}' should be {_annotation(known[key])}, not {value!r}"
                )
        for key, item in known.items():
            if item.default is item.empty and key not in options:
                raise ValueError(f"option '{key}' of the {self.word} '{name}' is missing")
        return name, options

    def parameters(self, name: str) -> Mapping[str, inspect.Parameter]:
        """The parameters of a class by its name here; ValueError where Optuna is not installed."""
        return inspect.signature(self._class(name)).parameters

    def make(self, name: str, options: Mapping[str, Any]) -> Any:
        """An object of the class; ValueError where it refuses its options."""
        try:
            with quiet():
                return self._class(name)(**options)
        except (TypeError, ValueError) as error:
            raise ValueError(f"the {self.word} '{name}' does not accept its options: {error}") from error

    def _class(self, name: str) -> Any:
        if find_spec("optuna") is None:
            raise ValueError("the strategy 'optuna' needs Optuna: pip install 'gridloom[optuna]'")
        return getattr(import_module(self.module), self.classes[name])


SAMPLER = Kind(
    "sampler",
    "optuna.samplers",
    {
        "cmaes": "CmaEsSampler",
        "gp": "GPSampler",
        "nsgaii": "NSGAIISampler",
        "nsgaiii": "NSGAIIISampler",
        "qmc": "QMCSampler",
        "random": "RandomSampler",
        "tpe": "TPESampler",
    },
)
PRUNER = Kind(
    "pruner",
    "optuna.pruners",
    {
        "hyperband": "HyperbandPruner",
        "median": "MedianPruner",
        "percentile": "PercentilePruner",
        "successive_halving": "SuccessiveHalvingPruner",
        "threshold": "ThresholdPruner",
    },
)


def _types(parameter: inspect.Parameter) -> tuple[type, ...]:
    """The types that YAML can give a parameter; none where it takes objects."""
    parts = [part.strip() for part in _annotation(parameter).split("|")]
    return tuple(kind for part in parts for kind in _SCALARS[part]) if all(part in _SCALARS for part in parts) else ()


def _annotation(parameter: inspect.Parameter) -> str:
    """The annotation as text, whether Optuna keeps it as text or as a type."""
    return inspect.formatannotation(parameter.annotation).strip("'")


@contextmanager
def quiet() -> Iterator[None]:
    """Have Optuna neither log what it does nor warn that a sampler or an option is young or old."""
    import optuna

    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        optuna.logging.set_verbosity(level)
