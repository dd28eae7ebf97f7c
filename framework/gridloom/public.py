"""The public names, from where each is defined: `gridloom` hands them out when the first of them is asked for."""

from gridloom import __version__
from gridloom.api import load, run, search
from gridloom.authoring.from_keras_tuner.model import SearchableModel, from_keras_tuner
from gridloom.core.batches import by_candidate, by_training, trainings
from gridloom.core.boundary import restored
from gridloom.core.budgets import Budget, Proposal
from gridloom.core.candidate import Candidate
from gridloom.core.code import Code, Script, estimator_code
from gridloom.core.columns import Column
from gridloom.core.data import Data, Task
from gridloom.core.deciding import Decision, Epoch
from gridloom.core.domains import Choices, Domain, Range, When, bare
from gridloom.core.draft import Draft, Layer, Part, Settings
from gridloom.core.file_names import FileName
from gridloom.core.files import make_folder, refuse_other_than_file, write_file
from gridloom.core.following import Following
from gridloom.core.inputs import cut_inputs
from gridloom.core.kept_model import Exporter, KeptModel, LoadedModel
from gridloom.core.predictions import Predictions
from gridloom.core.printable import printable
from gridloom.core.progress import Plan, Progress
from gridloom.core.relations import Relation
from gridloom.core.session import Session
from gridloom.core.skops_files import read_skops, untrusted_types, write_skops
from gridloom.core.space import Extent, Space
from gridloom.core.spelling import spelled
from gridloom.core.spreadsheets import csv_cell
from gridloom.core.tables import Table, read_table
from gridloom.core.text_files import open_text
from gridloom.core.trials import Fit, FitResult, Status, Trial, fit_each
from gridloom.core.truth import Truth
from gridloom.core.work import Work
from gridloom.core.worker_shares import WorkerShare
from gridloom.errors import (
    CannotTrain,
    ClusterLost,
    DataError,
    Deprecated,
    GridloomError,
    InvalidInput,
    Location,
    Problem,
    StopRun,
    TooLarge,
    WrongOptions,
    nearest,
)
from gridloom.experiment.yaml_document import write_text as write_yaml
from gridloom.models.model import Model
from gridloom.registry.hookspecs import hookimpl
from gridloom.registry.option import InputFile, InputFolder
from gridloom.registry.records import (
    Callback,
    Dataset,
    Engine,
    Executor,
    Family,
    ModelBuilder,
    Parameter,
    PlannedWave,
    Reporter,
    Scorer,
    Strategy,
    Transform,
)
from gridloom.results.figures import Figures
from gridloom.results.pareto import Front
from gridloom.results.result import Result
from gridloom.results.statistics.answers import (
    Answer,
    Comparison,
    Effect,
    Effects,
    Importance,
    Importances,
    Interval,
    Level,
    Optimism,
    Pair,
    Power,
    Published,
    Share,
    Summary,
)
from gridloom.results.tie_set import tie_set
from gridloom.results.waves import Wave
from gridloom.training.executing import open_processes
from gridloom.training.far import FarSession

__all__ = [
    "Answer",
    "Budget",
    "Callback",
    "Candidate",
    "CannotTrain",
    "Choices",
    "ClusterLost",
    "Code",
    "Column",
    "Comparison",
    "Data",
    "DataError",
    "Dataset",
    "Decision",
    "Deprecated",
    "Domain",
    "Draft",
    "Effect",
    "Effects",
    "Engine",
    "Epoch",
    "Executor",
    "Exporter",
    "Extent",
    "Family",
    "FarSession",
    "Figures",
    "FileName",
    "Fit",
    "FitResult",
    "Following",
    "Front",
    "GridloomError",
    "Importance",
    "Importances",
    "InputFile",
    "InputFolder",
    "Interval",
    "InvalidInput",
    "KeptModel",
    "Layer",
    "Level",
    "LoadedModel",
    "Location",
    "Model",
    "ModelBuilder",
    "Optimism",
    "Pair",
    "Parameter",
    "Part",
    "Plan",
    "PlannedWave",
    "Power",
    "Predictions",
    "Problem",
    "Progress",
    "Proposal",
    "Published",
    "Range",
    "Relation",
    "Reporter",
    "Result",
    "Scorer",
    "Script",
    "SearchableModel",
    "Session",
    "Settings",
    "Share",
    "Space",
    "Status",
    "StopRun",
    "Strategy",
    "Summary",
    "Table",
    "Task",
    "TooLarge",
    "Transform",
    "Trial",
    "Truth",
    "Wave",
    "When",
    "Work",
    "WorkerShare",
    "WrongOptions",
    "__version__",
    "bare",
    "by_candidate",
    "by_training",
    "csv_cell",
    "cut_inputs",
    "estimator_code",
    "fit_each",
    "from_keras_tuner",
    "hookimpl",
    "load",
    "make_folder",
    "nearest",
    "open_processes",
    "open_text",
    "printable",
    "read_skops",
    "read_table",
    "refuse_other_than_file",
    "restored",
    "run",
    "search",
    "spelled",
    "tie_set",
    "trainings",
    "untrusted_types",
    "write_file",
    "write_skops",
    "write_yaml",
]
