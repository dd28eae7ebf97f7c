"""The `training:` settings of experiments that train networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, MinLen
from pydantic import AfterValidator, Field

from gridloom import nearest
from gridloom_plugins.networks.names import OPTIMIZER_SETTINGS, SETTINGS_OF_ALL, OptimizerName


def _known(settings: dict[str, Any]) -> dict[str, Any]:
    name = str(settings.get("name", ""))
    if not name:
        raise ValueError("an optimizer needs a 'name' along with its settings, as in {name: sgd, momentum: 0.9}")
    if name not in OPTIMIZER_SETTINGS:
        raise ValueError(f"unknown optimizer '{name}'; {nearest(name, OPTIMIZER_SETTINGS)}")
    known = {"name", *OPTIMIZER_SETTINGS[name], *SETTINGS_OF_ALL}
    for setting in settings:
        if setting not in known:
            raise ValueError(f"the optimizer {name} has no setting '{setting}'; {nearest(setting, known)}")
    return settings


def _settings_of(name: str) -> dict[str, Any]:
    """What `_known` admits of this optimizer, as JSON Schema."""
    settings = dict.fromkeys([*OPTIMIZER_SETTINGS[name], *SETTINGS_OF_ALL], True)
    return {"properties": {"name": {"const": name}, **settings}, "required": ["name"], "additionalProperties": False}


_ADMITTED = Field(json_schema_extra={"anyOf": [_settings_of(name) for name in OPTIMIZER_SETTINGS]})
Optimizer = OptimizerName | Annotated[dict[str, Any], AfterValidator(_known), _ADMITTED]
"""A Keras optimizer by name, or a mapping of `name` and its settings, such as {name: sgd, momentum: 0.9}."""


ClassWeight = Literal["balanced"] | Annotated[dict[str, Annotated[float, Ge(0)]], MinLen(1)]
"""How much the rows of each class count: by class name (others: 1), or "balanced": rare classes as much as others."""

MOST_EPOCHS = 1_000_000
MOST_ROWS = 1_000_000_000
"""More are surely a mistake, and would never come to an end, or overflow."""


@dataclass(frozen=True)
class NetworkTraining:
    """How networks are trained.

    `epochs` is how often all rows are seen and `batch_size` how many make a step; `optimizer` is one of Keras's (null:
    the builder's, or Adam), `learning_rate` its rate (null: its own); `class_weight` is how much the rows of each class
    count (null: all alike); `targets` is what a loss of the user's own takes where there are several outputs: one-hot
    codes, or labels, which are class numbers (null: Keras's losses tell).
    """

    epochs: Annotated[int, Ge(1), Le(MOST_EPOCHS)] = 100
    batch_size: Annotated[int, Ge(1), Le(MOST_ROWS)] = 32
    optimizer: Optimizer | None = None
    learning_rate: Annotated[float, Gt(0)] | None = None
    class_weight: ClassWeight | None = None
    targets: Literal["one_hot", "labels"] | None = None
