"""The frozen records that plugins provide, one class a kind; each says where it stands in YAML."""

from __future__ import annotations

from gridloom.registry.record import Record
from gridloom.registry.records.callbacks import Callback
from gridloom.registry.records.datasets import Dataset
from gridloom.registry.records.engines import Engine
from gridloom.registry.records.executors import Executor
from gridloom.registry.records.families import RESERVED_GROUPS, Family, Parameter
from gridloom.registry.records.model_builders import NETWORK, ModelBuilder
from gridloom.registry.records.reporters import Reporter
from gridloom.registry.records.scorers import Scorer
from gridloom.registry.records.strategies import PlannedWave, Strategy
from gridloom.registry.records.transforms import Transform

__all__ = [
    "KINDS",
    "NETWORK",
    "RESERVED_GROUPS",
    "Callback",
    "Dataset",
    "Engine",
    "Executor",
    "Family",
    "ModelBuilder",
    "Parameter",
    "PlannedWave",
    "Reporter",
    "Scorer",
    "Strategy",
    "Transform",
]

KINDS: tuple[type[Record], ...] = (
    Dataset,
    Transform,
    ModelBuilder,
    Family,
    Callback,
    Strategy,
    Engine,
    Executor,
    Scorer,
    Reporter,
)
"""All kinds, one for each hook."""
