"""The `training:` settings of experiments that train networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from annotated_types import Ge, Gt
from pydantic import AfterValidator, Field

from gridloom_plugins.networks.names import OptimizerName


def _named(settings: dict[str, Any]) -> dict[str, Any]:
    names = get_args(OptimizerName)
    if settings.get("name") not in names:
        raise ValueError(f"an optimizer has a 'name', one of {', '.join(names)}")
    return settings


_NAMED = {"properties": {"name": {"enum": list(get_args(OptimizerName))}}, "required": ["name"]}
"""What `_named` asks for, as JSON Schema."""

Optimizer = OptimizerName | Annotated[dict[str, Any], AfterValidator(_named), Field(json_schema_extra=_NAMED)]
"""A Keras optimizer by name, or a mapping of `name` and its settings, such as {name: sgd, momentum: 0.9}."""


ClassWeight = Literal["balanced"] | dict[str, Annotated[float, Ge(0)]]
"""How much the rows of each class count: by class name (others: 1), or "balanced": rare classes as much as others."""


@dataclass(frozen=True)
class NetworkTraining:
    """How networks are trained.

    Epochs, rows a batch, optimizer (null: the builder's, or Adam), its learning rate, and the weights of the classes.
    """

    epochs: Annotated[int, Ge(1)] = 100
    batch_size: Annotated[int, Ge(1)] = 32
    optimizer: Optimizer | None = None
    learning_rate: Annotated[float, Gt(0)] | None = None
    class_weight: ClassWeight | None = None
