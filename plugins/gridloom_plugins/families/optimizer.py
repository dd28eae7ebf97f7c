"""The family `optimizer`: which of Keras's optimizers trains the network."""

from __future__ import annotations

from gridloom import Choices, Draft, Family, Parameter, StopRun
from gridloom_plugins.networks.names import OPTIMIZER_CLASSES, OPTIMIZER_SETTINGS, SETTINGS_OF_ALL, OptimizerName


def apply_optimizer(draft: Draft, optimizer: OptimizerName) -> None:
    """Train with this optimizer.

    The settings of the builder, or of `training: optimizer:`, belong to the optimizer that they were given to: any other
    one has Keras's defaults, its own learning rate included. What `training: learning_rate:` and other families
    set holds for all optimizers, whatever the order in the search space. The run stops where one of them does not
    have that setting.
    """
    if draft.optimizer.class_name == OPTIMIZER_CLASSES[optimizer]:
        draft.optimizer.leave()
        return
    written = draft.optimizer.written
    for setting in written:
        if setting not in (*OPTIMIZER_SETTINGS[optimizer], *SETTINGS_OF_ALL):
            raise StopRun(
                f"optimizer: {optimizer} has no '{setting}', which another family sets; search it with optimizers that "
                "have it, or leave it out"
            )
    draft.optimizer.class_name = OPTIMIZER_CLASSES[optimizer]
    draft.optimizer.update(written)


FAMILY = Family(
    name="optimizer",
    summary="Optimizer, with its own settings.",
    apply=apply_optimizer,
    parameters=(Parameter("optimizer", Choices("sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamax", "nadam")),),
)
