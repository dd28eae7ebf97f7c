"""Gridloom searches hyperparameters of Keras models, as YAML experiments made of plugins.

Everything in `__all__` is public: what plugin authors need, and `run` for those who work in Python.
"""

from gridloom.api import run
from gridloom.data import Data, Task
from gridloom.document import write_text as write_yaml
from gridloom.draft import Draft, Layer, Part, Settings
from gridloom.errors import CannotTrain, DataError, GridloomError, InvalidInput, Location, Problem, StopRun, nearest
from gridloom.file_names import FileName
from gridloom.hookspecs import hookimpl
from gridloom.options import InputFile
from gridloom.progress import Plan, Progress
from gridloom.records import Dataset, Engine, Family, ModelBuilder, Parameter, Reporter, Strategy, by_candidate
from gridloom.results import Result
from gridloom.space import Candidate, Choices, Range, Space
from gridloom.tables import Table, read_table
from gridloom.trials import Budget, Fit, FitResult, Proposal, Status, Trial, fit_each
from gridloom.worker import Work

__version__ = "0.1.0"

__all__ = [
    "Budget",
    "Candidate",
    "CannotTrain",
    "Choices",
    "Data",
    "DataError",
    "Dataset",
    "Draft",
    "Engine",
    "Family",
    "FileName",
    "Fit",
    "FitResult",
    "GridloomError",
    "InputFile",
    "InvalidInput",
    "Layer",
    "Location",
    "ModelBuilder",
    "Parameter",
    "Part",
    "Plan",
    "Problem",
    "Progress",
    "Proposal",
    "Range",
    "Reporter",
    "Result",
    "Settings",
    "Space",
    "Status",
    "StopRun",
    "Strategy",
    "Table",
    "Task",
    "Trial",
    "Work",
    "__version__",
    "by_candidate",
    "fit_each",
    "hookimpl",
    "nearest",
    "read_table",
    "run",
    "write_yaml",
]
