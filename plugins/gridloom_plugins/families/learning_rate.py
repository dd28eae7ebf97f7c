"""The family `learning_rate`: the optimizer's learning rate and momentum."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Gt, Lt

from gridloom import Choices, Draft, Family, Parameter, StopRun
from gridloom_plugins.networks.names import OPTIMIZER_SETTINGS


def apply_learning_rate(
    draft: Draft,
    learn_rate: Annotated[float, Gt(0)] | None = None,
    momentum: Annotated[float, Ge(0), Lt(1)] | None = None,
) -> None:
    """Give the optimizer the learning rate `learn_rate`, and `momentum`, which `sgd` and `rmsprop` have.

    If a parameter is null or not searched, the setting of the optimizer stays as it is. A learning rate also replaces a
    LearningRateSchedule. The run stops if momentum is searched and the optimizer has none. Momentum: Sutskever et al.,
    "On the importance of initialization and momentum in deep learning", ICML 2013.
    """
    draft.optimizer.leave()
    if learn_rate is not None:
        draft.optimizer["learning_rate"] = learn_rate
    if momentum is not None:
        _check_momentum(draft)
        draft.optimizer["momentum"] = momentum


def _check_momentum(draft: Draft) -> None:
    """Raise StopRun where the optimizer has no momentum; one of the builder's own may have."""
    name = draft.optimizer.class_name
    if "momentum" not in (*draft.optimizer, *OPTIMIZER_SETTINGS.get(name.lower(), ())):
        raise StopRun(
            f"learning_rate: the optimizer {name} has no momentum; write `training: {{optimizer: sgd}}`, search the "
            f"family 'optimizer' before this one, with sgd or rmsprop, or remove momentum"
        )


FAMILY = Family(
    name="learning_rate",
    summary="Learning rate and momentum of the optimizer.",
    apply=apply_learning_rate,
    parameters=(
        Parameter("learn_rate", Choices(0.001, 0.01, 0.1, 0.2, 0.3)),
        Parameter("momentum", Choices(0.0, 0.2, 0.4, 0.6, 0.8, 0.9)),
    ),
)
