"""Tests for authors of plugins: contracts to inherit in pytest, one a kind, and tiny experiments to run.

    from gridloom.testing import FamilyContract

    class TestDropout(FamilyContract):
        name = "dropout"

Everything in `__all__` is public. It takes `pip install 'gridloom[testing]'`.
"""

try:
    import pytest  # noqa: F401
except ModuleNotFoundError:
    raise ModuleNotFoundError("gridloom.testing needs pytest: pip install 'gridloom[testing]'") from None

from gridloom.testing.callbacks import CallbackContract
from gridloom.testing.datasets import DatasetContract
from gridloom.testing.engines import EngineContract
from gridloom.testing.executors import ExecutorContract
from gridloom.testing.experiments import make_registry, run_tiny, write_tiny
from gridloom.testing.families import FamilyContract
from gridloom.testing.models import ModelBuilderContract
from gridloom.testing.networks import Network, draft_of
from gridloom.testing.recording import Recorder
from gridloom.testing.reporters import ReporterContract
from gridloom.testing.results import make_result
from gridloom.testing.scorers import ScorerContract
from gridloom.testing.strategies import StrategyContract
from gridloom.testing.transforms import TransformContract

__all__ = [
    "CallbackContract",
    "DatasetContract",
    "EngineContract",
    "ExecutorContract",
    "FamilyContract",
    "ModelBuilderContract",
    "Network",
    "Recorder",
    "ReporterContract",
    "ScorerContract",
    "StrategyContract",
    "TransformContract",
    "draft_of",
    "make_registry",
    "make_result",
    "run_tiny",
    "write_tiny",
]
