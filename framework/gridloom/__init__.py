"""Gridloom searches hyperparameters of Keras models, as YAML experiments made of plugins.

Everything below `__all__` is public: what plugin authors need, and `run` for those who work in Python.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gridloom.api import run
    from gridloom.data import Data, Task
    from gridloom.draft import Draft, Layer, Part, Settings
    from gridloom.errors import DataError, GridloomError, InvalidInput, Location, Problem, StopRun
    from gridloom.hookspecs import hookimpl
    from gridloom.options import InputFile
    from gridloom.progress import Plan, Progress
    from gridloom.records import Dataset, Engine, Family, ModelBuilder, Parameter, Reporter, Strategy, by_candidate
    from gridloom.results import Result
    from gridloom.space import Candidate, Choices, Range, Space
    from gridloom.trials import Budget, Fit, FitResult, Proposal, Status, Trial, fit_each
    from gridloom.worker import Work

__version__ = "0.1.0"

_HOME = {
    "api": ("run",),
    "data": ("Data", "Task"),
    "draft": ("Draft", "Layer", "Part", "Settings"),
    "errors": ("DataError", "GridloomError", "InvalidInput", "Location", "Problem", "StopRun"),
    "hookspecs": ("hookimpl",),
    "options": ("InputFile",),
    "progress": ("Plan", "Progress"),
    "records": (
        "Dataset",
        "Engine",
        "Family",
        "ModelBuilder",
        "Parameter",
        "Reporter",
        "Strategy",
        "by_candidate",
    ),
    "results": ("Result",),
    "space": ("Candidate", "Choices", "Range", "Space"),
    "trials": ("Budget", "Fit", "FitResult", "Proposal", "Status", "Trial", "fit_each"),
    "worker": ("Work",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [  # noqa: PLE0604  (names that __getattr__ imports when they are asked for, so that start-up stays quick)
    "__version__",
    *_MODULE_OF,
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'gridloom' has no attribute '{name}'")
    value = getattr(import_module(f"gridloom.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
