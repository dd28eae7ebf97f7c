"""The `training:` settings of experiments that train networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, get_args

from annotated_types import Ge, Gt
from pydantic import AfterValidator

from gridloom_plugins.networks.names import OptimizerName


def _named(settings: dict[str, Any]) -> dict[str, Any]:
    names = get_args(OptimizerName)
    if settings.get("name") not in names:
        raise ValueError(f"an optimizer has a 'name', one of {', '.join(names)}")
    return settings


Optimizer = OptimizerName | Annotated[dict[str, Any], AfterValidator(_named)]
"""A Keras optimizer by name, or a mapping of `name` and its settings, such as {name: sgd, momentum: 0.9}."""


@dataclass(frozen=True)
class NetworkTraining:
    """How networks are trained: epochs, rows a batch, optimizer (null: the builder's, or Adam), its learning rate."""

    epochs: Annotated[int, Ge(1)] = 100
    batch_size: Annotated[int, Ge(1)] = 32
    optimizer: Optimizer | None = None
    learning_rate: Annotated[float, Gt(0)] | None = None
